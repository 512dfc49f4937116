/* The list of orders: search it, open one, or try several again at once. */
#include "tui/dialog_orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "tui/app.h"
#include "tui/view.h"
#include "tui/words.h"
#include "tui/ask.h"
#include "tui/dialog_order.h"

#define ROW          "order:"
#define KEY_TEXT     40
#define ORDERS_ASKED 1000
#define REFRESH_MS   3000

struct orders_view {
    struct view view;
    char plugin[100]; /* "": of all */
    char state[32];   /* "": every state; the filter asked for */
    json_t *orders;
    json_t *shown;  /* those that match the search, sorted */
    json_t *marked; /* row key → its order, which may be out of sight */
    json_t *trying; /* orders still to be tried again */
    int tried, refused;
    struct error why; /* why the last one was refused */
    struct stream *asking, *doing;
    int64_t asked_ms;
    char search[100];   /* the search of this list; "": none, all orders up to the limit */
    bool more;          /* there are older ones */
    bool deep;          /* there are more without a search: endpointd must search */
    bool known, placed; /* placed: the focus has been put on the first row */
};

/* The key of an order's row: the order's id may be longer than a row's may. */
static const char *key_of(char key[KEY_TEXT], const json_t *o)
{
    const char *parts[] = {json_text(o, "plugin", ""), json_text(o, "id", "")};
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        for (const char *c = parts[i];; c++) {
            hash = (hash ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
            if (!*c)
                break;
        }
    text_format(key, KEY_TEXT, ROW "%016llx", (unsigned long long)hash);
    return key;
}

static const json_t *order_of(const struct orders_view *l, const char *key)
{
    size_t i;
    json_t *o;
    char each[KEY_TEXT];
    json_array_foreach (l->orders, i, o)
        if (text_equal(key_of(each, o), key))
            return o;
    return NULL;
}

static bool can_retry(const json_t *o)
{
    return text_equal(json_text(o, "state", ""), "rejected");
}

/* ---- which orders are shown, and how they are sorted
 * ----------------------------------------------------------------------------- */

static int rank(const json_t *o)
{
    static const char *const worst[] = {"in-doubt", "rejected", "sending", "handed-over",
                                        "waiting"};
    int i = 0;
    while (i < (int)COUNT_OF(worst) && !text_equal(worst[i], json_text(o, "state", "")))
        i++;
    return i;
}

static int by_text(const void *a, const void *b, const char *member)
{
    return strcmp(json_text(*(json_t *const *)a, member, ""),
                  json_text(*(json_t *const *)b, member, ""));
}

static int newest(const void *a, const void *b)
{
    return -by_text(a, b, "received");
}

static int oldest(const void *a, const void *b)
{
    return by_text(a, b, "received");
}

static int changed_last(const void *a, const void *b)
{
    return -by_text(a, b, "changed");
}

static int numbered(const void *a, const void *b)
{
    int order = by_text(a, b, "number");
    return order ? order : newest(a, b);
}

static int worst_first(const void *a, const void *b)
{
    int order = rank(*(json_t *const *)a) - rank(*(json_t *const *)b);
    return order ? order : newest(a, b);
}

static const struct {
    const char *word, *text;
    int (*compare)(const void *a, const void *b);
} orders_of[] = {{"", N_("newest first"), newest},
                 {"oldest", N_("oldest first"), oldest},
                 {"changed", N_("last changed"), changed_last},
                 {"number", N_("by number"), numbered},
                 {"state", N_("for you first"), worst_first}};

static bool found(const json_t *o, const char *wanted)
{
    static const char *const members[] = {"number", "id", "document", "reason", "plugin", "marker"};
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (words_found(wanted, json_text(o, members[i], "")))
            return true;
    return words_found(wanted, view_said(VIEW_TEXT, o, "reason"));
}

static void choose(struct orders_view *l)
{
    const char *wanted = form_value(&l->view.form, "search"),
               *sort = form_value(&l->view.form, "sort");
    size_t i, count = 0;
    json_t *o, **list = mem_array(json_array_size(l->orders) + 1, sizeof(json_t *));
    json_array_foreach (l->orders, i, o)
        if ((!l->plugin[0] || text_equal(json_text(o, "plugin", ""), l->plugin)) &&
            found(o, wanted))
            list[count++] = o;
    for (i = 0; i < COUNT_OF(orders_of); i++)
        if (text_equal(orders_of[i].word, sort))
            qsort(list, count, sizeof(json_t *), orders_of[i].compare);
    json_t *shown = json_array();
    for (i = 0; i < count; i++)
        json_array_append(shown, list[i]);
    free(list);
    json_decref(l->shown);
    l->shown = shown;
}

/* ---- the list ---------------------------------------------------------------------------------------------- */

static void add_order(struct orders_view *l, const json_t *o, bool marks)
{
    enum { STATE = 11 };
    char own[KEY_TEXT];
    struct view *v = &l->view;
    bool narrow = v->width < 70, room = v->width >= 90;
    int columns = narrow ? (marks ? 13 : 17) : 20;
    const char *number = view_clean(VIEW_TEXT, json_text(o, "number", json_text(o, "id", "")));
    const char *state = dialog_order_state(VIEW_TEXT, json_text(o, "state", "")),
               *document = json_text(o, "document", NULL), *key = key_of(own, o);
    int number_room = columns - canvas_columns(number), state_room = STATE - canvas_columns(state);
    int indent = canvas_block_columns() + (marks ? 4 : 0);
    struct buf b;
    buf_init(&b, 16384);
    if (marks)
        buf_add_text(&b, !can_retry(o)                     ? "    "
                         : json_object_get(l->marked, key) ? MARK_STRONG "[x] " MARK_END
                                                           : "[ ] ");
    canvas_block_add(&b, judge_order(o), v->app->ascii);
    buf_printf(&b, MARK_STRONG "%s" MARK_END "%*s %s%*s %s", number,
               number_room > 0 ? number_room : 0, "", state, state_room > 0 ? state_room : 0, "",
               words_dated(VIEW_SHORT, json_text(o, "received", NULL)));
    if (room && !l->plugin[0])
        buf_printf(&b, "  %s", view_clean(VIEW_TEXT, json_text(o, "plugin", "")));
    if (document && !narrow)
        buf_printf(&b, "  %s", view_clean(VIEW_TEXT, document));
    else if (document)
        view_hang(&b, indent, indent, v->width - 2, view_clean(VIEW_TEXT, document));
    if (!text_empty(json_text(o, "reason", NULL)))
        view_hang(&b, indent, indent, v->width - 2, view_said(VIEW_TEXT, o, "reason"));
    form_help(form_row(&v->form, key, buf_text(&b)),
              can_retry(o) ? _("Enter: the whole order. Space: mark it. r: try the marked ones, or "
                               "this one, again.")
                           : _("Enter: the whole order, its faults, and what you can do."));
    buf_free(&b);
}

static void add_filter(struct view *v)
{
    static const char *const filters[] = {"waiting", "in-doubt", "rejected", "done"};
    struct item *i = form_choice(&v->form, "state", _("State"), "");
    form_option(i, "", _("all"));
    for (size_t k = 0; k < COUNT_OF(filters); k++)
        form_option(i, filters[k], dialog_order_state(VIEW_TEXT, filters[k]));
    form_help(i, _("Which orders are shown. Space or the arrows change it."));
    i = form_choice(&v->form, "sort", _("Sort"), "");
    i->beside = true;
    for (size_t k = 0; k < COUNT_OF(orders_of); k++)
        form_option(i, orders_of[k].word, _(orders_of[k].text));
    form_help(i, _("How they are sorted. Space or the arrows change it."));
    i = form_input(&v->form, "search", _("Search"), "", 14);
    i->beside = true;
    form_help(i, _("A part of the number, document or reason. / jumps here from the list."));
}

static void add_counts(struct orders_view *l)
{
    struct view *v = &l->view;
    size_t all = json_array_size(l->orders), shown = json_array_size(l->shown),
           marked = json_object_size(l->marked);
    char label[80];
    if (marked) {
        text_format(label, sizeof label, _("Try marked ones again: %zu"), marked);
        form_help(form_button(&v->form, "retry", label),
                  _("Check them again, after the faults have been corrected."));
    }
    if (l->known && shown == 0)
        form_text(&v->form, STYLE_DIM,
                  all ? _("None of them contains the text.") : _("There are none."));
    if (l->more)
        form_textf(&v->form, STYLE_WARN,
                   _("There are more than the newest %s: use a state or a search to see them."),
                   view_number(VIEW_SHORT, (int64_t)all));
}

static void build(struct view *v)
{
    char key[KEY_TEXT];
    struct orders_view *l = (struct orders_view *)v;
    size_t i;
    json_t *o;
    bool marks = false;
    add_filter(v);
    choose(l);
    add_counts(l);
    view_add_notice(v);
    form_gap(&v->form);
    json_array_foreach (l->shown, i, o)
        marks |= can_retry(o);
    json_array_foreach (l->shown, i, o)
        add_order(l, o, marks);
    if (!l->placed && json_array_size(l->shown))
        l->placed = form_focus(&v->form, key_of(key, json_array_get(l->shown, 0)));
    form_button(&v->form, "back", _("Back"))->right = true;
}

static void on_orders(struct view *v, const json_t *answer, const char *said)
{
    struct orders_view *l = (struct orders_view *)v;
    const char *key;
    json_t *mark;
    void *next;
    if (!json_is_array(json_object_get(answer, "orders"))) {
        view_notice_answer(v, answer, said);
        return;
    }
    if (!l->known)
        v->notice[0] = '\0';
    l->known = true;
    l->more = json_flag(answer, "more", false);
    if (!l->search[0])
        l->deep = l->more;
    json_decref(l->orders);
    l->orders = json_incref(json_object_get(answer, "orders"));
    json_object_foreach_safe(l->marked, next, key, mark)
    {
        const json_t *o = order_of(l, key);
        bool whole = !l->more && !l->search[0] && !l->state[0];
        if (o ? !can_retry(o) : whole) /* settled or gone; orders only out of sight stay */
            json_object_del(l->marked, key);
    }
}

static void ask(struct view *v)
{
    struct orders_view *l = (struct orders_view *)v;
    const struct question q = {v, &l->asking, on_orders, NULL};
    json_t *request = json_pack("{s:s,s:i}", "do", "orders", "limit", ORDERS_ASKED);
    bool other = !text_equal(l->state, form_value(&v->form, "state"));
    text_copy(l->state, sizeof l->state, form_value(&v->form, "state"));
    text_copy(l->search, sizeof l->search, l->deep && !other ? form_value(&v->form, "search") : "");
    if (l->search[0])
        json_set_text(request, "search", l->search);
    if (l->state[0])
        json_set_text(request, "state", l->state);
    if (l->plugin[0])
        json_set_text(request, "plugin", l->plugin);
    ask_daemon(&q, request);
}

static void tick(struct view *v, int64_t now)
{
    struct orders_view *l = (struct orders_view *)v;
    bool other = !text_equal(l->state, form_value(&v->form, "state")) ||
                 (l->deep && !text_equal(l->search, form_value(&v->form, "search")));
    if (l->asked_ms && !other && (l->asking || now - l->asked_ms < REFRESH_MS))
        return;
    l->asked_ms = now;
    ask(v);
}

static void changed(struct view *v, const char *id)
{
    if (text_equal(id, "state"))
        ((struct orders_view *)v)->asked_ms = 0;
}

/* ---- trying again ------------------------------------------------------------------------------------------ */

static void try_next(struct orders_view *l);

static void on_retried(struct view *v, const json_t *answer, const char *said)
{
    struct orders_view *l = (struct orders_view *)v;
    const json_t *error = json_object_get(answer, "error");
    if (json_flag(answer, "ok", false)) {
        l->tried++;
    } else {
        l->refused++;
        json_to_error(error, &l->why);
        if (!l->why.text[0])
            error_set(&l->why, STATUS_REFUSED, "", "%s",
                      text_empty(said) ? _("It ended without an answer.") : said);
        l->why.status = STATUS_REFUSED;
    }
    json_array_remove(l->trying, 0);
    try_next(l);
}

static void say_tried(struct orders_view *l)
{
    char text[1400];
    struct view *v = &l->view;
    l->asked_ms = 0;
    if (!l->refused) {
        text_format(text, sizeof text, _("To be tried again: %d; the next pass takes them."),
                    l->tried);
        view_notice(v, CHECK_OK, text, NULL);
        return;
    }
    text_format(text, sizeof text, _("To be tried again: %d, refused: %d. %s"), l->tried,
                l->refused, view_clean(VIEW_TEXT, l->why.text));
    view_notice(v, CHECK_FAIL, text, l->why.remedy);
}

/* Try one after the other: each is a question to its plugin's worker. */
static void try_next(struct orders_view *l)
{
    struct view *v = &l->view;
    const struct question q = {v, &l->doing, on_retried, NULL};
    const json_t *o = json_array_get(l->trying, 0);
    if (!o) {
        say_tried(l);
        return;
    }
    ask_daemon(&q, json_pack("{s:s,s:s,s:s}", "do", "order-retry", "order", json_text(o, "id", ""),
                             "plugin", json_text(o, "plugin", "")));
}

static bool retry(struct orders_view *l)
{
    const struct item *i = form_focused(&l->view.form);
    const json_t *here = i ? order_of(l, i->id) : NULL;
    const char *key;
    json_t *o;
    if (json_array_size(l->trying))
        return true;
    json_object_foreach (l->marked, key, o)
        json_array_append(l->trying, o);
    if (!json_object_size(l->marked) && here && can_retry(here))
        json_array_append(l->trying, (json_t *)here);
    if (!json_array_size(l->trying))
        return false;
    l->tried = l->refused = 0;
    view_notice(&l->view, CHECK_WAIT, _("Asking endpointd..."), NULL);
    json_object_clear(l->marked);
    try_next(l);
    return true;
}

static bool mark(struct orders_view *l)
{
    const struct item *i = form_focused(&l->view.form);
    const json_t *o = i ? order_of(l, i->id) : NULL;
    if (!o || !can_retry(o))
        return false;
    if (json_object_del(l->marked, i->id) != 0)
        json_object_set(l->marked, i->id, (json_t *)o);
    form_key(&l->view.form, K_DOWN);
    return true;
}

/* Mark all that are shown and can be tried again; if they are marked already, unmark them. */
static void mark_all(struct orders_view *l)
{
    size_t i, count = json_object_size(l->marked);
    json_t *o;
    char key[KEY_TEXT];
    json_array_foreach (l->shown, i, o)
        if (can_retry(o))
            json_object_set(l->marked, key_of(key, o), o);
    if (json_object_size(l->marked) == count)
        json_object_clear(l->marked);
}

static bool key(struct view *v, int k)
{
    struct orders_view *l = (struct orders_view *)v;
    bool typing = form_item_takes_text(form_focused(&v->form));
    if (typing)
        return false;
    switch (k) {
    case K_SPACE: return mark(l);
    case 'a': mark_all(l); return true;
    case 'r': return retry(l);
    default: return false;
    }
}

static void act(struct view *v, const char *id)
{
    struct orders_view *l = (struct orders_view *)v;
    const json_t *o = order_of(l, id);
    if (text_equal(id, "back"))
        view_close(v);
    else if (text_equal(id, "retry"))
        retry(l);
    else if (o)
        dialog_order(v->app, json_text(o, "id", ""), json_text(o, "plugin", ""));
}

static void release(struct view *v)
{
    struct orders_view *l = (struct orders_view *)v;
    stream_close(l->asking);
    stream_close(l->doing);
    json_decref(l->orders);
    json_decref(l->shown);
    json_decref(l->marked);
    json_decref(l->trying);
}

static const struct view_ops ops = {
    .title = N_("Orders"),
    .build = build,
    .act = act,
    .changed = changed,
    .key = key,
    .tick = tick,
    .keys = N_("/ Search  Space Mark  a All  r Retry"),
    .help =
        N_("Every order that came, and its state: waiting, done, rejected, or in doubt, which a "
           "person must settle. Mark rejected ones with Space, or all of them with a, and try "
           "them again with r.\nThe same without this screen: endpointctl orders, endpointctl "
           "order show."),
    .free = release,
};

void dialog_orders(struct app *a, const char *plugin_id)
{
    struct orders_view *l = mem_alloc(sizeof *l);
    text_copy(l->plugin, sizeof l->plugin, plugin_id ? plugin_id : "");
    l->marked = json_object();
    l->trying = json_array();
    view_open(&l->view, a, &ops);
    view_push(&l->view);
}
