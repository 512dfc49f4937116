#include "config/scan.h"

#include <string.h>

#define DEPTH_MAX 32

struct scanner {
    const char *text;
    size_t length, at;
    const char *group, *name;
    struct scan_place *place;
};

static bool more(const struct scanner *s)
{
    return s->at < s->length;
}

static char peek(const struct scanner *s, size_t ahead)
{
    return s->at + ahead < s->length ? s->text[s->at + ahead] : '\0';
}

/* Blanks and the three kinds of comments that libconfig knows. */
static void skip_blanks(struct scanner *s)
{
    while (more(s)) {
        char c = s->text[s->at];
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            s->at++;
        } else if (c == '#' || (c == '/' && peek(s, 1) == '/')) {
            while (more(s) && s->text[s->at] != '\n')
                s->at++;
        } else if (c == '/' && peek(s, 1) == '*') {
            s->at += 2;
            while (more(s) && !(s->text[s->at] == '*' && peek(s, 1) == '/'))
                s->at++;
            s->at = s->at + 2 < s->length ? s->at + 2 : s->length;
        } else {
            return;
        }
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

static bool scan_settings(struct scanner *s, const char *group, int depth);

static bool scan_value(struct scanner *s, const char *group_name, int depth, size_t *end);

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
        if (!scan_value(s, NULL, depth, &end))
            return false;
    }
}

/* A value; *end is just behind it (adjacent strings are one value). */
static bool scan_value(struct scanner *s, const char *group_name, int depth, size_t *end)
{
    skip_blanks(s);
    if (!more(s) || depth > DEPTH_MAX)
        return false;
    char c = s->text[s->at];
    if (c == '{') {
        s->at++;
        if (!scan_settings(s, group_name, depth + 1) || peek(s, 0) != '}')
            return false;
        if (group_name && strcmp(group_name, s->group) == 0) {
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
    size_t start = s->at;
    while (more(s) && (name_char(s->text[s->at]) || s->text[s->at] == '.' || s->text[s->at] == '+'))
        s->at++;
    *end = s->at;
    return s->at > start;
}

/* Settings up to the end or a closing brace. group: name of the group at depth 1, NULL elsewhere. */
static bool scan_settings(struct scanner *s, const char *group, int depth)
{
    for (;;) {
        skip_blanks(s);
        if (!more(s) || s->text[s->at] == '}')
            return true;
        size_t start = s->at;
        char name[128];
        size_t n = 0;
        while (more(s) && name_char(s->text[s->at]) && n < sizeof name - 1)
            name[n++] = s->text[s->at++];
        name[n] = '\0';
        skip_blanks(s);
        if (n == 0 || (peek(s, 0) != ':' && peek(s, 0) != '='))
            return false;
        s->at++;
        skip_blanks(s);
        size_t value_start = s->at, value_end;
        if (!scan_value(s, depth == 0 ? name : NULL, depth, &value_end))
            return false;
        size_t behind_value = s->at;
        skip_blanks(s);
        if (peek(s, 0) == ';' || peek(s, 0) == ',')
            s->at++;
        else
            s->at = behind_value;
        if (depth == 1 && group && strcmp(group, s->group) == 0 && strcmp(name, s->name) == 0) {
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
    struct scanner s = {text, length, 0, group, name, place};
    memset(place, 0, sizeof *place);
    return scan_settings(&s, NULL, 0) && s.at == length;
}
