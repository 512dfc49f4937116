/* Orders for people and for the shop: lists, one order in full, and the queue of outcomes. */
#include "store/orders_read.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/path.h"
#include "store/db.h"
#include "store/orders_count.h"
#include "store/orders_internal.h"

#define LEDGERS_MAX 256

/* Rows of a bound statement into entries. */
static enum status take_page(sqlite3_stmt *s, size_t max, struct order_entry *entries,
                             size_t *count, struct error *e)
{
    enum status status = STATUS_OK;
    *count = 0;
    while (*count < max && (status = db_step(s, e)) == STATUS_OK)
        orders_take(s, &entries[(*count)++]);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    return *count ? STATUS_OK : STATUS_END;
}

enum status orders_page(struct orders *o, enum order_state state, int64_t after, size_t max,
                        struct order_entry *entries, size_t *count, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_PAGE, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int(s, 1, state);
    sqlite3_bind_int64(s, 2, after);
    sqlite3_bind_int64(s, 3, (int64_t)max);
    return take_page(s, max, entries, count, e);
}

enum status orders_watched(struct orders *o, int64_t now_ms, int64_t after, size_t max,
                           struct order_entry *entries, size_t *count, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_WATCHED, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, now_ms);
    sqlite3_bind_int64(s, 2, after);
    sqlite3_bind_int64(s, 3, (int64_t)max);
    return take_page(s, max, entries, count, e);
}

static enum status get_by(struct orders *o, enum order_query q, const char *name,
                          struct order_entry *entry, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK) {
        orders_take(s, entry);
        status = db_step(s, e);
        if (status == STATUS_OK) {
            status = error_set(e, STATUS_EXISTS, "order_which",
                               "\"%.200s\" is the number of several orders", name);
            error_remedy(e, "Give the order's id; endpointctl orders lists them.");
        } else if (status == STATUS_END)
            status = STATUS_OK;
    }
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return status;
}

enum status orders_elsewhere(struct orders *o, const char *account, const char *id,
                             const char *number, struct order_entry *entry, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_ELSEWHERE, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, number, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, account, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK)
        orders_take(s, entry);
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_NOT_FOUND : status;
}

enum status orders_get(struct orders *o, const char *name, struct order_entry *entry,
                       struct error *e)
{
    enum status status = get_by(o, OQ_BY_ID, name, entry, e);
    if (status == STATUS_END)
        status = get_by(o, OQ_BY_NUMBER, name, entry, e);
    if (status != STATUS_END)
        return status;
    error_set(e, STATUS_NOT_FOUND, "order_unknown", "there is no order \"%.200s\"", name);
    error_remedy(e, "endpointctl orders lists them.");
    return STATUS_NOT_FOUND;
}

enum status orders_marked(struct orders *o, const char *marker, struct order_entry *entry,
                          struct error *e)
{
    return get_by(o, OQ_MARKED, marker, entry, e);
}

enum status orders_content(struct orders *o, int64_t num, struct buf *content, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_CONTENT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, num);
    status = db_step(s, e);
    if (status == STATUS_OK)
        buf_add(content, db_text(s, 0), (size_t)sqlite3_column_bytes(s, 0));
    sqlite3_reset(s);
    return status == STATUS_END ? error_set(e, STATUS_NOT_FOUND, "order_trimmed",
                                            "the order's content is no longer stored")
                                : status;
}

enum status orders_place(struct orders *o, int64_t num, struct buf *place, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_PLACE, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, num);
    status = db_step(s, e);
    if (status == STATUS_OK)
        buf_add_text(place, db_text(s, 0));
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* Two numbers into a statement, a page of orders out of it. */
static enum status page_of(struct orders *o, enum order_query q, int64_t value, size_t max,
                           struct order_entry *entries, size_t *count, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, value);
    sqlite3_bind_int64(s, 2, (int64_t)max);
    return take_page(s, max, entries, count, e);
}

enum status orders_away(struct orders *o, int64_t after, size_t max, struct order_entry *entries,
                        size_t *count, struct error *e)
{
    return page_of(o, OQ_AWAY, after, max, entries, count, e);
}

enum status orders_unwarned(struct orders *o, int64_t before_ms, size_t max,
                            struct order_entry *entries, size_t *count, struct error *e)
{
    return page_of(o, OQ_UNWARNED, before_ms, max, entries, count, e);
}

int64_t orders_arrived(struct orders *o, const struct order_entry *n)
{
    sqlite3_stmt *s;
    int64_t at = 0;
    if (orders_statement(o, OQ_ARRIVED, &s, NULL) != STATUS_OK) /* a ledger of an older version */
        return n->received_ms;
    sqlite3_bind_int64(s, 1, n->num);
    if (db_step(s, NULL) == STATUS_OK)
        at = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    return at ? at : n->received_ms;
}

enum status orders_id_of(struct orders *o, const char *marker, char *id, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_BY_MARKER, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, marker, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK)
        text_copy(id, ORDER_ID_MAX + 1, db_text(s, 0));
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_NOT_FOUND : status;
}

/* ---- lists ---------------------------------------------------------------------------------- */

static json_t *entry_json(const struct order_entry *n, const char *faults)
{
    char at[CLOCK_TEXT];
    json_t *object = json_object(),
           *list = *faults ? json_parse(faults, strlen(faults), NULL) : NULL;
    json_set_text(object, "id", n->id);
    json_set_text(object, "number", n->number);
    json_set_text(object, "state", order_state_word(n->state));
    json_set_text(object, "document", n->document[0] ? n->document : NULL);
    said_set_text(object, "reason", n->reason, n->reason_said);
    said_set_text(object, "remedy", n->remedy, n->remedy_said);
    json_set_number(object, "revision", n->revision);
    json_set_text(object, "correlation", n->correlation);
    json_set_text(object, "marker", n->marker);
    clock_format(at, n->received_ms);
    json_set_text(object, "received", at);
    clock_format(at, n->changed_ms);
    json_set_text(object, "changed", at);
    json_set_flag(object, "cancelled", n->cancelled);
    json_object_set_new(object, "faults", json_is_array(list) ? list : json_array());
    if (!json_is_array(list))
        json_decref(list);
    return object;
}

static enum status add_faults(struct orders *o, const struct order_entry *n, json_t **object,
                              struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_FAULTS, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, n->num);
    status = db_step(s, e);
    *object = entry_json(n, status == STATUS_OK ? db_text(s, 0) : "");
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* Newest first, of one state: pages of the live index, read backwards by memory. */
static enum status list_state(struct orders *o, enum order_state state, size_t limit, json_t *list,
                              struct error *e)
{
    sqlite3_stmt *s = NULL;
    struct order_entry *n = mem_alloc(sizeof *n);
    int64_t *nums = mem_array(limit, sizeof *nums);
    size_t count = 0;
    enum status status = db_prepare(
        o->db,
        "SELECT num FROM orders INDEXED BY orders_live WHERE state=?1 AND content IS NOT NULL "
        "ORDER BY num DESC LIMIT ?2",
        &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int(s, 1, state);
        sqlite3_bind_int64(s, 2, (int64_t)limit);
        while (count < limit && (status = db_step(s, e)) == STATUS_OK)
            nums[count++] = sqlite3_column_int64(s, 0);
    }
    sqlite3_finalize(s);
    if (status == STATUS_END)
        status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        json_t *object = NULL;
        size_t got;
        status = orders_page(o, state, nums[i] - 1, 1, n, &got, e);
        if (status == STATUS_OK && n->num == nums[i])
            status = add_faults(o, n, &object, e);
        if (object)
            json_array_append_new(list, object);
    }
    free(nums);
    free(n);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status orders_list(struct orders *o, const char *state, size_t limit, json_t **list,
                        struct error *e)
{
    sqlite3_stmt *s;
    struct order_entry n;
    enum order_state wanted;
    *list = json_array();
    if (state && !order_state_parse(state, &wanted))
        return error_set(
            e, STATUS_INVALID, "order_state",
            "\"%s\" is not a state; the states are waiting, sending, handed-over, done, "
            "rejected and in-doubt",
            state);
    if (state)
        return list_state(o, wanted, limit, *list, e);
    enum status status = orders_statement(o, OQ_LIST, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, (int64_t)limit);
    while ((status = db_step(s, e)) == STATUS_OK) {
        orders_take(s, &n);
        json_array_append_new(*list, entry_json(&n, db_text(s, 22)));
    }
    return status == STATUS_END ? STATUS_OK : status;
}

struct patience {
    int64_t until_ms; /* monotonic */
    bool ended;
};

static int lose_patience(void *user)
{
    struct patience *p = user;
    p->ended = clock_mono_ms() >= p->until_ms;
    return p->ended;
}

/* Like orders_list, for orders that contain a text; state < 0: every state. When patience ends,
 * return what was found so far. */
static enum status search(struct orders *o, const char *text, int state, size_t limit,
                          struct patience *p, json_t **list, struct error *e)
{
    enum { NEWEST = 200000, STEPS = 4000 /* of SQLite between two looks at the clock */ };
    sqlite3_stmt *s;
    struct order_entry n;
    char low[200];
    *list = json_array();
    enum status status = orders_statement(o, OQ_SEARCH, &s, e);
    if (status != STATUS_OK)
        return status;
    text_copy(low, sizeof low, text);
    for (char *c = low; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
    sqlite3_bind_text(s, 1, low, -1, SQLITE_TRANSIENT);
    sqlite3_bind_int(s, 2, state);
    sqlite3_bind_int64(s, 3, (int64_t)limit);
    sqlite3_bind_int64(s, 4, NEWEST);
    sqlite3_progress_handler(o->db, STEPS, lose_patience, p);
    while ((status = db_step(s, e)) == STATUS_OK) {
        orders_take(s, &n);
        json_array_append_new(*list, entry_json(&n, db_text(s, 22)));
    }
    sqlite3_progress_handler(o->db, 0, NULL, NULL);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    if (status == STATUS_CANCELLED && p->ended)
        error_clear(e);
    return status == STATUS_END || p->ended ? STATUS_OK : status;
}

static enum status list_one(struct orders *o, const char *text, const char *state, size_t limit,
                            struct patience *p, json_t **list, struct error *e)
{
    enum order_state wanted = ORDER_STATES;
    if (text_empty(text) || (state && !order_state_parse(state, &wanted)))
        return orders_list(o, state, limit, list, e);
    return search(o, text, state ? (int)wanted : -1, limit, p, list, e);
}

static enum status add_history(struct orders *o, int64_t num, json_t *object, struct error *e)
{
    sqlite3_stmt *s;
    char at[CLOCK_TEXT];
    json_t *history = json_array();
    enum status status = orders_statement(o, OQ_READ_HISTORY, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, num);
        while ((status = db_step(s, e)) == STATUS_OK) {
            int state = sqlite3_column_int(s, 1);
            json_t *row = json_object();
            clock_format(at, sqlite3_column_int64(s, 0));
            json_set_text(row, "at", at);
            json_set_text(row, "state",
                          order_state_word((enum order_state)(state < 0 ? ORDER_STATES : state)));
            said_set_text(row, "reason", db_text(s, 2), db_text(s, 4));
            said_set_text(row, "remedy", db_text(s, 3), db_text(s, 5));
            json_array_insert_new(history, 0, row);
        }
    }
    json_object_set_new(object, "history", history);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status orders_show(struct orders *o, const char *name, json_t **order, struct error *e)
{
    struct order_entry n;
    struct buf content;
    *order = NULL;
    enum status status = orders_get(o, name, &n, e);
    if (status == STATUS_OK)
        status = add_faults(o, &n, order, e);
    if (status == STATUS_OK)
        status = add_history(o, n.num, *order, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&content, 32 << 20);
    json_t *json = NULL;
    if (orders_content(o, n.num, &content, NULL) == STATUS_OK)
        json = json_parse(buf_text(&content), content.length, NULL);
    json_object_set_new(*order, "order", json ? json : json_null());
    json_set_flag(*order, "staged", n.staged);
    buf_free(&content);
    return STATUS_OK;
}

/* ---- telling the shop ----------------------------------------------------------------------- */

enum status orders_untold(struct orders *o, int64_t now_ms, size_t max, struct order_entry *entries,
                          size_t *count, struct error *e)
{
    return page_of(o, OQ_UNTOLD, now_ms, max, entries, count, e);
}

static enum status outcome_run(struct orders *o, enum order_query q, int64_t num, int64_t value,
                               struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, num);
    sqlite3_bind_int64(s, 2, value);
    return db_run(s, e);
}

enum status orders_told(struct orders *o, const struct order_entry *entry, struct error *e)
{
    return outcome_run(o, OQ_TOLD, entry->num, entry->told_ms, e);
}

enum status orders_tell_later(struct orders *o, const struct order_entry *entry, int64_t at_ms,
                              struct error *e)
{
    return outcome_run(o, OQ_LATER, entry->num, at_ms, e);
}

/* ---- every ledger of the endpoint ------------------------------------------------------------ */

struct one_ledger {
    char plugin[80];
    struct ledger *ledger;
    struct orders *orders;
};

struct orders_index {
    struct one_ledger list[LEDGERS_MAX];
    size_t count;
};

static void open_one(struct orders_index *x, const char *state_dir, const char *file)
{
    struct one_ledger *one = &x->list[x->count];
    size_t length = strlen(file);
    if (x->count == LEDGERS_MAX || length < 4 || !text_ends(file, ".db") ||
        length - 3 >= sizeof one->plugin)
        return;
    *one = (struct one_ledger){0};
    memcpy(one->plugin, file, length - 3);
    if (ledger_open_read(state_dir, one->plugin, &one->ledger, NULL) != STATUS_OK)
        return;
    if (orders_open(one->ledger, &one->orders, NULL) == STATUS_OK)
        x->count++;
    else
        ledger_close(one->ledger);
}

enum status orders_index_open(const char *state_dir, struct orders_index **out, struct error *e)
{
    char path[PATH_MAX];
    const char *name;
    *out = NULL;
    enum status status = path_join(path, sizeof path, state_dir, "ledgers", e);
    if (status != STATUS_OK)
        return status;
    struct orders_index *x = mem_alloc(sizeof *x);
    struct dir *dir = dir_open(path);
    while (dir && (name = dir_next(dir)) != NULL)
        open_one(x, state_dir, name);
    dir_close(dir);
    *out = x;
    return STATUS_OK;
}

void orders_index_close(struct orders_index *x)
{
    if (!x)
        return;
    for (size_t i = 0; i < x->count; i++) {
        orders_close(x->list[i].orders);
        ledger_close(x->list[i].ledger);
    }
    free(x);
}

bool orders_index_find(struct orders_index *x, const char *marker, char *id)
{
    for (size_t i = 0; i < x->count; i++)
        if (orders_id_of(x->list[i].orders, marker, id, NULL) == STATUS_OK)
            return true;
    return false;
}

static int newest_first(const void *a, const void *b)
{
    const char *x = json_text(*(json_t *const *)a, "received", "");
    const char *y = json_text(*(json_t *const *)b, "received", "");
    return -strcmp(x, y);
}

enum status orders_list_all(const char *state_dir, const struct orders_wanted *wanted,
                            json_t **list, bool *cut, struct error *e)
{
    struct patience p = {clock_mono_ms() + wanted->patience_ms, false};
    struct orders_index *x;
    json_t *all = json_array(), *row;
    size_t index;
    *list = all;
    *cut = false;
    enum status status = orders_index_open(state_dir, &x, e);
    for (size_t i = 0; status == STATUS_OK && i < x->count; i++) {
        json_t *some = NULL;
        if (wanted->plugin && !text_equal(wanted->plugin, x->list[i].plugin))
            continue;
        status =
            list_one(x->list[i].orders, wanted->text, wanted->state, wanted->limit, &p, &some, e);
        *cut |= p.ended;
        json_array_foreach (some, index, row) {
            json_set_text(row, "plugin", x->list[i].plugin);
            json_array_append(all, row);
        }
        json_decref(some);
    }
    orders_index_close(x);
    size_t count = json_array_size(all);
    if (status != STATUS_OK || count < 2)
        return status;
    json_t **rows = mem_array(count, sizeof(json_t *));
    json_array_foreach (all, index, row)
        rows[index] = json_incref(row);
    qsort(rows, count, sizeof(json_t *), newest_first);
    json_array_clear(all);
    for (size_t i = 0; i < count; i++) {
        if (i < wanted->limit)
            json_array_append(all, rows[i]);
        json_decref(rows[i]);
    }
    free(rows);
    return STATUS_OK;
}

enum status orders_count_live(const char *state_dir, const char *plugin, int64_t *count,
                              struct error *e)
{
    struct ledger *ledger = NULL;
    struct orders *orders = NULL;
    struct orders_counts n = {0};
    *count = 0;
    enum status status = ledger_open_read(state_dir, plugin, &ledger, e);
    if (status != STATUS_OK)
        return status;
    status = orders_open(ledger, &orders, e);
    if (status == STATUS_OK)
        status = orders_count(orders, 0, &n, e);
    if (status == STATUS_OK)
        *count = n.states[ORDER_WAITING] + n.states[ORDER_SENDING] + n.states[ORDER_HANDED_OVER] +
                 n.states[ORDER_IN_DOUBT];
    orders_close(orders);
    ledger_close(ledger);
    return status;
}

enum status orders_show_all(const char *state_dir, const char *plugin, const char *name,
                            json_t **order, struct error *e)
{
    struct orders_index *x;
    *order = NULL;
    enum status status = orders_index_open(state_dir, &x, e);
    for (size_t i = 0; status == STATUS_OK && i < x->count; i++) {
        json_t *found = NULL;
        if (plugin && !text_equal(plugin, x->list[i].plugin))
            continue;
        status = orders_show(x->list[i].orders, name, &found, e);
        if (status == STATUS_NOT_FOUND) {
            status = STATUS_OK;
        } else if (status == STATUS_OK && *order) {
            status = error_set(e, STATUS_EXISTS, "order_which",
                               "several plugins have an order \"%.200s\": %s and %s", name,
                               json_text(*order, "plugin", ""), x->list[i].plugin);
            error_remedy(e, "Name the plugin: --plugin ID");
            json_decref(found);
        } else if (status == STATUS_OK) {
            *order = found;
            json_set_text(found, "plugin", x->list[i].plugin);
        }
    }
    orders_index_close(x);
    if (status != STATUS_OK) {
        json_decref(*order);
        *order = NULL;
        return status;
    }
    if (!*order) {
        error_set(e, STATUS_NOT_FOUND, "order_unknown", "there is no order \"%.200s\"", name);
        error_remedy(e, "endpointctl orders lists them.");
        return STATUS_NOT_FOUND;
    }
    error_clear(e);
    return STATUS_OK;
}
