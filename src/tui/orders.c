/* Orders: the list, one order with all its faults, and what a person decides. */
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "tui/app.h"

#define ROW          "order:"
#define ORDERS_ASKED 500
#define REFRESH_MS   3000

struct orders_view {
    struct view view;
    char plugin[100]; /* "": of all */
    char state[32];   /* "": every state; what the list was asked for */
    json_t *orders;
    struct stream *asking;
    int64_t asked_ms;
    bool known;
};

static const struct {
    const char *word, *text;
} states[] = {
    {"waiting", N_("waiting")},   {"sending", N_("waiting")},   {"handed-over", N_("waiting")},
    {"in-doubt", N_("in doubt")}, {"rejected", N_("rejected")}, {"done", N_("done")},
};

static const char *state_text(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].word, state))
            return _(states[i].text);
    return clean(state);
}

/* ---- the list ---------------------------------------------------------------------------------------------- */

static void add_order(struct view *v, const json_t *o)
{
    enum { NUMBER = 20, STATE = 11 };
    const char *number = clean(json_text(o, "number", json_text(o, "id", "")));
    const char *state = state_text(json_text(o, "state", "")),
               *document = json_text(o, "document", NULL);
    int number_room = NUMBER - text_columns(number), state_room = STATE - text_columns(state);
    char id[120];
    struct buf b;
    buf_init(&b, 16384);
    block_add(&b, judge_order(o), v->app->ascii);
    buf_printf(&b, MARK_STRONG "%s" MARK_END "%*s %s%*s %s", number,
               number_room > 0 ? number_room : 0, "", state, state_room > 0 ? state_room : 0, "",
               clock_short(json_text(o, "received", NULL)));
    if (document)
        buf_printf(&b, "  %s", clean(document));
    if (!text_empty(json_text(o, "reason", NULL)))
        text_hang(&b, block_columns(), block_columns(), v->width - 2,
                  told(json_text(o, "reason", "")));
    text_format(id, sizeof id, ROW "%s", json_text(o, "id", ""));
    form_help(form_row(&v->form, id, buf_text(&b)),
              _("Enter: the whole order, its faults, and what can be done."));
    buf_free(&b);
}

static void build(struct view *v)
{
    struct orders_view *l = (struct orders_view *)v;
    struct item *filter = form_choice(&v->form, "state", _("State"), "");
    size_t i;
    json_t *o;
    form_option(filter, "", _("all"));
    form_option(filter, "waiting", _("waiting"));
    form_option(filter, "in-doubt", _("in doubt"));
    form_option(filter, "rejected", _("rejected"));
    form_option(filter, "done", _("done"));
    form_help(filter, _("Which orders are shown. Space or the arrows change it."));
    form_gap(&v->form);
    json_array_foreach (l->orders, i, o)
        if (!l->plugin[0] || text_equal(json_text(o, "plugin", ""), l->plugin))
            add_order(v, o);
    if (l->known && json_array_size(l->orders) == 0)
        form_text(&v->form, STYLE_DIM, _("There are none."));
    view_add_notice(v);
    form_button(&v->form, "back", _("Back"))->right = true;
}

static void on_orders(struct view *v, const json_t *answer, const char *said)
{
    struct orders_view *l = (struct orders_view *)v;
    if (!json_is_array(json_object_get(answer, "orders"))) {
        view_notice_answer(v, answer, said);
        return;
    }
    l->known = true;
    v->notice[0] = '\0';
    json_decref(l->orders);
    l->orders = json_incref(json_object_get(answer, "orders"));
}

static void ask(struct view *v)
{
    struct orders_view *l = (struct orders_view *)v;
    const struct question q = {v, &l->asking, on_orders, NULL};
    json_t *request = json_pack("{s:s,s:i}", "do", "orders", "limit", ORDERS_ASKED);
    text_copy(l->state, sizeof l->state, form_value(&v->form, "state"));
    if (l->state[0])
        json_set_text(request, "state", l->state);
    if (l->plugin[0])
        json_set_text(request, "plugin", l->plugin);
    ask_daemon(&q, request);
}

static void tick(struct view *v, int64_t now)
{
    struct orders_view *l = (struct orders_view *)v;
    bool other = !text_equal(l->state, form_value(&v->form, "state"));
    if (l->asked_ms && !other && (l->asking || now - l->asked_ms < REFRESH_MS))
        return;
    l->asked_ms = now;
    ask(v);
}

static void act(struct view *v, const char *id);

static void changed(struct view *v, const char *id)
{
    (void)id;
    ((struct orders_view *)v)->asked_ms = 0;
}

static void release(struct view *v)
{
    struct orders_view *l = (struct orders_view *)v;
    stream_close(l->asking);
    json_decref(l->orders);
}

static const struct view_ops ops = {
    .title = N_("Orders"),
    .build = build,
    .act = act,
    .changed = changed,
    .tick = tick,
    .help = N_(
        "Every order that came, and what became of it: waiting, done, rejected, or in doubt, which is for a person to "
        "settle.\nThe same without this screen: endpointctl orders, endpointctl order show."),
    .free = release,
};

void dialog_orders(struct app *a, const char *plugin_id)
{
    struct orders_view *l = mem_alloc(sizeof *l);
    text_copy(l->plugin, sizeof l->plugin, plugin_id ? plugin_id : "");
    view_open(&l->view, a, &ops);
    view_push(&l->view);
}

/* ---- one order --------------------------------------------------------------------------------------------- */

struct order_view {
    struct view view;
    char id[120], plugin[100];
    json_t *order;
    struct stream *asking, *doing;
    int64_t asked_ms;
};

static void add_fact(struct view *v, const char *name, const char *value)
{
    enum { NAME = 13 };
    if (!text_empty(value))
        view_add_fact(v, name, NAME, clean(value));
}

static void add_faults(struct view *v, const json_t *o)
{
    size_t i;
    json_t *fault;
    json_array_foreach (json_object_get(o, "faults"), i, fault) {
        const char *text =
            json_is_string(fault) ? json_string_value(fault) : json_text(fault, "text", "");
        const char *remedy = json_is_string(fault) ? "" : json_text(fault, "remedy", "");
        struct item *t = form_textf(&v->form, STYLE_FAIL, "- %s", told(text));
        t->indent = 2;
        if (*remedy)
            form_textf(&v->form, STYLE_NORMAL, "\u2192 %s", told(remedy))->indent = 4;
    }
}

/* What the shop sent, as lines of names and values. */
static void add_content(struct view *v, const json_t *value, const char *name, int indent)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(value)) {
        if (name)
            form_textf(&v->form, STYLE_DIM, "%s", clean(name))->indent = indent;
        json_object_foreach ((json_t *)value, key, member)
            add_content(v, member, key, indent + (name ? 2 : 0));
    } else if (json_is_array(value)) {
        json_array_foreach ((json_t *)value, i, member)
            add_content(v, member, name, indent);
    } else if (!json_is_null(value)) {
        char *text =
            json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        form_textf(&v->form, STYLE_NORMAL, MARK_DIM "%s" MARK_END " %s", clean(name ? name : ""),
                   clean(text ? text : json_string_value(value)))
            ->indent = indent;
        free(text);
    }
}

static void add_order_buttons(struct view *v, const char *state)
{
    bool rejected = text_equal(state, "rejected"), doubt = text_equal(state, "in-doubt");
    if (rejected) {
        struct item *i = form_button(&v->form, "retry", _("Retry"));
        form_help(i, _("Check it anew, after what was wrong has been mended."));
    }
    if (doubt) {
        struct item *i = form_button(&v->form, "exists", _("It exists as..."));
        form_help(i, _("You found the document in the ERP: give its number. Nothing is written."));
        i = form_button(&v->form, "missing", _("It does not exist"));
        i->beside = true;
        form_help(i,
                  _("You looked in the ERP and there is no such document: it is entered again."));
    }
    struct item *back = form_button(&v->form, "back", _("Back"));
    back->beside = rejected || doubt;
}

static void build_order(struct view *v)
{
    struct order_view *w = (struct order_view *)v;
    const json_t *o = w->order, *step;
    const char *state = json_text(o, "state", "");
    struct buf b;
    size_t i;
    if (o) {
        buf_init(&b, 4096);
        block_add(&b, judge_order(o), v->app->ascii);
        buf_printf(&b, MARK_STRONG "%s" MARK_END "  %s", clean(json_text(o, "number", w->id)),
                   state_text(state));
        form_text(&v->form, STYLE_NORMAL, buf_text(&b));
        buf_free(&b);
        add_fact(v, _("Document"), json_text(o, "document", NULL));
        add_fact(v, _("Reason"), told(json_text(o, "reason", "")));
        add_fact(v, _("What to do"), told(json_text(o, "remedy", "")));
        add_faults(v, o);
    } else {
        form_text(&v->form, STYLE_WAIT, _("Asking..."));
    }
    view_add_notice(v);
    add_order_buttons(v, state);
    if (!o)
        return;
    form_gap(&v->form);
    const json_t *history = json_object_get(o, "history");
    for (i = 0; i < json_array_size(history); i++) {
        step = json_array_get(history, i);
        form_textf(&v->form, STYLE_NORMAL, MARK_DIM "%s" MARK_END "  %s  %s",
                   clock_short(json_text(step, "at", NULL)),
                   state_text(json_text(step, "state", "")), told(json_text(step, "reason", "")));
    }
    form_gap(&v->form);
    add_content(v,
                json_object_get(o, "content") ? json_object_get(o, "content")
                                              : json_object_get(o, "order"),
                NULL, 0);
}

static void on_order(struct view *v, const json_t *answer, const char *said)
{
    struct order_view *w = (struct order_view *)v;
    json_t *order = json_object_get(answer, "order");
    if (!json_is_object(order)) {
        view_notice_answer(v, answer, said);
        return;
    }
    json_decref(w->order);
    w->order = json_incref(order);
}

static void tick_order(struct view *v, int64_t now)
{
    struct order_view *w = (struct order_view *)v;
    const struct question q = {v, &w->asking, on_order, NULL};
    if (w->asked_ms && (w->asking || now - w->asked_ms < REFRESH_MS))
        return;
    w->asked_ms = now;
    json_t *request = json_pack("{s:s,s:s}", "do", "order-show", "order", w->id);
    if (w->plugin[0])
        json_set_text(request, "plugin", w->plugin);
    ask_daemon(&q, request);
}

static void on_done(struct view *v, const json_t *answer, const char *said)
{
    struct order_view *w = (struct order_view *)v;
    w->asked_ms = 0;
    if (json_flag(answer, "ok", false))
        view_notice(v, CHECK_OK, _("Done; the next pass takes it up."), NULL);
    else
        view_notice_answer(v, answer, said);
}

static void decide(struct order_view *w, const char *what, const char *exists_as)
{
    const struct question q = {&w->view, &w->doing, on_done, NULL};
    json_t *request = json_pack("{s:s,s:s}", "do", what, "order", w->id);
    if (w->plugin[0])
        json_set_text(request, "plugin", w->plugin);
    if (exists_as)
        json_set_text(request, "exists_as", exists_as);
    else if (text_equal(what, "order-resolve"))
        json_set_flag(request, "does_not_exist", true);
    ask_daemon(&q, request);
}

static void missing_chosen(struct app *a, void *user, const char *id)
{
    (void)a;
    if (text_equal(id, "yes"))
        decide(user, "order-resolve", NULL);
}

/* ---- the number of a document that was found ---- */

struct number_view {
    struct view view;
    struct order_view *order;
};

static void build_number(struct view *v)
{
    form_text(
        &v->form, STYLE_NORMAL,
        _("The number of the document in the ERP that this order became, as the ERP shows it."));
    form_gap(&v->form);
    form_help(form_input(&v->form, "document", _("Document"), "", 30),
              _("For instance ZK 12/2026."));
    struct item *ok = form_button(&v->form, "ok", _("It is this one"));
    ok->right = true;
    struct item *back = form_button(&v->form, "back", _("Back"));
    back->right = back->beside = true;
}

static void act_number(struct view *v, const char *id)
{
    struct order_view *w = ((struct number_view *)v)->order;
    char number[200];
    text_copy(number, sizeof number, form_value(&v->form, "document"));
    if (text_equal(id, "ok") && !number[0]) {
        form_fault(&v->form, "document", _("This is needed."));
        form_focus(&v->form, "document");
        return;
    }
    view_close(v);
    if (text_equal(id, "ok"))
        decide(w, "order-resolve", number);
}

static const struct view_ops number_ops = {
    .title = N_("The document of this order"),
    .build = build_number,
    .act = act_number,
    .help = N_("The same without this screen: endpointctl order resolve.")};

static void act_order(struct view *v, const char *id)
{
    struct order_view *w = (struct order_view *)v;
    const struct dialog_button buttons[] = {{"back", _("Back")}, {"yes", _("It does not exist")}};
    if (text_equal(id, "back")) {
        view_close(v);
    } else if (text_equal(id, "retry")) {
        decide(w, "order-retry", NULL);
    } else if (text_equal(id, "missing")) {
        dialog_ask(
            v->app, _("Enter it again?"),
            _("Only if you have looked in the ERP and the document is not there: the order is entered again, and "
              "would be there twice otherwise."),
            buttons, COUNT_OF(buttons), missing_chosen, w);
    } else if (text_equal(id, "exists")) {
        struct number_view *n = mem_alloc(sizeof *n);
        n->order = w;
        view_open(&n->view, v->app, &number_ops);
        view_push(&n->view);
    }
}

static void release_order(struct view *v)
{
    struct order_view *w = (struct order_view *)v;
    stream_close(w->asking);
    stream_close(w->doing);
    json_decref(w->order);
}

static const struct view_ops order_ops = {
    .title = N_("Order"),
    .build = build_order,
    .act = act_order,
    .tick = tick_order,
    .help = N_("One order: every fault at once, what became of it, and what the shop sent.\n"
               "The same without this screen: endpointctl order show, order retry, order resolve."),
    .free = release_order,
};

static void act(struct view *v, const char *id)
{
    const struct orders_view *l = (const struct orders_view *)v;
    size_t i;
    json_t *o;
    if (text_equal(id, "back")) {
        view_close(v);
        return;
    }
    if (!text_starts(id, ROW))
        return;
    struct order_view *w = mem_alloc(sizeof *w);
    text_copy(w->id, sizeof w->id, id + strlen(ROW));
    json_array_foreach (l->orders, i, o)
        if (text_equal(json_text(o, "id", ""), w->id))
            text_copy(w->plugin, sizeof w->plugin, json_text(o, "plugin", ""));
    view_open(&w->view, v->app, &order_ops);
    view_push(&w->view);
}
