/* One plugin: its lines on the Summary, and the dialog with its runs. */
#include "tui/dialog_plugin.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "os/clock.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/dialog_journal.h"
#include "tui/dialog_orders.h"
#include "tui/view.h"
#include "tui/words.h"

enum { NAME_COLUMNS = 18, BAR_COLUMNS = 20, SPARKS = 30 };

const json_t *dialog_plugin_find(const struct app *a, const char *id)
{
    size_t i;
    json_t *plugin;
    json_array_foreach (json_object_get(a->live.status, "plugins"), i, plugin)
        if (text_equal(json_text(plugin, "id", ""), id))
            return plugin;
    return NULL;
}

static const char *state_text(char target[VIEW_TEXT_SIZE], const char *state)
{
    static const struct {
        const char *word, *text;
    } states[] = {{"running", N_("running")},
                  {"waiting", N_("waiting")},
                  {"backing-off", N_("restarts soon")},
                  {"queued", N_("queued")},
                  {"held", N_("held")},
                  {"stopping", N_("stopping")},
                  {"disabled", N_("disabled in the panel")},
                  {"refused", N_("refused: it does not run")}};
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].word, state))
            return _(states[i].text);
    return view_clean(target, state);
}

/* ---- lines --------------------------------------------------------------------------------------------- */

static void add_next(const json_t *p, struct buf *b)
{
    const char *next = json_text(p, "next_run", NULL);
    if (!next)
        return;
    if (words_past(next))
        buf_add_text(b, _("  due now"));
    else if (text_equal(json_text(p, "state", ""), "backing-off"))
        buf_printf(b, _("  restarts %s"), view_clock(VIEW_SHORT, next));
    else
        buf_printf(b, _("  next %s"), view_clock(VIEW_SHORT, next));
}

static void add_head(const struct app *a, const json_t *p, struct buf *b)
{
    const char *name = view_clean(VIEW_TEXT, json_text(p, "name", json_text(p, "id", "")));
    const char *last = json_text(p, "last_run", NULL);
    int columns = canvas_columns(name);
    canvas_block_add(b, judge_plugin(p), a->ascii);
    buf_printf(b, MARK_STRONG "%s" MARK_END "%*s  ", name,
               columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 0, "");
    if (text_equal(json_text(p, "state", ""), "disabled") || !last) {
        buf_add_text(b, state_text(VIEW_TEXT, json_text(p, "state", "")));
        return;
    }
    const json_t *changes = json_object_get(p, "changes");
    size_t count = json_array_size(changes);
    buf_printf(b, _("%s  %s rows read, %s changed"), view_clock(VIEW_SHORT, last),
               view_number(VIEW_SHORT, json_number(p, "rows", 0)),
               view_number(VIEW_SHORT,
                           count ? json_integer_value(json_array_get(changes, count - 1)) : 0));
    add_next(p, b);
}

static bool anything_changed(const json_t *changes)
{
    size_t i;
    json_t *n;
    json_array_foreach (changes, i, n)
        if (json_integer_value(n) > 0)
            return true;
    return false;
}

/* The changes of the last passes, newest on the right, scaled to the largest. */
static void add_sparkline(const json_t *changes, struct buf *b)
{
    static const char *const levels[] = {"\u2581", "\u2582", "\u2583", "\u2584",
                                         "\u2585", "\u2586", "\u2587", "\u2588"};
    json_int_t greatest = 1;
    size_t i, count = json_array_size(changes), from = count > SPARKS ? count - SPARKS : 0;
    for (i = from; i < count; i++)
        if (json_integer_value(json_array_get(changes, i)) > greatest)
            greatest = json_integer_value(json_array_get(changes, i));
    for (i = from; i < count; i++) {
        json_int_t n = json_integer_value(json_array_get(changes, i));
        size_t level = n <= 0 ? 0 : (size_t)((double)n * 7 / (double)greatest);
        buf_add_text(b, levels[n > 0 && level == 0 ? 1 : level]);
    }
}

static void add_queue(const json_t *p, int width, struct buf *b)
{
    int64_t queued = json_number(p, "queued", 0), restarts = json_number(p, "restarts", 0),
            held = json_number(p, "held", 0);
    const json_t *changes = json_object_get(p, "changes");
    struct buf line;
    buf_init(&line, 2048);
    if (anything_changed(changes)) {
        add_sparkline(changes, &line);
        buf_add_text(&line, "  ");
    }
    if (queued > 0)
        buf_printf(&line, _("queue: %s changes, the oldest since %s"),
                   view_number(VIEW_SHORT, queued),
                   view_clock(VIEW_SHORT, json_text(p, "oldest", NULL)));
    else
        buf_add_text(&line, _("queue empty"));
    if (held > 0)
        buf_printf(&line, _("  held back: %s rows"), view_number(VIEW_SHORT, held));
    if (restarts > 0)
        buf_printf(&line, _("  restarts: %s"), view_number(VIEW_SHORT, restarts));
    view_hang(b, canvas_block_columns(), canvas_block_columns(), width, buf_text(&line));
    buf_free(&line);
}

static void add_left(struct buf *b, int64_t seconds)
{
    char text[40];
    text_from_duration(text, sizeof text, seconds * 1000);
    buf_printf(b, _("  %s left"), text);
}

/* A bar if the total is known, else the count so far; and the rate since this phase began. */
static void add_progress(const json_t *p, struct buf *b)
{
    const json_t *o = json_object_get(p, "progress");
    int64_t done = json_number(o, "done", 0), of = json_number(o, "of", 0), began = 0, rate = 0;
    bool sending = text_equal(json_text(o, "phase", ""), "send");
    if (!json_is_object(o))
        return;
    if (clock_parse(json_text(o, "began", ""), &began)) {
        int64_t seconds = (clock_wall_ms() - began) / 1000;
        rate = seconds > 0 ? done / seconds : 0;
    }
    buf_printf(b, "\n%*s%s  ", canvas_block_columns(), "", sending ? _("sending") : _("reading"));
    if (of > 0) {
        int full = (int)(done >= of ? BAR_COLUMNS : done * BAR_COLUMNS / of);
        for (int i = 0; i < BAR_COLUMNS; i++)
            buf_add_text(b, i < full ? "\u2588" : "\u00b7");
        buf_printf(b, " %lld %%  ", (long long)(done >= of ? 100 : done * 100 / of));
    }
    buf_printf(b, _("%s rows so far"), view_number(VIEW_SHORT, done));
    if (rate > 0)
        buf_printf(b, _(", %s rows/s"), view_number(VIEW_SHORT, rate));
    if (of > done && rate > 0)
        add_left(b, (of - done) / rate);
}

/* A wait that lasts longer than a moment: what for, how long, and when it would be given up. */
static void add_waiting(const json_t *p, int width, struct buf *b)
{
    const json_t *o = json_object_get(p, "waiting");
    char waited[40], limit[40];
    struct buf line;
    if (!json_is_object(o))
        return;
    text_from_duration(waited, sizeof waited, json_number(o, "waited_ms", 0) / 1000 * 1000);
    text_from_duration(limit, sizeof limit, json_number(o, "limit_ms", 0));
    buf_init(&line, 4096);
    buf_printf(&line, _("has waited %s (at most %s) for %s"), waited, limit,
               view_said(VIEW_TEXT, o, "for"));
    view_hang(b, canvas_block_columns(), canvas_block_columns(), width, buf_text(&line));
    buf_free(&line);
}

static void add_orders(const json_t *p, struct buf *b)
{
    const json_t *o = json_object_get(p, "orders");
    int64_t doubt = json_number(o, "in_doubt", 0), rejected = json_number(o, "rejected", 0);
    if (!json_is_object(o))
        return;
    buf_printf(b, "\n%*s", canvas_block_columns(), "");
    buf_printf(
        b, _("orders: %s done today, %s waiting"),
        view_number(VIEW_SHORT, json_number(o, "done_today", 0)),
        view_number(VIEW_SHORT, json_number(o, "waiting", 0) + json_number(o, "handed_over", 0)));
    buf_printf(b, ", %s", rejected > json_number(o, "closed", 0) ? MARK_FAIL : "");
    buf_printf(b, _("%s rejected"), view_number(VIEW_SHORT, rejected));
    buf_printf(b, "%s, %s", rejected > json_number(o, "closed", 0) ? MARK_END : "",
               doubt ? MARK_FAIL : "");
    buf_printf(b, _("%s in doubt"), view_number(VIEW_SHORT, doubt));
    if (doubt)
        buf_add_text(b, MARK_END);
}

/* An error or a check; advise: with what to do. */
static void add_fault(const struct app *a, enum check_result result, const json_t *fault,
                      bool advise, int width, struct buf *b)
{
    struct buf line;
    (void)a;
    buf_init(&line, 8192);
    buf_printf(&line, "%s%s" MARK_END, result == CHECK_FAIL ? MARK_FAIL : MARK_WARN,
               words_fields(VIEW_TEXT, view_said(VIEW_TEXT, fault, "text")));
    view_hang(b, canvas_block_columns(), canvas_block_columns(), width, buf_text(&line));
    buf_free(&line);
    if (!advise || !*json_text(fault, "remedy", ""))
        return;
    buf_init(&line, 8192);
    buf_printf(&line, "\u2192 %s", words_fields(VIEW_TEXT, view_said(VIEW_TEXT, fault, "remedy")));
    view_hang(b, canvas_block_columns(), canvas_block_columns(), width, buf_text(&line));
    buf_free(&line);
}

/* ---- one line in a list ------------------------------------------------------------------------------- */

/* Columns of the list, depending on the width; 0: not shown. */
struct columns {
    int name, last, read, changed, queue, next, sparks;
};

static struct columns columns_for(int width)
{
    enum { NAME_MOST = 26 };
    struct columns c = {0, 11, 0, 9, 9, 0, 0};
    if (width >= 70)
        c = (struct columns){0, 11, 10, 8, 9, 9, 0};
    if (width >= 110)
        c = (struct columns){0, 11, 12, 10, 10, 11, SPARKS + 2};
    c.name =
        width - canvas_block_columns() - c.last - c.read - c.changed - c.queue - c.next - c.sparks;
    if (c.name > NAME_MOST)
        c.name = NAME_MOST;
    return c;
}

static void add_right(struct buf *b, int columns, const char *text)
{
    int blanks = columns - canvas_columns(text);
    if (columns > 0)
        buf_printf(b, "%*s%s", blanks > 0 ? blanks : 0, "", text);
}

void dialog_plugin_titles(int width, struct buf *b)
{
    struct columns c = columns_for(width);
    buf_printf(b, "%*s", canvas_block_columns() + c.name, "");
    add_right(b, c.last, _("last pass"));
    add_right(b, c.read, _("rows read"));
    add_right(b, c.changed, _("changes"));
    add_right(b, c.queue, _("queue"));
    add_right(b, c.next, _("next"));
}

/* "08:14:02" of today, "2026-03-02" of another day. */
static const char *short_when(char target[VIEW_SHORT_SIZE], const char *at)
{
    char now[CLOCK_TEXT];
    clock_format(now, clock_wall_ms());
    return text_equal(words_day(VIEW_SHORT, now), words_day(VIEW_SHORT, at))
               ? words_time(target, at)
               : words_day(target, at);
}

/* Counts that concern people come first: the line may be cut. */
static void add_order_counts(const json_t *orders, struct buf *b)
{
    int64_t rejected = json_number(orders, "rejected", 0),
            doubt = json_number(orders, "in_doubt", 0);
    if (doubt)
        buf_printf(b, _("%s in doubt"), view_number(VIEW_SHORT, doubt));
    if (doubt)
        buf_add_text(b, ", ");
    if (rejected)
        buf_printf(b, _("%s rejected"), view_number(VIEW_SHORT, rejected));
    if (rejected)
        buf_add_text(b, ", ");
    buf_printf(b, _("%s done today, %s waiting"),
               view_number(VIEW_SHORT, json_number(orders, "done_today", 0)),
               view_number(VIEW_SHORT, json_number(orders, "waiting", 0) +
                                           json_number(orders, "handed_over", 0)));
}

/* A word in place of the numbers: a fault, a warning, a first pass under way, or something for a
 * person to do. */
static void add_word(const json_t *p, struct buf *b)
{
    const json_t *error = json_object_get(p, "error"), *orders = json_object_get(p, "orders"),
                 *progress = json_object_get(p, "progress");
    int64_t of = json_number(progress, "of", 0), done = json_number(progress, "done", 0);
    size_t i;
    json_t *check;
    if (json_is_object(error)) {
        buf_add_text(b, words_fields(VIEW_TEXT, view_said(VIEW_TEXT, error, "text")));
        return;
    }
    json_array_foreach (json_object_get(p, "checks"), i, check)
        if (text_equal(json_text(check, "result", ""), "warn")) {
            buf_add_text(b, words_fields(VIEW_TEXT, view_said(VIEW_TEXT, check, "text")));
            return;
        }
    if (json_is_object(progress)) {
        buf_add_text(b, text_equal(json_text(progress, "phase", ""), "send") ? _("sending")
                                                                             : _("reading"));
        if (of > 0)
            buf_printf(b, " %lld %%", (long long)(done >= of ? 100 : done * 100 / of));
        buf_add_text(b, ", ");
        buf_printf(b, _("%s rows so far"), view_number(VIEW_SHORT, done));
    } else if (json_is_object(orders)) {
        add_order_counts(orders, b);
    } else if (!json_text(p, "last_run", NULL) ||
               text_equal(json_text(p, "state", ""), "disabled") ||
               text_equal(json_text(p, "state", ""), "refused")) {
        buf_add_text(b, state_text(VIEW_TEXT, json_text(p, "state", "")));
    }
}

void dialog_plugin_row(const struct app *a, const json_t *p, int width, struct buf *b)
{
    struct columns c = columns_for(width);
    const json_t *changes = json_object_get(p, "changes");
    const char *last = json_text(p, "last_run", NULL), *next = json_text(p, "next_run", NULL);
    size_t count = json_array_size(changes);
    struct buf name, word;
    buf_init(&name, 4096);
    buf_init(&word, 8192);
    canvas_block_add(b, judge_plugin(p), a->ascii);
    words_cut(&name, view_clean(VIEW_TEXT, json_text(p, "name", json_text(p, "id", ""))),
              c.name - 1);
    buf_printf(b, MARK_STRONG "%s" MARK_END "%*s", buf_text(&name),
               c.name - canvas_columns(buf_text(&name)), "");
    add_right(b, c.last, last ? short_when(VIEW_SHORT, last) : "-");
    add_word(p, &word);
    if (word.length) {
        buf_add_text(b, "  ");
        words_cut(b, buf_text(&word), width - canvas_block_columns() - c.name - c.last - 2);
    } else {
        add_right(b, c.read, view_number(VIEW_SHORT, json_number(p, "rows", 0)));
        add_right(b, c.changed,
                  view_number(VIEW_SHORT,
                              count ? json_integer_value(json_array_get(changes, count - 1)) : 0));
        add_right(b, c.queue, view_number(VIEW_SHORT, json_number(p, "queued", 0)));
        add_right(b, c.next,
                  !next              ? "-"
                  : words_past(next) ? _("now")
                                     : short_when(VIEW_SHORT, next));
        if (c.sparks && anything_changed(changes)) {
            buf_add_text(b, "  ");
            add_sparkline(changes, b);
        }
    }
    buf_free(&name);
    buf_free(&word);
}

void dialog_plugin_lines(const struct app *a, const json_t *p, int width, struct buf *b)
{
    const json_t *error = json_object_get(p, "error");
    size_t i;
    json_t *check;
    struct buf head;
    buf_init(&head, 8192);
    add_head(a, p, &head);
    view_hang(b, 0, canvas_block_columns(), width, buf_text(&head));
    buf_free(&head);
    if (text_equal(json_text(p, "state", ""), "disabled"))
        return;
    add_queue(p, width, b);
    add_progress(p, b);
    add_waiting(p, width, b);
    add_orders(p, b);
    if (json_is_object(error))
        add_fault(a, CHECK_FAIL, error, true, width, b);
    json_array_foreach (json_object_get(p, "checks"), i, check)
        if (text_equal(json_text(check, "result", ""), "warn"))
            add_fault(a, CHECK_WARN, check, true, width, b);
}

/* ---- running one now --------------------------------------------------------------------------------- */

static void on_run(struct view *v, const json_t *answer, const char *said)
{
    const json_t *pass = json_array_get(json_object_get(answer, "plugins"), 0);
    const json_t *error = json_object_get(pass, "error");
    char text[300];
    if (!json_flag(answer, "ok", false) || !pass) {
        view_notice_answer(v, answer, said);
        return;
    }
    v->app->live.asked_ms = 0;
    if (json_is_object(error)) {
        view_notice(v, CHECK_FAIL, view_said(VIEW_TEXT, error, "text"),
                    view_said(VIEW_TEXT, error, "remedy"));
        return;
    }
    text_format(text, sizeof text, _("%s: %s rows read, %s to send, %s to delete."),
                json_text(pass, "plugin", ""),
                view_number(VIEW_SHORT, json_number(pass, "rows", 0)),
                view_number(VIEW_SHORT, json_number(pass, "upserts", 0)),
                view_number(VIEW_SHORT, json_number(pass, "deletes", 0)));
    view_notice(v, CHECK_OK, text, NULL);
}

void dialog_plugin_run(struct view *v, struct stream **slot, const char *id)
{
    const struct question q = {v, slot, on_run, NULL};
    char text[200];
    text_format(text, sizeof text, _("%s runs now..."), id);
    if (ask_daemon(&q, json_pack("{s:s,s:s}", "do", "sync", "plugin", id)))
        view_notice(v, CHECK_WAIT, text, NULL);
}

/* ---- the dialog ------------------------------------------------------------------------------------------ */

struct plugin_view {
    struct view view;
    char id[100], seen[CLOCK_TEXT]; /* last_run when the runs were asked for */
    json_t *runs;
    struct stream *asking, *running;
    char title[160];
    struct view_ops ops;
};

/* The columns of the table of runs: the time, and four numbers. */
static void add_columns(struct buf *b, const int widths[5], const char *const texts[5])
{
    for (size_t i = 0; i < 5; i++) {
        int blanks = widths[i] - canvas_columns(texts[i]);
        blanks = blanks > 0 ? blanks : 0;
        if (i == 0)
            buf_printf(b, "%s%*s", texts[i], blanks, "");
        else
            buf_printf(b, "%*s%s", blanks, "", texts[i]);
    }
}

static void add_run(struct view *v, const int widths[5], const json_t *run)
{
    const json_t *error = json_object_get(run, "error");
    int64_t started = 0, ended = 0;
    char took[32] = "-";
    struct buf b;
    bool good = json_flag(run, "ok", false) && !json_is_object(error);
    if (clock_parse(json_text(run, "started", ""), &started) &&
        clock_parse(json_text(run, "ended", ""), &ended))
        text_from_duration(took, sizeof took, ended - started);
    buf_init(&b, 8192);
    canvas_block_add(&b, good ? CHECK_OK : CHECK_FAIL, v->app->ascii);
    add_columns(&b, widths,
                (const char *const[]){words_time(VIEW_SHORT, json_text(run, "started", NULL)), took,
                                      view_number(VIEW_SHORT, json_number(run, "rows", 0)),
                                      view_number(VIEW_SHORT, json_number(run, "upserts", 0)),
                                      view_number(VIEW_SHORT, json_number(run, "deletes", 0))});
    if (json_is_object(error))
        add_fault(v->app, CHECK_FAIL, error, false, v->width, &b);
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}

static void add_runs(struct view *v, const json_t *runs)
{
    const char *const titles[] = {_("started"), _("took"), _("rows read"), _("changed"),
                                  _("deleted")};
    int widths[] = {8, 9, 11, 10, 10};
    char day[CLOCK_TEXT] = "";
    struct buf b;
    size_t i;
    json_t *run;
    for (i = 0; i < COUNT_OF(titles); i++)
        if (canvas_columns(titles[i]) + (i ? 1 : 0) > widths[i])
            widths[i] = canvas_columns(titles[i]) + (i ? 1 : 0);
    buf_init(&b, 1024);
    buf_printf(&b, "%*s", canvas_block_columns(), "");
    add_columns(&b, widths, titles);
    form_text(&v->form, STYLE_DIM, buf_text(&b));
    buf_free(&b);
    json_array_foreach (runs, i, run) {
        words_add_day(v, json_text(run, "started", NULL), day);
        add_run(v, widths, run);
    }
}

static void add_buttons(struct view *v, bool orders)
{
    const struct {
        const char *id, *label, *help;
    } buttons[] = {
        {"run", _("Run now"), _("A pass at once, without waiting for the schedule.")},
        {"simulate", _("Simulate"), _("What would be sent now. Nothing is sent.")},
        {"journal", _("Journal"), _("What happened, as it happens.")},
        {"orders", _("Orders"), _("The orders of this plugin, their faults and what to do.")},
        {"back", _("Back"), ""}};
    for (size_t i = 0; i < COUNT_OF(buttons); i++) {
        if (text_equal(buttons[i].id, "orders") && !orders)
            continue;
        struct item *b = form_button(&v->form, buttons[i].id, buttons[i].label);
        b->beside = i > 0;
        b->acts = text_equal(buttons[i].id, "run") || text_equal(buttons[i].id, "simulate");
        form_help(b, buttons[i].help);
    }
}

static void build(struct view *v)
{
    struct plugin_view *p = (struct plugin_view *)v;
    const json_t *plugin = dialog_plugin_find(v->app, p->id);
    struct buf b;
    if (plugin) {
        buf_init(&b, 32768);
        dialog_plugin_lines(v->app, plugin, v->width, &b);
        form_text(&v->form, STYLE_NORMAL, buf_text(&b));
        buf_free(&b);
    } else {
        form_text(&v->form, STYLE_WARN,
                  v->app->live.status ? _("This plugin no longer exists.")
                                      : _("endpointd is not running."));
    }
    form_gap(&v->form);
    add_buttons(v, json_is_object(json_object_get(plugin, "orders")));
    view_add_notice(v);
    form_gap(&v->form);
    add_runs(v, p->runs);
    if (json_array_size(p->runs) == 0)
        form_textf(&v->form, STYLE_DIM, "%*s%s", canvas_block_columns(), "",
                   _("no run yet since endpointd started"));
}

static void on_runs(struct view *v, const json_t *answer, const char *said)
{
    struct plugin_view *p = (struct plugin_view *)v;
    (void)said;
    if (!json_is_array(json_object_get(answer, "runs")))
        return;
    json_decref(p->runs);
    p->runs = json_incref(json_object_get(answer, "runs"));
}

static void tick(struct view *v, int64_t now)
{
    struct plugin_view *p = (struct plugin_view *)v;
    const char *last = json_text(dialog_plugin_find(v->app, p->id), "last_run", "");
    const struct question q = {v, &p->asking, on_runs, NULL};
    (void)now;
    if (text_equal(last, p->seen) || p->asking || !v->app->live.status)
        return;
    text_copy(p->seen, sizeof p->seen, last);
    ask_daemon(&q, json_pack("{s:s,s:s}", "do", "runs", "plugin", p->id));
}

static void act(struct view *v, const char *id)
{
    struct plugin_view *p = (struct plugin_view *)v;
    if (text_equal(id, "run"))
        dialog_plugin_run(v, &p->running, p->id);
    else if (text_equal(id, "simulate"))
        dialog_simulate(v->app, p->id);
    else if (text_equal(id, "journal"))
        dialog_journal(v->app, p->id);
    else if (text_equal(id, "orders"))
        dialog_orders(v->app, p->id);
    else
        view_close(v);
}

static bool key(struct view *v, int k)
{
    static const struct {
        int key;
        const char *id;
    } letters[] = {{'r', "run"}, {'s', "simulate"}, {'j', "journal"}, {'o', "orders"}};
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (letters[i].key == k && form_find(&v->form, letters[i].id)) {
            act(v, letters[i].id);
            return true;
        }
    return false;
}

static void release(struct view *v)
{
    struct plugin_view *p = (struct plugin_view *)v;
    stream_close(p->asking);
    stream_close(p->running);
    json_decref(p->runs);
}

void dialog_plugin(struct app *a, const char *plugin_id)
{
    struct plugin_view *p = mem_alloc(sizeof *p);
    const json_t *plugin = dialog_plugin_find(a, plugin_id);
    text_copy(p->id, sizeof p->id, plugin_id);
    text_format(p->title, sizeof p->title, "%s \u00b7 %s",
                view_clean(VIEW_TEXT, json_text(plugin, "name", plugin_id)),
                view_clean(VIEW_TEXT, json_text(plugin, "kind", "")));
    p->ops = (struct view_ops){
        .title = p->title,
        .build = build,
        .act = act,
        .key = key,
        .tick = tick,
        .free = release,
        .keys = N_("r Run now  s Simulate  j Journal"),
        .help = N_(
            "One integration process, with its last runs.\n"
            "The same without this screen: endpointctl sync, endpointctl sync --simulate, endpointctl journal -f.")};
    view_open(&p->view, a, &p->ops);
    view_push(&p->view);
}
