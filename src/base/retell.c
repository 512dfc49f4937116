/* Matches a finished text with the catalogue's formats, and builds it again from their
 * translations. */
#include "base/retell.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/catalogue.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

#define PIECES        12 /* conversions of a format, at most */
#define OWN_LETTERS   8  /* a format with fewer letters of its own matches too much, */
#define OWN_BEGINNING 4  /* unless it begins with some */
#define LETTERS       8  /* a text with fewer is a name or a value */
#define DEPTH         4  /* texts in texts */
#define TEXT_LONGEST  1024

/* ---- formats -------------------------------------------------------------------------------------- */

struct part {
    const char *at;
    size_t length;
};

/* The conversion at `at`, which begins with '%': its length, and what it converts. */
static size_t conversion(const char *at, char *kind)
{
    size_t n = 1 + strspn(at + 1, "-+ #0123456789.*'");
    n += strspn(at + n, "hljztL");
    *kind = at[n];
    return at[n] ? n + 1 : n;
}

/* Can a conversion have produced this text? */
static bool fits(char kind, const struct part *p)
{
    if (kind == 's')
        return true;
    if (kind == 'c')
        return p->length > 0 && p->length <= 4;
    for (size_t i = 0; i < p->length; i++)
        if (!(p->at[i] >= '0' && p->at[i] <= '9') && !(i == 0 && p->at[i] == '-') &&
            !(kind == 'x' || kind == 'X' || kind == 'f'))
            return false;
    return p->length > 0;
}

static size_t letters_of(const char *at, size_t length)
{
    size_t letters = 0;
    for (size_t i = 0; i < length; i++)
        letters += (at[i] >= 'a' && at[i] <= 'z') || (at[i] >= 'A' && at[i] <= 'Z');
    return letters;
}

/* Length of the format's own words up to the next conversion; "%%" is one of them. */
static size_t literal(const char *format)
{
    size_t n = 0;
    while (format[n] && !(format[n] == '%' && format[n + 1] != '%'))
        n += format[n] == '%' ? 2 : 1;
    return n;
}

/* Does text begin with these words? Its bytes that they take; SIZE_MAX: no. */
static size_t begins(const struct part *text, const char *words, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++, used++) {
        if (used >= text->length || text->at[used] != words[i])
            return SIZE_MAX;
        i += words[i] == '%';
    }
    return used;
}

/* Did this format produce the text? Then the number of its own letters, and the parts for its
 * conversions. 0: no. */
static size_t match(const char *format, struct part text, struct part parts[PIECES], size_t *count)
{
    size_t length = literal(format), used = begins(&text, format, length);
    size_t letters = letters_of(format, length);
    *count = 0;
    if (used == SIZE_MAX)
        return 0;
    for (format += length, text.at += used, text.length -= used; *format;) {
        char kind;
        size_t skip = conversion(format, &kind), found = 0;
        format += skip;
        length = literal(format);
        letters += letters_of(format, length);
        if (*count == PIECES)
            return 0;
        struct part *p = &parts[(*count)++];
        p->at = text.at;
        if (length == 0) { /* of several in a row the last one takes everything */
            p->length = *format ? 0 : text.length;
            if (*format && kind == 's')
                continue;
            if (*format)
                return 0;
            return fits(kind, p) ? letters : 0;
        }
        for (;; found++) {
            struct part rest = {text.at + found, text.length - found};
            used = begins(&rest, format, length);
            bool last = format[length] == '\0';
            if (used != SIZE_MAX && (!last || used == rest.length))
                break;
            if (found == text.length)
                return 0;
        }
        p->length = found;
        if (!fits(kind, p))
            return 0;
        format += length;
        text.at += found + used;
        text.length -= found + used;
    }
    return text.length == 0 ? letters : 0;
}

/* ---- telling -------------------------------------------------------------------------------------- */

static void tell(const struct catalogue *c, struct buf *b, struct part text, int depth);

/* Which conversion of the original is this? "%2$s" names it, "%s" is the next one. */
static size_t which(const char *at, size_t *next)
{
    size_t digits = strspn(at + 1, "0123456789");
    if (digits > 0 && at[1 + digits] == '$')
        return (size_t)strtoul(at + 1, NULL, 10) - 1;
    return (*next)++;
}

static void put_together(const struct catalogue *c, struct buf *b, const char *format,
                         const struct part parts[PIECES], size_t count, int depth)
{
    size_t next = 0;
    while (*format) {
        if (*format != '%') {
            buf_add_byte(b, *format++);
        } else if (format[1] == '%') {
            buf_add_byte(b, '%');
            format += 2;
        } else {
            char kind;
            size_t index = which(format, &next), digits = strspn(format + 1, "0123456789");
            size_t skip = format[1 + digits] == '$' ? digits + 1 : 0;
            format += skip + conversion(format + skip, &kind);
            if (index < count)
                tell(c, b, parts[index], depth + 1);
        }
    }
}

/* The best of the formats: the one with the most words of its own. */
static bool by_format(const struct catalogue *c, struct buf *b, struct part text, int depth)
{
    struct part parts[PIECES], best_parts[PIECES];
    size_t count, best_count = 0, best = 0;
    const char *translation = NULL;
    for (uint32_t i = 1; i < c->count; i++) { /* the first is the catalogue's header */
        const char *format = catalogue_original(c, i);
        size_t letters = format ? match(format, text, parts, &count) : 0;
        if (letters <= best || (count > 0 && letters < OWN_LETTERS &&
                                letters_of(format, literal(format)) < OWN_BEGINNING))
            continue;
        best = letters;
        best_count = count;
        memcpy(best_parts, parts, sizeof parts);
        translation = catalogue_translation(c, i);
    }
    if (!translation || !*translation)
        return false;
    put_together(c, b, translation, best_parts, best_count, depth);
    return true;
}

/* "products: the server …", "… ; …": combined sentences. */
static bool by_sentence(const struct catalogue *c, struct buf *b, struct part text, int depth)
{
    static const char *const between[] = {" – ", ": ", "; ", N_(" (and more)")};
    for (size_t i = 0; i < COUNT_OF(between); i++) {
        size_t length = strlen(between[i]);
        const char *at = memmem(text.at, text.length, between[i], length);
        if (!at || at == text.at)
            continue;
        size_t before = (size_t)(at - text.at);
        tell(c, b, (struct part){text.at, before}, depth + 1);
        buf_add_text(b, i18n_text(between[i]));
        tell(c, b, (struct part){at + length, text.length - before - length}, depth + 1);
        return true;
    }
    return false;
}

static void tell(const struct catalogue *c, struct buf *b, struct part text, int depth)
{
    if (text.length == 0)
        return;
    /* A single word inside a text is a name, not a text. */
    bool words = depth == 0 || memchr(text.at, ' ', text.length);
    if (depth < DEPTH && words && letters_of(text.at, text.length) >= LETTERS &&
        (by_format(c, b, text, depth) || by_sentence(c, b, text, depth)))
        return;
    char reason[120]; /* the system's own, of an error */
    if (memchr(text.at, ' ', text.length) &&
        text_format(reason, sizeof reason, "%.*s", (int)text.length, text.at))
        buf_add_text(b, i18n_text(reason));
    else
        buf_add(b, text.at, text.length);
}

void retell(struct buf *b, const char *text)
{
    const struct catalogue *c = i18n_catalogue();
    size_t length = strlen(text);
    if (!c || length > TEXT_LONGEST)
        buf_add_text(b, text);
    else
        tell(c, b, (struct part){text, length}, 0);
}
