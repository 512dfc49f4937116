#include "config/wellformed.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "config/scan.h"

#define QUOTE_MAX 40 /* how many bytes of a value a message shows */

struct look {
    const char *text;
    size_t length, at;
    struct wellformed_fault *fault;
};

static int line_of(const char *text, size_t at)
{
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

static bool unclear(struct look *l, size_t at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool unclear(struct look *l, size_t at, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    l->fault->line = line_of(l->text, at);
    said_vformat(l->fault->said, sizeof l->fault->said, NULL, 0, format, args);
    va_end(args);
    return false;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool word_char(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-' ||
           c == '*';
}

size_t wellformed_mark(const char *text, size_t length)
{
    return length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* ---- the bytes ----------------------------------------------------------------------------------- */

/* Windows' Notepad calls it Unicode: two bytes per character, with or without a mark at the start. */
static bool looks_utf16(const char *text, size_t length)
{
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        return true;
    return length >= 4 && ((!text[0] && text[1] && !text[2] && text[3]) ||
                           (text[0] && !text[1] && text[2] && !text[3]));
}

static bool check_bytes(struct look *l)
{
    l->fault->line = 0;
    if (looks_utf16(l->text, l->length)) {
        text_copy(l->fault->said, sizeof l->fault->said,
                  N_("the file is in UTF-16 (which Notepad calls Unicode); save it as UTF-8"));
        return false;
    }
    const char *nul = memchr(l->text, '\0', l->length);
    if (nul)
        return unclear(l, (size_t)(nul - l->text), "the file contains a NUL byte");
    if (text_is_utf8(l->text, l->length))
        return true;
    size_t good = 0; /* lines up to the first that is not UTF-8 */
    for (;;) {
        const char *end = memchr(l->text + good, '\n', l->length - good);
        size_t next = end ? (size_t)(end - l->text) + 1 : l->length;
        if (!text_is_utf8(l->text + good, next - good))
            break;
        good = next;
    }
    return unclear(l, good,
                   "this line is not UTF-8; perhaps the file is in Windows-1250 or ISO-8859-2: "
                   "save it as UTF-8");
}

/* ---- texts --------------------------------------------------------------------------------------- */

/* Check a text's escapes. Refuse those that only one release knows; whether "\n" and the like are
 * allowed depends on the setting. */
static bool check_string(struct look *l)
{
    for (l->at++; l->at < l->length && l->text[l->at] != '"'; l->at++) {
        if (l->text[l->at] != '\\')
            continue;
        size_t start = l->at++;
        char c = l->at < l->length ? l->text[l->at] : '\0';
        if (c == 'a' || c == 'b' || c == 'v')
            return unclear(l, start, "\\%c in a text is ambiguous; write a backslash twice: \\\\%c",
                           c, c);
        if ((c == 'x' || c == 'X') && l->at + 2 < l->length && l->text[l->at + 1] == '0' &&
            l->text[l->at + 2] == '0')
            return unclear(l, start, "\\x00 in a text would end it; leave it out");
    }
    l->at++;
    return true;
}

/* ---- numbers ------------------------------------------------------------------------------------- */

static bool check_size(struct look *l, size_t start, const char *number, bool negative, bool hex,
                       bool wide)
{
    char *end;
    errno = 0;
    uint64_t value = strtoull(number, &end, hex ? 16 : 10);
    uint64_t most = wide ? (uint64_t)INT64_MAX : (uint64_t)INT32_MAX;
    if (errno == 0 && value <= most + (negative ? 1 : 0))
        return true;
    if (!wide && errno == 0 && value <= (uint64_t)INT64_MAX)
        return unclear(l, start,
                       "the number %s does not fit in 32 bits; if it is intended, write an L "
                       "after it",
                       number);
    return unclear(l, start, "the number %s is too large", number);
}

static bool check_whole_number(struct look *l, size_t start, size_t length)
{
    char shown[QUOTE_MAX + 1];
    const char *digits = l->text + start;
    bool negative = *digits == '-', wide = false;
    if (*digits == '-' || *digits == '+') {
        digits++;
        length--;
    }
    while (length > 0 && digits[length - 1] == 'L') {
        wide = true;
        length--;
    }
    bool hex = length > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    text_format(shown, sizeof shown, "%.*s", (int)(length < QUOTE_MAX ? length : QUOTE_MAX),
                digits);
    if (!hex && length > 1 && digits[0] == '0')
        return unclear(l, start,
                       "the number %s begins with a zero, which is ambiguous; write it "
                       "without",
                       shown);
    return check_size(l, start, shown, negative, hex, wide);
}

/* A number begins here. Floating point is left to the code that knows the setting. */
static bool check_number(struct look *l)
{
    size_t start = l->at, at = start;
    const char *t = l->text;
    if (t[at] == '-' || t[at] == '+')
        at++;
    if (t[at] == '0' && strchr("bBoOqQ", t[at + 1]) && t[at + 1] && digit(t[at + 2]))
        return unclear(l, start,
                       "a number in base 2 or 8 is not understood everywhere; write it in "
                       "base 10");
    if (t[at] == '0' && (t[at + 1] == 'x' || t[at + 1] == 'X')) {
        at += 2;
        at += strspn(t + at, "0123456789abcdefABCDEF");
    } else {
        at += strspn(t + at, "0123456789");
        bool floating =
            t[at] == '.' ||
            ((t[at] == 'e' || t[at] == 'E') &&
             (digit(t[at + 1]) || ((t[at + 1] == '-' || t[at + 1] == '+') && digit(t[at + 2]))));
        if (floating) {
            l->at = at + 1;
            l->at += strspn(t + l->at, "0123456789eE+-");
            return true;
        }
    }
    at += strspn(t + at, "L");
    l->at = at;
    return check_whole_number(l, start, at - start);
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void skip_comment(struct look *l, bool block)
{
    const char *end = block ? strstr(l->text + l->at + 2, "*/") : strchr(l->text + l->at, '\n');
    l->at = end ? (size_t)(end - l->text) + (block ? 2 : 1) : l->length;
}

/* libconfig 1.8 takes a backspace and some others for blanks; for 1.5 they are errors. */
static bool control(char c)
{
    return ((unsigned char)c < 0x20 && !strchr("\t\n\r\f", c)) || c == 0x7F;
}

static bool check_tokens(struct look *l)
{
    while (l->at < l->length) {
        const char *t = l->text + l->at;
        bool block = t[0] == '/' && t[1] == '*', sign = t[0] == '-' || t[0] == '+';
        if (t[0] == '#' || block || (t[0] == '/' && t[1] == '/')) {
            skip_comment(l, block);
        } else if (t[0] == '"') {
            if (!check_string(l))
                return false;
        } else if (digit(t[sign])) {
            if (!check_number(l))
                return false;
        } else if (word_char(t[0])) {
            while (word_char(l->text[l->at]))
                l->at++;
        } else if (control(t[0])) {
            return unclear(l, l->at, "here is an invisible control character (byte %d); delete it",
                           t[0]);
        } else {
            l->at++;
        }
    }
    return true;
}

bool wellformed_check(const char *text, size_t length, struct wellformed_fault *fault)
{
    struct look l = {text, length, 0, fault};
    *fault = (struct wellformed_fault){0};
    if (!check_bytes(&l))
        return false;
    /* libconfig would read included files from anywhere; a configuration must be one file. */
    if ((fault->line = (int)scan_include(text)) != 0)
        text_copy(fault->said, sizeof fault->said,
                  N_("@include is not supported; put everything into one file"));
    else if ((fault->line = (int)scan_unended(text, length)) != 0)
        text_copy(fault->said, sizeof fault->said,
                  N_("a text or comment that begins here has no end: \" or */ is missing"));
    l.at = wellformed_mark(text, length);
    return fault->line == 0 && check_tokens(&l);
}
