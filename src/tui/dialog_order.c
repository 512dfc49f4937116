/* One order: its faults, the decisions that a person can make, and what the shop sent. */
#include "tui/dialog_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "tui/app.h"
#include "tui/ask.h"
#include "tui/dialog.h"
#include "tui/view.h"
#include "tui/words.h"

#define REFRESH_MS 3000

static const struct {
    const char *word, *text;
} states[] = {
    {"waiting", N_("waiting")},   {"sending", N_("waiting")},   {"handed-over", N_("waiting")},
    {"in-doubt", N_("in doubt")}, {"rejected", N_("rejected")}, {"done", N_("done")},
};

const char *dialog_order_state(char target[VIEW_TEXT_SIZE], const char *state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(states[i].word, state))
            return _(states[i].text);
    return view_clean(target, state);
}

struct order_view {
    struct view view;
    char id[120], plugin[100];
    json_t *order;
    struct stream *asking, *doing;
    int64_t asked_ms;
};

static void add_fact(struct view *v, const char *name, const char *value)
{
    enum { NAME = 14 };
    if (!text_empty(value))
        view_add_fact(v, name, NAME, view_clean(VIEW_TEXT, value));
}

static void add_faults(struct view *v, const json_t *o)
{
    size_t i;
    json_t *fault;
    json_array_foreach (json_object_get(o, "faults"), i, fault) {
        const char *text = json_is_string(fault) ? view_clean(VIEW_TEXT, json_string_value(fault))
                                                 : view_said(VIEW_TEXT, fault, "text");
        struct item *t = form_textf(&v->form, STYLE_FAIL, "- %s", text);
        t->indent = 2;
        if (*json_text(fault, "remedy", ""))
            form_textf(&v->form, STYLE_NORMAL, "\u2192 %s",
                       words_fields(VIEW_TEXT, view_said(VIEW_TEXT, fault, "remedy")))
                ->indent = 4;
    }
}

/* ---- what the shop sent ---- */

/* The facts of an order in reading order: when, who, where to, how, how much. Prices are followed
 * by the order's currency; times are local. */
static const struct fact {
    const char *label;
    const char *paths[9];
} before_lines[] = {{N_("Placed"), {"placed_at", "source"}},
                    {N_("Confirmed"), {"confirmed_at"}},
                    {N_("Buyer"), {"buyer.name", "buyer.company", "buyer.email", "buyer.phone"}},
                    {N_("Invoice"),
                     {"invoice.wanted", "invoice.name", "invoice.company", "invoice.tax_id",
                      "invoice.street", "invoice.postcode", "invoice.city", "invoice.country"}}},
  after_lines[] = {
      {N_("Delivery"), {"delivery.method", "delivery.point_id", "delivery.price_gross"}},
      {N_("Deliver to"),
       {"delivery.name", "delivery.company", "delivery.street", "delivery.postcode",
        "delivery.city", "delivery.country", "delivery.phone"}},
      {N_("Payment"), {"payment_method", "cash_on_delivery", "paid"}},
      {N_("Total"), {"total_gross"}},
      {N_("Rate"), {"exchange_rate"}},
      {N_("Note"), {"note"}},
};

/* Take a value out of the content, so that it is shown only once. NULL: it is not there. The caller
 * frees it. */
static json_t *take(json_t *content, const char *path)
{
    char first[32];
    const char *dot = strchr(path, '.'), *last = dot ? dot + 1 : path;
    json_t *object = content, *value;
    if (dot && text_format(first, sizeof first, "%.*s", (int)(dot - path), path))
        object = json_object_get(content, first);
    value = json_incref(json_object_get(object, last));
    json_object_del(object, last);
    return value;
}

static void add_value(struct buf *b, const char *path, const json_t *value, const char *currency)
{
    const char *text = json_string_value(value), *gap = b->length ? ", " : "";
    if (json_is_true(value))
        text = text_ends(path, "wanted") ? _("wanted") : _("cash on delivery");
    if (text_empty(text))
        return;
    if (text_ends(path, "_at"))
        buf_printf(b, "%s%s", gap, words_dated(VIEW_SHORT, text));
    else if (text_equal(path, "paid"))
        buf_printf(b, _("%spaid %s %s"), gap, view_clean(VIEW_TEXT, text), currency);
    else if (text_ends(path, "_gross"))
        buf_printf(b, "%s%s %s", gap, view_clean(VIEW_TEXT, text), currency);
    else if (text_equal(path, "exchange_rate"))
        buf_printf(b, _("%s PLN for 1 %s"), view_clean(VIEW_TEXT, text), currency);
    else
        buf_printf(b, "%s%s%s", gap, text_ends(path, "tax_id") ? "NIP " : "",
                   view_clean(VIEW_TEXT, text));
}

static void add_facts(struct view *v, json_t *content, const struct fact *facts, size_t count,
                      const char *currency)
{
    for (size_t i = 0; i < count; i++) {
        struct buf b;
        buf_init(&b, 16384);
        for (size_t k = 0; k < COUNT_OF(facts[i].paths) && facts[i].paths[k]; k++) {
            json_t *value = take(content, facts[i].paths[k]);
            add_value(&b, facts[i].paths[k], value, currency);
            json_decref(value);
        }
        add_fact(v, _(facts[i].label), buf_text(&b));
        buf_free(&b);
    }
}

/* "2 × 6.15 PLN, VAT 23, discount 5 %  KUBEK-1  Kubek niebieski  5901234123457" */
static void add_line(struct view *v, const json_t *line, size_t number, const char *currency)
{
    static const char *const names[] = {"sku", "ean"};
    const char *discount = json_text(line, "discount_percent", ""),
               *vat = json_text(line, "vat_rate", "");
    struct buf b;
    char label[24];
    buf_init(&b, 16384);
    text_format(label, sizeof label, _("Line %zu"), number);
    buf_printf(&b, "%s \u00d7 %s %s", view_clean(VIEW_TEXT, json_text(line, "quantity", "?")),
               view_clean(VIEW_TEXT, json_text(line, "price_gross", "?")), currency);
    if (*vat)
        buf_printf(&b, _(", VAT %s"), view_clean(VIEW_TEXT, vat));
    if (*discount)
        buf_printf(&b, _(", discount %s %%"), view_clean(VIEW_TEXT, discount));
    buf_printf(&b, "  %s", view_clean(VIEW_TEXT, json_text(line, "name", "")));
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (*json_text(line, names[i], ""))
            buf_printf(&b, "  %s %s", i ? "EAN" : "SKU",
                       view_clean(VIEW_TEXT, json_text(line, names[i], "")));
    add_fact(v, label, buf_text(&b));
    buf_free(&b);
}

/* Add the values that have no place of their own, with the names that came with them. */
static void add_rest(struct view *v, const json_t *value, const char *name, int indent)
{
    const char *key;
    json_t *member;
    size_t i;
    if (json_is_object(value)) {
        if (name && json_object_size(value))
            form_textf(&v->form, STYLE_DIM, "%s", view_clean(VIEW_TEXT, name))->indent = indent;
        json_object_foreach ((json_t *)value, key, member)
            add_rest(v, member, key, indent + (name ? 2 : 0));
    } else if (json_is_array(value)) {
        json_array_foreach ((json_t *)value, i, member)
            add_rest(v, member, name, indent);
    } else if (!json_is_null(value) && !text_equal(json_string_value(value), "")) {
        char *text =
            json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        form_textf(&v->form, STYLE_NORMAL, MARK_DIM "%s" MARK_END " %s",
                   view_clean(VIEW_TEXT, name ? name : ""),
                   view_clean(VIEW_TEXT, text ? text : json_string_value(value)))
            ->indent = indent;
        free(text);
    }
}

/* Does it contain any value? */
static bool holds(const json_t *value)
{
    const char *key;
    json_t *member;
    if (json_is_object(value))
        json_object_foreach ((json_t *)value, key, member)
            if (holds(member))
                return true;
    return !json_is_object(value) && !json_is_null(value) &&
           !text_equal(json_string_value(value), "");
}

static void add_content(struct view *v, const json_t *o)
{
    static const char *const shown[] = {"id", "number", "revision", "currency", "cancelled"};
    const json_t *sent = json_object_get(o, "order"), *line;
    json_t *content = json_deep_copy(sent ? sent : json_object_get(o, "content"));
    const json_t *lines = json_object_get(content, "lines");
    char currency[16];
    if (!json_is_object(content)) {
        json_decref(content);
        return;
    }
    text_copy(currency, sizeof currency,
              view_clean(VIEW_TEXT, json_text(content, "currency", "PLN")));
    form_gap(&v->form);
    form_text(&v->form, STYLE_STRONG, _("What the shop sent"));
    add_facts(v, content, before_lines, COUNT_OF(before_lines), currency);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        line = json_array_get(lines, i);
        add_line(v, line, i + 1, currency);
    }
    json_object_del(content, "lines");
    add_facts(v, content, after_lines, COUNT_OF(after_lines), currency);
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        json_object_del(content, shown[i]);
    if (holds(content)) {
        form_text(&v->form, STYLE_DIM, _("Besides:"));
        add_rest(v, content, NULL, 2);
    }
    json_decref(content);
}

/* ---- the screen ---- */

static void add_order_buttons(struct view *v, const char *state)
{
    bool rejected = text_equal(state, "rejected"), doubt = text_equal(state, "in-doubt");
    if (rejected) {
        struct item *i = form_button(&v->form, "retry", _("Retry"));
        i->acts = true;
        form_help(i, _("Check it again, after the fault has been corrected."));
    }
    if (doubt) {
        struct item *i = form_button(&v->form, "exists", _("It exists as..."));
        form_help(i, _("You found the document in the ERP: give its number. Nothing is written."));
        i = form_button(&v->form, "missing", _("It does not exist"));
        i->beside = true;
        form_help(i, _("You looked in the ERP and there is no such document: enter it again."));
    }
    struct item *back = form_button(&v->form, "back", _("Back"));
    back->beside = rejected || doubt;
}

static void add_history(struct view *v, const json_t *history)
{
    char day[CLOCK_TEXT] = "";
    for (size_t i = 0; i < json_array_size(history); i++) {
        const json_t *step = json_array_get(history, i);
        struct buf head, b;
        buf_init(&head, 4096);
        buf_init(&b, 8192);
        words_add_day(v, json_text(step, "at", NULL), day);
        buf_printf(&head, MARK_DIM "%s" MARK_END "  %s  %s",
                   words_time(VIEW_SHORT, json_text(step, "at", NULL)),
                   dialog_order_state(VIEW_TEXT, json_text(step, "state", "")),
                   view_said(VIEW_TEXT, step, "reason"));
        view_hang(&b, 0, 10, v->width, buf_text(&head));
        form_text(&v->form, STYLE_NORMAL, buf_text(&b));
        buf_free(&head);
        buf_free(&b);
    }
}

static void build_order(struct view *v)
{
    struct order_view *w = (struct order_view *)v;
    const json_t *o = w->order;
    const char *state = json_text(o, "state", "");
    struct buf b;
    if (o) {
        buf_init(&b, 4096);
        canvas_block_add(&b, judge_order(o), v->app->ascii);
        buf_printf(&b, MARK_STRONG "%s" MARK_END "  %s",
                   view_clean(VIEW_TEXT, json_text(o, "number", w->id)),
                   dialog_order_state(VIEW_TEXT, state));
        form_text(&v->form, STYLE_NORMAL, buf_text(&b));
        buf_free(&b);
        add_fact(v, _("Document"), json_text(o, "document", NULL));
        add_fact(v, _("Reason"), view_said(VIEW_TEXT, o, "reason"));
        add_fact(v, _("What to do"), words_fields(VIEW_TEXT, view_said(VIEW_TEXT, o, "remedy")));
        add_faults(v, o);
    } else {
        form_text(&v->form, STYLE_WAIT, _("Asking..."));
    }
    view_add_notice(v);
    add_order_buttons(v, state);
    if (!o)
        return;
    form_gap(&v->form);
    add_history(v, json_object_get(o, "history"));
    add_content(v, o);
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
        view_notice(v, CHECK_OK, _("Done; the next pass takes it."), NULL);
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

/* ---- asking for the number of an existing document ---- */

struct number_view {
    struct view view;
    struct order_view *order;
};

static void build_number(struct view *v)
{
    form_text(&v->form, STYLE_NORMAL,
              _("The number of this order's document in the ERP, as the ERP shows it."));
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
            _("Only if you have looked in the ERP and the document is not there. The order is "
              "entered again; otherwise it would be there twice."),
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
    .help = N_("One order: all its faults, its result, and what the shop sent.\nThe same "
               "without this screen: endpointctl order show, order retry, order resolve."),
    .free = release_order,
};

void dialog_order(struct app *a, const char *id, const char *plugin)
{
    struct order_view *w = mem_alloc(sizeof *w);
    text_copy(w->id, sizeof w->id, id);
    text_copy(w->plugin, sizeof w->plugin, plugin);
    view_open(&w->view, a, &order_ops);
    view_push(&w->view);
}
