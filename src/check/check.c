#include "check/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/codes.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"

static const struct {
    const char *word, *sign;
} results[] = {
#define CHECK_ROW(name, word, sign) [name] = {word, sign},
    CHECK_RESULT_LIST(CHECK_ROW)
#undef CHECK_ROW
};

const char *check_word(enum check_result result)
{
    return results[result].word;
}

const char *check_sign(enum check_result result)
{
    return results[result].sign;
}

enum check_result check_parse(const char *word)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (text_equal(word, results[i].word))
            return (enum check_result)i;
    return CHECK_WAIT;
}

enum check_result check_answer(struct check *c, enum check_result result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    said_vformat(c->text_said, sizeof c->text_said, c->text, sizeof c->text, format, args);
    va_end(args);
    return result;
}

void check_remedy(struct check *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    said_vformat(c->remedy_said, sizeof c->remedy_said, c->remedy, sizeof c->remedy, format, args);
    va_end(args);
}

enum check_result check_say(struct check *c, enum check_result result, const char *said)
{
    text_copy(c->text_said, sizeof c->text_said, said);
    said_words(c->text, sizeof c->text, said);
    return result;
}

enum check_result check_failed(struct check *c, const struct error *e)
{
    text_copy(c->text, sizeof c->text, e->text);
    text_copy(c->remedy, sizeof c->remedy, error_advice(e));
    text_copy(c->text_said, sizeof c->text_said, error_said(e));
    text_copy(c->remedy_said, sizeof c->remedy_said, error_advice_said(e));
    return CHECK_FAIL;
}

/* The first check in the list that this one depends on and that did not pass, or NULL. */
static const struct check *obstacle(const struct check_def *defs, size_t index,
                                    const struct check *checks)
{
    const char *wanted = defs[index].depends_on;
    while (wanted && *wanted) {
        size_t length = strcspn(wanted, " ");
        for (size_t i = 0; i < index; i++) {
            if (strlen(checks[i].code) == length && memcmp(checks[i].code, wanted, length) == 0 &&
                (checks[i].result == CHECK_FAIL || checks[i].result == CHECK_SKIPPED))
                return &checks[i];
        }
        wanted += length;
        wanted += strspn(wanted, " ");
    }
    return NULL;
}

enum check_result check_run(const struct check_def *defs, size_t count, void *context,
                            int64_t (*now_ms)(void), struct check *checks,
                            void (*started)(const struct check *, void *),
                            void (*done)(const struct check *, void *), void *user)
{
    enum check_result worst = CHECK_OK;
    for (size_t i = 0; i < count; i++) {
        struct check *c = &checks[i];
        memset(c, 0, sizeof *c);
        text_copy(c->code, sizeof c->code, defs[i].code);
        text_copy(c->title, sizeof c->title, defs[i].title);
        c->result = CHECK_WAIT;
        const struct check *blocked_by = obstacle(defs, i, checks);
        if (blocked_by) {
            c->result = check_answer(c, CHECK_SKIPPED, "waits for \"%-s\"", blocked_by->title);
        } else {
            if (started)
                started(c, user);
            int64_t start = now_ms();
            c->result = defs[i].run(context, c);
            c->duration_ms = now_ms() - start;
        }
        if (c->result == CHECK_FAIL || (c->result == CHECK_WARN && worst == CHECK_OK))
            worst = c->result;
        if (done)
            done(c, user);
    }
    return worst;
}

const char *check_advice(const struct check *c)
{
    bool bad = c->result == CHECK_FAIL || c->result == CHECK_WARN;
    return bad && !c->remedy[0] ? codes_remedy(c->code) : c->remedy;
}

static const char *advice_said(const struct check *c)
{
    return check_advice(c) == c->remedy ? c->remedy_said : codes_remedy_said(c->code);
}

json_t *check_to_json(const struct check *c)
{
    json_t *object = json_object();
    json_set_text(object, "code", c->code);
    json_set_text(object, "title", c->title);
    json_set_text(object, "result", check_word(c->result));
    said_set_text(object, "text", c->text, c->text_said);
    said_set_text(object, "remedy", check_advice(c), advice_said(c));
    json_set_number(object, "duration_ms", c->duration_ms);
    return object;
}

void check_from_json(struct check *c, const json_t *object)
{
    memset(c, 0, sizeof *c);
    text_copy(c->code, sizeof c->code, json_text(object, "code", "unknown"));
    text_copy(c->title, sizeof c->title, json_text(object, "title", ""));
    c->result = check_parse(json_text(object, "result", "wait"));
    said_get(object, "text", c->text_said, sizeof c->text_said);
    said_get(object, "remedy", c->remedy_said, sizeof c->remedy_said);
    said_words(c->text, sizeof c->text, c->text_said);
    said_words(c->remedy, sizeof c->remedy, c->remedy_said);
    c->duration_ms = json_number(object, "duration_ms", 0);
}

static const char *colour_of(enum check_result result)
{
    switch (result) {
    case CHECK_OK: return "\033[32m";
    case CHECK_FAIL: return "\033[1;31m";
    case CHECK_WARN: return "\033[33m";
    default: return "\033[2m";
    }
}

/* Words of text, wrapped at width, continuation lines indented. column: where the cursor stands. */
static void wrap(struct buf *b, const char *text, size_t column, size_t indent, size_t width)
{
    bool first = true;
    while (*text) {
        size_t length = strcspn(text, " ");
        size_t points = text_points(text, length);
        if (!first && column + 1 + points > width) {
            buf_printf(b, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!first) {
            buf_add_byte(b, ' ');
            column++;
        }
        text_printable(b, text, length);
        column += points;
        first = false;
        text += length;
        text += strspn(text, " ");
    }
}

void check_print(struct buf *b, const struct check *c, bool colour, int width)
{
    enum { TITLE = 24, INDENT = 7 };
    char took[32] = "", line[sizeof c->text + 48];
    if (c->result != CHECK_SKIPPED && c->result != CHECK_WAIT && c->duration_ms >= 0) {
        char time[24];
        text_from_duration(time, sizeof time, c->duration_ms);
        text_format(took, sizeof took, " (%s)", time);
    }
    buf_printf(b, "%s%s%s ", colour ? colour_of(c->result) : "", check_sign(c->result),
               colour ? "\033[0m" : "");
    const char *title = i18n_text(c->title);
    size_t points = text_points(title, strlen(title));
    text_printable(b, title, strlen(title));
    size_t pad = points < TITLE ? TITLE - points : 1;
    buf_printf(b, "%*s", (int)pad, "");
    text_format(line, sizeof line, "%s%s", c->text, took);
    size_t indent = INDENT + TITLE;
    wrap(b, line, INDENT + points + pad, indent, (size_t)width);
    buf_add_byte(b, '\n');
    if (*check_advice(c)) {
        buf_printf(b, "%*s> ", (int)INDENT, "");
        wrap(b, check_advice(c), INDENT + 2, INDENT + 2, (size_t)width);
        buf_add_byte(b, '\n');
    }
}
