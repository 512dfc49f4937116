#include "tui/view.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "tui/app.h"
#include "base/said.h"
#include "tui/words.h"

#define NOTICE_ID "notice"

enum { TITLE_COLUMNS = 19, TIME_COLUMNS = 8, CLEAN_MOST = 2047 };

void view_open(struct view *v, struct app *a, const struct view_ops *ops)
{
    v->ops = ops;
    v->app = a;
}

static void view_free(struct view *v)
{
    if (v->ops->free)
        v->ops->free(v);
    form_free(&v->form);
    free(v);
}

bool view_push(struct view *v)
{
    struct app *a = v->app;
    a->dirty = true;
    if (a->depth == DIALOGS) {
        view_free(v);
        return false;
    }
    a->dialogs[a->depth++] = v;
    return true;
}

void view_close(struct view *v)
{
    struct app *a = v->app;
    a->dirty = true;
    for (int i = 0; i < a->depth; i++) {
        if (a->dialogs[i] != v)
            continue;
        while (a->depth > i) /* the views on top of it go with it */
            view_free(a->dialogs[--a->depth]);
        return;
    }
    for (int i = 0; i < TABS; i++)
        if (a->tabs[i] == v) {
            a->tabs[i] = NULL;
            view_free(v);
            return;
        }
}

const char *view_clean(char target[VIEW_TEXT_SIZE], const char *text)
{
    struct buf b;
    buf_init(&b, (size_t)(CLEAN_MOST + 1) * 3);
    canvas_clean(&b, text, CLEAN_MOST);
    text_copy(target, CLEAN_MOST + 1, buf_text(&b));
    buf_free(&b);
    return target;
}

const char *view_said(char target[VIEW_TEXT_SIZE], const json_t *object, const char *name)
{
    struct buf b;
    buf_init(&b, 262144);
    said_show(&b, object, name);
    view_clean(target, buf_text(&b));
    buf_free(&b);
    return target;
}

const char *view_clock(char target[VIEW_SHORT_SIZE], const char *rfc3339)
{
    int64_t ms;
    struct tm then, now;
    time_t current = (time_t)(clock_wall_ms() / 1000);
    if (!rfc3339 || !clock_parse(rfc3339, &ms))
        return "-";
    time_t at = (time_t)(ms / 1000);
    localtime_r(&at, &then);
    localtime_r(&current, &now);
    bool today = then.tm_yday == now.tm_yday && then.tm_year == now.tm_year;
    if (strftime(target, VIEW_SHORT_SIZE, today ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &then) == 0)
        return "-";
    return target;
}

void view_hang(struct buf *b, int first, int indent, int width, const char *text)
{
    size_t length;
    const char *next, *at = text;
    while (canvas_wrap(at, width - first, &length, &next)) {
        if (b->length)
            buf_add_byte(b, '\n');
        buf_printf(b, "%*s%.*s", first, "", (int)length, at);
        first = indent;
        at = next;
    }
}

void view_add_fact(struct view *v, const char *name, int columns, const char *value)
{
    struct buf line, b;
    buf_init(&line, 8192);
    buf_init(&b, 16384);
    buf_printf(&line, MARK_DIM "%s" MARK_END "%*s%s", name, columns - canvas_columns(name), "",
               value);
    view_hang(&b, 0, columns, v->width, buf_text(&line));
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&line);
    buf_free(&b);
}

const char *view_number(char target[VIEW_SHORT_SIZE], int64_t number)
{
    char digits[32];
    /* The separator between groups of three digits. */
    const char *mark = _(",");
    size_t used = 0;
    text_format(digits, sizeof digits, "%lld", (long long)number);
    size_t length = strlen(digits);
    for (size_t i = 0; i < length && used + 8 < VIEW_SHORT_SIZE; i++) {
        target[used++] = digits[i];
        bool group = digits[i] != '-' && i + 1 < length && (length - i - 1) % 3 == 0;
        for (const char *m = mark; group && *m && used + 4 < VIEW_SHORT_SIZE; m++)
            target[used++] = *m;
    }
    target[used] = '\0';
    return target;
}

/* ---- notices and checks ----------------------------------------------------------------------------- */

void view_notice(struct view *v, enum check_result result, const char *text, const char *remedy)
{
    struct buf b;
    buf_init(&b, 4096);
    canvas_block_add(&b, result, v->app->ascii);
    buf_add_text(&b, words_fields(VIEW_TEXT, view_clean(VIEW_TEXT, text)));
    if (!text_empty(remedy))
        buf_printf(&b, "\n%*s\u2192 %s", canvas_block_columns(), "",
                   words_fields(VIEW_TEXT, view_clean(VIEW_TEXT, remedy)));
    text_copy(v->notice, sizeof v->notice, buf_text(&b));
    buf_free(&b);
    form_reveal(&v->form, NOTICE_ID);
    v->app->dirty = true;
}

void view_notice_error(struct view *v, const struct error *e)
{
    view_notice(v, CHECK_FAIL, e->text, error_advice(e));
}

void view_notice_answer(struct view *v, const json_t *answer, const char *said)
{
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_text(error, "text", NULL);
    struct error e;
    json_to_error(error, &e);
    if (text && text_equal(json_text(error, "code", ""), "request_unknown"))
        view_notice(v, CHECK_WARN, _("The running endpointd is too old for this."),
                    _("Restart it after an upgrade: tab 2."));
    else if (text)
        view_notice_error(v, &e);
    else
        view_notice(v, CHECK_FAIL, text_empty(said) ? _("It ended without an answer.") : said,
                    NULL);
}

/* Add lines with a hanging indent: each is an item of its own. */
static struct item *add_hanging(struct view *v, enum style style, int indent, const char *text)
{
    struct item *i = form_text(&v->form, style, text);
    i->indent = indent;
    return i;
}

void view_add_notice(struct view *v)
{
    char *copy, *line, *rest;
    int block = canvas_block_columns();
    if (!v->notice[0])
        return;
    copy = mem_string(v->notice);
    rest = copy;
    /* The first line begins with the block; the wrapped lines are aligned with its text. */
    while ((line = rest) != NULL) {
        rest = strchr(line, '\n');
        if (rest)
            *rest++ = '\0';
        size_t length;
        const char *next;
        char *first;
        bool head = true;
        int indent = line == copy ? block : block + 2;
        while (canvas_wrap(line, head ? v->width : v->width - indent, &length, &next)) {
            first = mem_string_n(line, length);
            struct item *i = add_hanging(v, STYLE_NORMAL, head ? 0 : indent, first);
            text_copy(i->id, sizeof i->id, line == copy ? NOTICE_ID : "");
            free(first);
            head = false;
            line = (char *)next;
        }
    }
    free(copy);
}

static void add_remedy(struct view *v, const char *remedy)
{
    size_t length;
    const char *next, *at = words_fields(VIEW_TEXT, view_clean(VIEW_TEXT, remedy));
    bool head = true;
    int indent = canvas_block_columns();
    while (canvas_wrap(at, v->width - indent - 2, &length, &next)) {
        form_textf(&v->form, STYLE_STRONG, "%s%.*s", head ? "\u2192 " : "  ", (int)length, at)
            ->indent = indent;
        head = false;
        at = next;
    }
}

void view_add_check(struct view *v, const struct check *k)
{
    struct buf b;
    char took[32] = "";
    const char *title = _(k->title),
               *text = words_fields(VIEW_TEXT, view_clean(VIEW_TEXT, k->text));
    int block = canvas_block_columns(), titles = canvas_columns(title);
    if (titles < TITLE_COLUMNS)
        titles = TITLE_COLUMNS;
    if (k->result != CHECK_SKIPPED && k->result != CHECK_WAIT && k->duration_ms >= 0)
        text_from_duration(took, sizeof took, k->duration_ms);
    int room = v->width - block - titles - 1 - TIME_COLUMNS - 1;
    bool fits = canvas_columns(text) <= room;
    buf_init(&b, 8192);
    canvas_block_add(&b, k->result, v->app->ascii);
    buf_printf(&b, "%s%*s ", title, titles - canvas_columns(title), "");
    buf_printf(&b, "%s%*s", fits ? text : "",
               room > 0 ? room - (fits ? canvas_columns(text) : 0) : 0, "");
    buf_printf(&b, " " MARK_DIM "%*s", TIME_COLUMNS, took);
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
    if (!fits)
        add_hanging(v, STYLE_NORMAL, block, text);
    if (k->remedy[0] && k->result != CHECK_OK)
        add_remedy(v, k->remedy);
}

void view_add_check_json(struct view *v, const json_t *o)
{
    struct check k;
    check_from_json(&k, o);
    view_add_check(v, &k);
}

/* ---- asking ------------------------------------------------------------------------------------------ */

struct stream *view_ask(struct app *a, json_t *request, const struct stream_handlers *handlers,
                        struct error *e)
{
    struct stream *s = stream_ask(a->streams, a->paths.control_socket, request, handlers, e);
    if (!s)
        error_remedy(e, "%s", _("Tab 2 starts it."));
    return s;
}

struct stream *view_ctl(struct app *a, const char *input, const struct stream_handlers *handlers,
                        struct error *e, ...)
{
    enum { WORDS = 32 };
    const char *argv[WORDS] = {a->ctl,
                               "--config",
                               a->paths.config_file,
                               "--state-dir",
                               a->paths.state_dir,
                               "--runtime-dir",
                               a->paths.runtime_dir,
                               "--lang",
                               _("en") /* Translators: the code of your language */};
    int count = 9;
    va_list words;
    va_start(words, e);
    const char *word;
    while ((word = va_arg(words, const char *)) != NULL && count < WORDS - 1)
        argv[count++] = word;
    va_end(words);
    return stream_run(a->streams, argv, input, handlers, e);
}
