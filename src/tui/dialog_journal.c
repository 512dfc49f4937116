/* Two dialogs of lines that arrive one by one: the journal, and what a pass would send. */
#include "tui/dialog_journal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/view.h"
#include "tui/words.h"

enum { LINES_KEPT = 1000, JOURNAL_ASKED = 500 };

struct lines_view {
    struct view view;
    char plugin[100]; /* "": of all; the filter asked for */
    char title[160];
    struct view_ops ops;
    json_t *rows, *answer;
    struct stream *stream;
    bool at_end; /* stay at the newest line */
};

static void keep(struct lines_view *l, const json_t *row)
{
    json_array_append(l->rows, (json_t *)row);
    while (json_array_size(l->rows) > LINES_KEPT)
        json_array_remove(l->rows, 0);
    l->view.app->dirty = true;
}

static void release(struct view *v)
{
    struct lines_view *l = (struct lines_view *)v;
    stream_close(l->stream);
    json_decref(l->rows);
    json_decref(l->answer);
}

static struct lines_view *make(struct app *a, const struct view_ops *ops, const char *plugin_id)
{
    struct lines_view *l = mem_alloc(sizeof *l);
    text_copy(l->plugin, sizeof l->plugin, plugin_id ? plugin_id : "");
    l->rows = json_array();
    l->at_end = true;
    l->ops = *ops;
    view_open(&l->view, a, &l->ops);
    return l;
}

/* Scrolling leaves the end; the key End returns to it. */
static bool scroll_key(struct view *v, int key)
{
    struct lines_view *l = (struct lines_view *)v;
    if (key == K_TAB || key == K_BACK_TAB || key == '/') /* to the fields, which are at the top */
        l->at_end = false;
    if (form_item_takes_text(form_focused(&v->form)))
        return false;
    if (key == K_UP || key == K_PAGE_UP || key == K_HOME)
        l->at_end = false;
    if (key == K_END || key == 'f')
        l->at_end = true;
    if (key == K_UP)
        v->form.scroll--;
    else if (key == K_DOWN)
        v->form.scroll++;
    else if (key == K_HOME)
        v->form.scroll = 0;
    return key == K_UP || key == K_DOWN || key == K_HOME || key == K_END || key == 'f';
}

static void act(struct view *v, const char *id)
{
    if (text_equal(id, "back"))
        view_close(v);
}

/* ---- journal --------------------------------------------------------------------------------------------- */

static void add_entry(struct view *v, const json_t *e)
{
    const char *level = json_text(e, "level", ""), *order = json_text(e, "order", NULL),
               *plugin = json_text(e, "plugin", NULL);
    const struct lines_view *l = (const struct lines_view *)v;
    enum check_result result = text_equal(level, "error")     ? CHECK_FAIL
                               : text_equal(level, "warning") ? CHECK_WARN
                                                              : CHECK_OK;
    struct buf head, b;
    buf_init(&head, 1024);
    buf_init(&b, 16384);
    canvas_block_add(&head, result, v->app->ascii);
    buf_printf(&head, MARK_DIM "%s" MARK_END " ", words_time(VIEW_SHORT, json_text(e, "at", NULL)));
    if (plugin && !l->plugin[0])
        buf_printf(&head, "%s: ", view_clean(VIEW_TEXT, plugin));
    if (order)
        buf_printf(&head, MARK_STRONG "%s" MARK_END " ", view_clean(VIEW_TEXT, order));
    int indent = canvas_columns(buf_text(&head));
    if (indent > v->width / 2)
        indent = canvas_block_columns() + 2;
    buf_add_text(&head, view_said(VIEW_TEXT, e, "text"));
    view_hang(&b, 0, indent, v->width, buf_text(&head));
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&head);
    buf_free(&b);
}

static void add_filter(struct lines_view *l)
{
    struct form *f = &l->view.form;
    const json_t *plugins = json_object_get(l->view.app->live.status, "plugins");
    struct item *i = form_choice(f, "plugin", _("Plugin"), l->plugin);
    size_t k;
    json_t *p;
    bool known = !l->plugin[0];
    form_option(i, "", _("all"));
    json_array_foreach (plugins, k, p) {
        const char *id = json_text(p, "id", "");
        known |= text_equal(id, l->plugin);
        form_option(i, id, view_clean(VIEW_TEXT, json_text(p, "name", id)));
    }
    if (!known)
        form_option(i, l->plugin, view_clean(VIEW_TEXT, l->plugin));
    form_help(i, _("Whose entries are shown. Space or the arrows change it."));
    i = form_choice(f, "level", _("Show"), "");
    i->beside = true;
    form_option(i, "", _("all"));
    form_option(i, "warning", _("warnings and errors"));
    form_option(i, "error", _("errors only"));
    form_help(i, _("How much is shown. Space or the arrows change it."));
    i = form_input(f, "search", _("Search"), "", 14);
    i->beside = true;
    form_help(i, _("A part of the text. / jumps here."));
}

static bool wanted(const struct view *v, const json_t *e)
{
    const char *least = form_value(&v->form, "level"), *level = json_text(e, "level", ""),
               *search = form_value(&v->form, "search");
    bool loud = !*least || text_equal(level, "error") || text_equal(level, least);
    return loud && (words_found(search, view_said(VIEW_TEXT, e, "text")) ||
                    words_found(search, json_text(e, "order", "")) ||
                    words_found(search, json_text(e, "plugin", "")) ||
                    words_found(search, json_text(e, "code", "")));
}

/* The title shows the filter, because the fields may be out of sight. */
static void name_it(struct lines_view *l)
{
    const struct form *f = &l->view.form;
    bool filtered = *form_value(f, "level") || *form_value(f, "search");
    if (l->plugin[0])
        text_format(l->title, sizeof l->title, _("Journal: only plugin %s"),
                    view_clean(VIEW_TEXT, l->plugin));
    else
        text_copy(l->title, sizeof l->title, _("Journal"));
    if (filtered) {
        size_t used = strlen(l->title);
        text_format(l->title + used, sizeof l->title - used, " \u00b7 %s", _("filtered"));
    }
    l->ops.title = l->title;
}

static void build_journal(struct view *v)
{
    struct lines_view *l = (struct lines_view *)v;
    char day[CLOCK_TEXT] = "";
    size_t i, count = 0;
    json_t *row;
    add_filter(l);
    name_it(l);
    if (l->plugin[0])
        form_textf(&v->form, STYLE_WARN,
                   _("Only of plugin %s; the endpoint's own entries are left out."),
                   view_clean(VIEW_TEXT, l->plugin));
    json_array_foreach (l->rows, i, row) {
        if (!wanted(v, row))
            continue;
        count++;
        words_add_day(v, json_text(row, "at", NULL), day);
        add_entry(v, row);
    }
    if (count == 0)
        form_text(&v->form, STYLE_DIM,
                  json_array_size(l->rows) ? _("None of them contains the text.")
                                           : _("The journal is still empty."));
    view_add_notice(v);
    form_button(&v->form, "back", _("Back"))->right = true;
    if (l->at_end)
        form_reveal(&v->form, "back");
}

static void on_journal(void *user, const json_t *value)
{
    struct lines_view *l = user;
    const json_t *entry = json_object_get(value, "entry"), *error = json_object_get(value, "error");
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(value, "entries"), i, row)
        keep(l, row);
    if (json_is_object(error))
        view_notice_answer(&l->view, value, NULL);
    if (json_is_object(entry) &&
        (!l->plugin[0] || text_equal(json_text(entry, "plugin", ""), l->plugin)))
        keep(l, entry);
}

static void on_journal_ended(void *user, int code, const char *said)
{
    struct lines_view *l = user;
    (void)code;
    (void)said;
    l->stream = NULL;
    view_notice(&l->view, CHECK_WARN, _("endpointd has ended; no new lines will come."), NULL);
}

static void ask_journal(struct lines_view *l)
{
    const struct stream_handlers handlers = {
        .line = on_journal, .ended = on_journal_ended, .user = l};
    struct error e = {0};
    json_t *request =
        json_pack("{s:s,s:i,s:b}", "do", "journal", "limit", JOURNAL_ASKED, "follow", 1);
    if (l->plugin[0])
        json_set_text(request, "plugin", l->plugin);
    stream_close(l->stream);
    json_array_clear(l->rows);
    l->view.notice[0] = '\0';
    l->stream = view_ask(l->view.app, request, &handlers, &e);
    if (!l->stream)
        view_notice_error(&l->view, &e);
}

static void changed_journal(struct view *v, const char *id)
{
    struct lines_view *l = (struct lines_view *)v;
    if (!text_equal(id, "plugin"))
        return;
    text_copy(l->plugin, sizeof l->plugin, form_value(&v->form, "plugin"));
    ask_journal(l);
}

static const struct view_ops journal_ops = {
    .title = N_("Journal"),
    .build = build_journal,
    .act = act,
    .changed = changed_journal,
    .key = scroll_key,
    .keys = N_("Arrows Scroll  f End  / Search"),
    .help = N_("What happens, live; the newest at the bottom. Tab moves to the filters and to the "
               "search.\nThe same without this screen: endpointctl journal -f."),
    .free = release,
};

void dialog_journal(struct app *a, const char *plugin_id)
{
    struct lines_view *l = make(a, &journal_ops, plugin_id);
    l->view.form.rest = true;
    if (view_push(&l->view))
        ask_journal(l);
}

/* ---- simulation ------------------------------------------------------------------------------------------ */

static void add_row(struct view *v, const json_t *row)
{
    const json_t *data = json_object_get(row, "data"), *value;
    bool delete = text_equal(json_text(row, "op", ""), "delete");
    struct buf b;
    const char *name;
    buf_init(&b, 16384);
    buf_printf(&b, "%s%s" MARK_END " %s ", delete ? MARK_WARN : MARK_OK, delete ? "-" : "+",
               view_clean(VIEW_TEXT, json_text(row, "key", "")));
    json_object_foreach ((json_t *)data, name, value) {
        char *text =
            json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        buf_printf(&b, " " MARK_DIM "%s" MARK_END " %s", view_clean(VIEW_TEXT, name),
                   view_clean(VIEW_TEXT, text ? text : json_string_value(value)));
        free(text);
    }
    form_text(&v->form, STYLE_NORMAL, buf_text(&b));
    buf_free(&b);
}

static void build_simulation(struct view *v)
{
    struct lines_view *l = (struct lines_view *)v;
    const json_t *refused = json_object_get(l->answer, "refused");
    size_t i;
    json_t *row;
    if (l->stream)
        form_text(&v->form, STYLE_WAIT, _("Reading the ERP; nothing is sent..."));
    if (json_flag(l->answer, "ok", false))
        form_textf(&v->form, STYLE_STRONG, _("%s rows read; %s would be sent, %s deleted."),
                   view_number(VIEW_SHORT, json_number(l->answer, "rows", 0)),
                   view_number(VIEW_SHORT, json_number(l->answer, "upserts", 0)),
                   view_number(VIEW_SHORT, json_number(l->answer, "deletes", 0)));
    if (json_is_object(refused)) {
        form_text(&v->form, STYLE_WARN, view_said(VIEW_TEXT, refused, "text"));
        form_textf(&v->form, STYLE_NORMAL, "\u2192 %s", view_said(VIEW_TEXT, refused, "remedy"));
    }
    view_add_notice(v);
    form_button(&v->form, "back", l->stream ? _("Cancel") : _("Back"));
    form_gap(&v->form);
    json_array_foreach (l->rows, i, row)
        add_row(v, row);
}

static void on_simulated_row(struct view *v, const json_t *event)
{
    if (json_is_object(json_object_get(event, "data")))
        keep((struct lines_view *)v, json_object_get(event, "data"));
}

static void on_simulated(struct view *v, const json_t *answer, const char *said)
{
    struct lines_view *l = (struct lines_view *)v;
    json_decref(l->answer);
    l->answer = json_incref((json_t *)answer);
    if (!json_flag(answer, "ok", false))
        view_notice_answer(v, answer, said);
}

static const struct view_ops simulation_ops = {
    .title = N_("Simulation: what would be sent"),
    .build = build_simulation,
    .act = act,
    .key = scroll_key,
    .keys = N_("Arrows Scroll"),
    .help = N_("A pass that reads and compares, but sends nothing and changes nothing.\n"
               "The same without this screen: endpointctl sync PLUGIN --simulate."),
    .free = release,
};

void dialog_simulate(struct app *a, const char *plugin_id)
{
    struct lines_view *l = make(a, &simulation_ops, plugin_id);
    const struct question q = {&l->view, &l->stream, on_simulated, on_simulated_row};
    l->at_end = false;
    if (view_push(&l->view))
        ask_daemon(&q,
                   json_pack("{s:s,s:s,s:b}", "do", "sync", "plugin", plugin_id, "simulate", 1));
}
