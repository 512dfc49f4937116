#include "config/scan.h"

#include <string.h>

#include "config/wellformed.h"

#define DEPTH_MAX 32

struct scanner {
    const char *text;
    size_t length, at;
    const char *group, *name;
    struct scan_place *place;
};

struct span {
    const char *text; /* NULL: none */
    size_t length;
};

static bool is(struct span name, const char *wanted)
{
    return name.text && strlen(wanted) == name.length &&
           memcmp(name.text, wanted, name.length) == 0;
}

static bool more(const struct scanner *s)
{
    return s->at < s->length;
}

static char peek(const struct scanner *s, size_t ahead)
{
    return s->at + ahead < s->length ? s->text[s->at + ahead] : '\0';
}

/* Skip one of libconfig's three kinds of comments; false: none begins here. */
static bool skip_comment(struct scanner *s)
{
    if (peek(s, 0) == '#' || (peek(s, 0) == '/' && peek(s, 1) == '/')) {
        while (more(s) && s->text[s->at] != '\n')
            s->at++;
        return true;
    }
    if (peek(s, 0) != '/' || peek(s, 1) != '*')
        return false;
    s->at += 2;
    while (more(s) && !(s->text[s->at] == '*' && peek(s, 1) == '/'))
        s->at++;
    s->at = s->at + 2 < s->length ? s->at + 2 : s->length;
    return true;
}

static void skip_blanks(struct scanner *s)
{
    while (more(s)) {
        if (strchr(" \t\n\r\f", s->text[s->at]) && s->text[s->at])
            s->at++;
        else if (!skip_comment(s))
            return;
    }
}

static bool skip_string(struct scanner *s)
{
    for (s->at++; more(s); s->at++) {
        if (s->text[s->at] == '\\') {
            s->at++;
        } else if (s->text[s->at] == '"') {
            s->at++;
            return true;
        }
    }
    return false;
}

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '*';
}

static size_t count_of(const struct scanner *s, size_t from, const char *set)
{
    size_t n = 0;
    while (peek(s, from + n) && strchr(set, peek(s, from + n)))
        n++;
    return n;
}

/* The length of the longest number that libconfig's scanner would read here; 0: none. It requires
 * no blank after a number, so the next name may follow directly. */
static size_t number_length(const struct scanner *s)
{
    static const char decimal[] = "0123456789", hex[] = "0123456789abcdefABCDEF";
    size_t sign = peek(s, 0) == '-' || peek(s, 0) == '+', digits = count_of(s, sign, decimal),
           best = 0;
    if (peek(s, 0) == '0' && (peek(s, 1) == 'x' || peek(s, 1) == 'X') && count_of(s, 2, hex))
        best = 2 + count_of(s, 2, hex);
    else if (digits)
        best = sign + digits;
    for (int i = 0; best && i < 2 && peek(s, best) == 'L'; i++)
        best++;
    size_t at = sign + digits;
    bool is_float = peek(s, at) == '.';
    if (is_float)
        at += 1 + count_of(s, at + 1, decimal);
    if ((is_float || digits) && (peek(s, at) == 'e' || peek(s, at) == 'E')) {
        size_t power = peek(s, at + 1) == '-' || peek(s, at + 1) == '+';
        if (count_of(s, at + 1 + power, decimal)) {
            at += 1 + power + count_of(s, at + 1 + power, decimal);
            is_float = true;
        }
    }
    return is_float && at > best ? at : best;
}

static bool scan_settings(struct scanner *s, struct span group, int depth);

static bool scan_value(struct scanner *s, struct span group_name, int depth, size_t *end);

static bool scan_sequence(struct scanner *s, char close, int depth)
{
    s->at++;
    for (;;) {
        size_t end;
        skip_blanks(s);
        if (!more(s))
            return false;
        if (s->text[s->at] == close) {
            s->at++;
            return true;
        }
        if (s->text[s->at] == ',') {
            s->at++;
            continue;
        }
        if (!scan_value(s, (struct span){0}, depth, &end))
            return false;
    }
}

/* Read a value; *end is just after it (adjacent strings are one value). */
static bool scan_value(struct scanner *s, struct span group_name, int depth, size_t *end)
{
    skip_blanks(s);
    if (!more(s) || depth > DEPTH_MAX)
        return false;
    char c = s->text[s->at];
    if (c == '{') {
        s->at++;
        if (!scan_settings(s, group_name, depth + 1) || peek(s, 0) != '}')
            return false;
        if (is(group_name, s->group)) {
            s->place->group_found = true;
            s->place->group_end = s->at;
        }
        s->at++;
        *end = s->at;
        return true;
    }
    if (c == '[' || c == '(') {
        bool ok = scan_sequence(s, c == '[' ? ']' : ')', depth + 1);
        *end = s->at;
        return ok;
    }
    if (c == '"') {
        do {
            if (!skip_string(s))
                return false;
            *end = s->at;
            skip_blanks(s);
        } while (peek(s, 0) == '"');
        return true;
    }
    size_t length = number_length(s);
    if (length == 0)
        while (name_char(peek(s, length)))
            length++;
    s->at += length;
    *end = s->at;
    return length > 0;
}

/* Read settings up to the end or a closing brace. group: name of the group at depth 1, none
 * elsewhere. */
static bool scan_settings(struct scanner *s, struct span group, int depth)
{
    for (;;) {
        skip_blanks(s);
        if (!more(s) || s->text[s->at] == '}')
            return true;
        size_t start = s->at;
        while (more(s) && name_char(s->text[s->at]))
            s->at++;
        struct span name = {s->text + start, s->at - start};
        skip_blanks(s);
        if (name.length == 0 || (peek(s, 0) != ':' && peek(s, 0) != '='))
            return false;
        s->at++;
        skip_blanks(s);
        size_t value_start = s->at, value_end;
        if (!scan_value(s, depth == 0 ? name : (struct span){0}, depth, &value_end))
            return false;
        size_t behind_value = s->at;
        skip_blanks(s);
        if (peek(s, 0) == ';' || peek(s, 0) == ',')
            s->at++;
        else
            s->at = behind_value;
        if (depth == 1 && is(group, s->group) && is(name, s->name)) {
            s->place->found = true;
            s->place->value_start = value_start;
            s->place->value_end = value_end;
            s->place->setting_start = start;
            s->place->setting_end = s->at > value_end ? s->at : value_end;
        }
    }
}

bool scan_find(const char *text, size_t length, const char *group, const char *name,
               struct scan_place *place)
{
    struct scanner s = {text, length, wellformed_mark(text, length), group, name, place};
    memset(place, 0, sizeof *place);
    return scan_settings(&s, (struct span){0}, 0) && s.at == length;
}

size_t scan_unended(const char *text, size_t length)
{
    struct scanner s = {text, length, 0, NULL, NULL, NULL};
    while (more(&s)) {
        size_t start = s.at;
        bool block = peek(&s, 0) == '/' && peek(&s, 1) == '*';
        bool ended = !block || memmem(text + start + 2, length - start - 2, "*/", 2);
        if (peek(&s, 0) == '"')
            ended = skip_string(&s);
        else if (!skip_comment(&s))
            s.at++;
        if (!ended) {
            size_t line = 1;
            for (size_t i = 0; i < start; i++)
                line += text[i] == '\n';
            return line;
        }
    }
    return 0;
}

size_t scan_include(const char *text)
{
    text += text ? wellformed_mark(text, strlen(text)) : 0;
    for (size_t line = 1; text; line++) {
        text += strspn(text, " \t");
        if (strncmp(text, "@include", 8) == 0)
            return line;
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return 0;
}
