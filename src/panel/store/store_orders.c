#include "panel/store/store_orders.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "panel/store/order_form.h"
#include "panel/store/store_internal.h"
#include "panel/store/store_sql.h"

#define TAG 9 /* 32 random bits as hex, and a NUL */

/* STATUS_NOT_FOUND (plugin_unknown): not a plugin of this endpoint. */
static enum status check_plugin(struct store *s, const char *endpoint, const char *plugin,
                                struct error *e)
{
    enum status status;
    json_t *row = store_first(s, "SELECT id FROM plugins WHERE id=? AND endpoint_id=?",
                              (const char *[]){plugin, endpoint}, 2, &status, e);
    if (status == STATUS_OK && !row)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown",
                           "there is no plugin %s of this endpoint", plugin);
    json_decref(row);
    return status;
}

/* ---- adding
 * ---------------------------------------------------------------------------------------- */

/* A new revision of an order, inside a transaction. */
static enum status put_revision(struct store *s, const char *plugin, const char *id,
                                const json_t *order, const char *text, struct error *e)
{
    char now[CLOCK_TEXT], revision[24], seq[24], tag[TAG];
    enum status status =
        store_run(s, "UPDATE plugins SET order_seq=order_seq+1 WHERE id=?", &plugin, 1, NULL, e);
    if (status != STATUS_OK)
        return status;
    json_t *row =
        store_first(s, "SELECT order_seq FROM plugins WHERE id=?", &plugin, 1, &status, e);
    text_format(seq, sizeof seq, "%lld", (long long)json_number(row, "order_seq", 0));
    json_decref(row);
    text_format(tag, sizeof tag, "%08x", crypto_random_u32());
    text_format(revision, sizeof revision, "%lld", (long long)json_number(order, "revision", 0));
    clock_format(now, clock_wall_ms());
    const char *cancelled = json_flag(order, "cancelled", false) ? "1" : "0";
    const char *number = json_text(order, "number", "");
    if (status == STATUS_OK)
        status =
            store_run(s,
                      "INSERT INTO order_revisions(plugin_id,order_id,revision,seq,tag,data,added) "
                      "VALUES(?,?,CAST(? AS INTEGER),CAST(? AS INTEGER),?,?,?)",
                      (const char *[]){plugin, id, revision, seq, tag, text, now}, 7, NULL, e);
    if (status == STATUS_OK)
        status = store_run(
            s,
            "INSERT INTO orders(plugin_id,id,number,revision,cancelled,seq,added,changed) "
            "VALUES(?1,"
            "?2,?3,CAST(?4 AS INTEGER),CAST(?5 AS INTEGER),CAST(?6 AS INTEGER),?7,?7) ON CONFLICT "
            "DO "
            "UPDATE SET number=?3,revision=CAST(?4 AS INTEGER),cancelled=CAST(?5 AS INTEGER),"
            "seq=CAST(?6 AS INTEGER),changed=?7",
            (const char *[]){plugin, id, number, revision, cancelled, seq, now}, 7, NULL, e);
    if (status == STATUS_OK)
        store_news(s);
    return status;
}

static enum status refuse(struct error *e, const char *code, const char *id, int64_t revision,
                          int64_t newest)
{
    if (revision == newest)
        error_set(e, STATUS_EXISTS, code,
                  "order %s: revision %lld is here already with another content", id,
                  (long long)revision);
    else
        error_set(e, STATUS_EXISTS, code,
                  "order %s: revision %lld is older than %lld, which is here", id,
                  (long long)revision, (long long)newest);
    error_remedy(e, "A changed order needs a higher revision: %lld would do.",
                 (long long)newest + 1);
    return STATUS_EXISTS;
}

static enum status add_one(struct store *s, const char *plugin, const json_t *order,
                           json_t *results, struct error *e)
{
    const char *id = json_text(order, "id", ""), *result = "unchanged";
    int64_t revision = json_number(order, "revision", 0);
    char number[24];
    enum status status;
    text_format(number, sizeof number, "%lld", (long long)revision);
    json_t *row = store_first(
        s,
        "SELECT o.revision AS newest,r.data AS data FROM orders AS o LEFT JOIN order_revisions "
        "AS r ON r.plugin_id=o.plugin_id AND r.order_id=o.id AND r.revision=CAST(?3 AS INTEGER) "
        "WHERE o.plugin_id=?1 AND o.id=?2",
        (const char *[]){plugin, id, number}, 3, &status, e);
    char *text = json_dumps(order, JSON_COMPACT | JSON_SORT_KEYS);
    int64_t newest = json_number(row, "newest", 0);
    const char *here = json_text(row, "data", NULL);
    if (status == STATUS_OK && (!row || revision > newest)) {
        status = put_revision(s, plugin, id, order, text, e);
        result = row ? "revised" : "added";
    } else if (status == STATUS_OK && !text_equal(here, text)) {
        status = refuse(e, here ? "order_differs" : "order_older", id, revision, newest);
    }
    if (status == STATUS_OK)
        json_array_append_new(results, json_pack("{s:s,s:I,s:s}", "id", id, "revision",
                                                 (json_int_t)revision, "result", result));
    free(text);
    json_decref(row);
    return status;
}

enum status store_orders_add(struct store *s, const char *plugin, const json_t *orders,
                             json_t **results, struct error *e)
{
    size_t i;
    json_t *order;
    *results = NULL;
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    json_t *row = store_first(s, "SELECT id FROM plugins WHERE id=?", &plugin, 1, &status, e);
    if (status == STATUS_OK && !row)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin %s", plugin);
    json_decref(row);
    *results = json_array();
    json_array_foreach (orders, i, order)
        if (status == STATUS_OK)
            status = add_one(s, plugin, order, *results, e);
    status = store_end(s, status, e);
    if (status != STATUS_OK) {
        json_decref(*results);
        *results = NULL;
    }
    return status;
}

enum status store_order_cancel(struct store *s, const char *plugin, const char *id,
                               int64_t *revision, struct error *e)
{
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    json_t *row = store_first(
        s,
        "SELECT o.revision AS revision,o.cancelled AS cancelled,r.data AS data FROM orders AS o "
        "JOIN order_revisions AS r ON r.plugin_id=o.plugin_id AND r.seq=o.seq WHERE "
        "o.plugin_id=? AND o.id=?",
        (const char *[]){plugin, id}, 2, &status, e);
    const char *data = json_text(row, "data", "null");
    json_t *order = json_parse(data, strlen(data), NULL);
    *revision = json_number(row, "revision", 0);
    if (status == STATUS_OK && !row) {
        status = error_set(e, STATUS_NOT_FOUND, "order_unknown", "there is no order %s", id);
    } else if (status == STATUS_OK && !json_number(row, "cancelled", 0)) {
        json_set_flag(order, "cancelled", true);
        json_set_number(order, "revision", ++*revision);
        char *text = json_dumps(order, JSON_COMPACT | JSON_SORT_KEYS);
        status = put_revision(s, plugin, id, order, text, e);
        free(text);
    }
    json_decref(order);
    json_decref(row);
    return store_end(s, status, e);
}

/* ---- delivering
 * ------------------------------------------------------------------------------------ */

/* The number that a cursor stands for; 0 when this panel did not give it. */
static int64_t cursor_seq(struct store *s, const char *plugin, const char *cursor)
{
    char text[STORE_CURSOR], *dash;
    int64_t seq = 0;
    enum status status;
    if (text_empty(cursor) || !text_copy(text, sizeof text, cursor) || !(dash = strchr(text, '-')))
        return 0;
    *dash = '\0';
    if (!text_to_i64(text, &seq) || seq <= 0)
        return 0;
    json_t *row = store_first(
        s, "SELECT seq FROM order_revisions WHERE plugin_id=? AND seq=CAST(? AS INTEGER) AND tag=?",
        (const char *[]){plugin, text, dash + 1}, 3, &status, NULL);
    seq = json_number(row, "seq", 0);
    json_decref(row);
    return seq;
}

static enum status read_orders(sqlite3_stmt *st, json_t *orders, char next[STORE_CURSOR],
                               struct error *e)
{
    size_t bytes = 0;
    enum status status;
    while (bytes < STORE_ORDERS_BYTES && (status = db_step(st, e)) == STATUS_OK) {
        const char *data = db_text(st, 0);
        json_t *order = json_parse(data, strlen(data), e);
        if (!order)
            return STATUS_INTERNAL;
        /* The earlier outcome: another start of the endpoint may have written the order. */
        const char *outcome = sqlite3_column_type(st, 3) == SQLITE_NULL ? NULL : db_text(st, 3);
        json_t *said = outcome ? json_parse(outcome, strlen(outcome), NULL) : NULL;
        json_object_del(order, "outcome");
        if (said)
            json_object_set_new(order, "outcome", said);
        json_array_append_new(orders, order);
        bytes += strlen(data);
        text_format(next, STORE_CURSOR, "%lld-%s", (long long)sqlite3_column_int64(st, 1),
                    db_text(st, 2));
    }
    return bytes >= STORE_ORDERS_BYTES || status == STATUS_END ? STATUS_OK : status;
}

enum status store_orders_after(struct store *s, const char *endpoint, const char *plugin,
                               const char *cursor, int64_t limit, json_t **orders,
                               char next[STORE_CURSOR], struct error *e)
{
    sqlite3_stmt *st = NULL;
    *orders = NULL;
    next[0] = '\0';
    enum status status = check_plugin(s, endpoint, plugin, e);
    if (status != STATUS_OK)
        return status;
    int64_t seq = cursor_seq(s, plugin, cursor);
    if (seq)
        text_copy(next, STORE_CURSOR, cursor);
    *orders = json_array();
    status = db_prepare(
        s->db,
        "SELECT r.data,r.seq,r.tag,o.outcome FROM orders AS o JOIN order_revisions AS r ON "
        "r.plugin_id=o.plugin_id AND r.seq=o.seq WHERE o.plugin_id=?1 AND o.seq>?2 ORDER BY o.seq "
        "LIMIT ?3",
        &st, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(st, 1, plugin, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, seq);
        sqlite3_bind_int64(st, 3, limit);
        status = read_orders(st, *orders, next, e);
    }
    sqlite3_finalize(st);
    if (status != STATUS_OK) {
        json_decref(*orders);
        *orders = NULL;
    }
    return status;
}

enum status store_orders_marks(struct store *s, const char *endpoint, json_t **plugins,
                               char mark[STORE_MARK], struct error *e)
{
    json_t *rows = NULL, *row;
    int64_t sum = 0;
    size_t i;
    *plugins = NULL;
    enum status status =
        store_query(s, "SELECT id,order_seq FROM plugins WHERE endpoint_id=? AND order_seq>0",
                    &endpoint, 1, &rows, e);
    if (status != STATUS_OK)
        return status;
    *plugins = json_object();
    json_array_foreach (rows, i, row) {
        int64_t seq = json_number(row, "order_seq", 0);
        text_format(mark, STORE_MARK, "%lld", (long long)seq);
        json_set_text(*plugins, json_text(row, "id", ""), mark);
        sum += seq;
    }
    text_format(mark, STORE_MARK, "%lld", (long long)sum);
    json_decref(rows);
    return STATUS_OK;
}

/* ---- outcomes
 * -------------------------------------------------------------------------------------- */

/* How the text was made (base/said.h), for the endpoint that gets the outcome back. */
static void keep_said(json_t *kept, const json_t *outcome, const char *name)
{
    char said[4096];
    const char *text = json_text(outcome, name, NULL);
    said_from_json(said, sizeof said, json_object_get(json_object_get(outcome, "said"), name));
    if (text && said[0])
        said_set_text(kept, name, text, said);
}

/* The outcome's members and nothing else, so that the same outcome is the same text. */
static json_t *outcome_members(const json_t *outcome)
{
    static const char *const names[] = {"state", "document",    "reason",  "remedy",
                                        "at",    "correlation", "revision"};
    json_t *kept = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        json_t *value = json_object_get(outcome, names[i]);
        json_object_set_new(kept, names[i], value ? json_incref(value) : json_null());
    }
    if (json_flag(outcome, "handed_over", false))
        json_set_flag(kept, "handed_over", true);
    keep_said(kept, outcome, "reason");
    keep_said(kept, outcome, "remedy");
    return kept;
}

static enum status put_outcome(struct store *s, const char *plugin, const char *id,
                               const json_t *outcome, bool *latest, struct error *e)
{
    char hash[2 * CRYPTO_HASH + 1], at_ms[24], received[CLOCK_TEXT];
    uint8_t bytes[CRYPTO_HASH];
    int64_t at = 0;
    int added = 0;
    json_t *kept = outcome_members(outcome);
    char *text = json_dumps(kept, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(kept);
    crypto_sha256(text, strlen(text), bytes);
    crypto_hex(hash, bytes, sizeof bytes);
    clock_parse(json_text(outcome, "at", ""), &at);
    text_format(at_ms, sizeof at_ms, "%lld", (long long)at);
    clock_format(received, clock_wall_ms());
    enum status status =
        store_run(s,
                  "INSERT OR IGNORE INTO outcomes(plugin_id,order_id,hash,at_ms,received,data) "
                  "VALUES(?,?,?,CAST(? AS INTEGER),?,?)",
                  (const char *[]){plugin, id, hash, at_ms, received, text}, 6, &added, e);
    if (status == STATUS_OK && added)
        status = store_run(
            s,
            "UPDATE orders SET outcome=?3,state=json_extract(?3,'$.state'),outcome_ms=CAST(?4 AS "
            "INTEGER),changed=?5 WHERE plugin_id=?1 AND id=?2 AND outcome_ms<=CAST(?4 AS INTEGER)",
            (const char *[]){plugin, id, text, at_ms, received}, 5, NULL, e);
    json_t *row = NULL;
    if (status == STATUS_OK)
        row = store_first(s, "SELECT outcome FROM orders WHERE plugin_id=? AND id=?",
                          (const char *[]){plugin, id}, 2, &status, e);
    *latest = text_equal(json_text(row, "outcome", NULL), text);
    json_decref(row);
    free(text);
    return status;
}

/* An outcome of an endpoint's order, inside a transaction. */
static enum status add_outcome(struct store *s, const char *endpoint, const char *plugin,
                               const char *id, const json_t *outcome, bool *latest, struct error *e)
{
    enum status status;
    static const char find[] =
        "SELECT o.id AS id FROM orders AS o JOIN plugins AS p ON "
        "p.id=o.plugin_id WHERE o.plugin_id=? AND o.id=? AND p.endpoint_id=?";
    *latest = false;
    json_t *row = store_first(s, find, (const char *[]){plugin, id, endpoint}, 3, &status, e);
    if (status == STATUS_OK && !row)
        status = error_set(e, STATUS_NOT_FOUND, "order_unknown",
                           "there is no order %s in plugin %s of this endpoint", id, plugin);
    json_decref(row);
    return status == STATUS_OK ? put_outcome(s, plugin, id, outcome, latest, e) : status;
}

enum status store_outcome_add(struct store *s, const char *endpoint, const char *plugin,
                              const char *id, const json_t *outcome, bool *latest, struct error *e)
{
    enum status status = store_begin(s, e);
    *latest = false;
    if (status != STATUS_OK)
        return status;
    status = add_outcome(s, endpoint, plugin, id, outcome, latest, e);
    return store_end(s, status, e);
}

/* One outcome of a batch. If not OK, the database failed, not the outcome. */
static enum status add_of_batch(struct store *s, const char *endpoint, const char *plugin,
                                const json_t *outcome, json_t *results, struct error *e)
{
    const char *id = json_text(outcome, "order", NULL);
    struct error why = {0};
    bool latest = false;
    json_t *result = json_object();
    enum status status;
    if (!id || !*id || strlen(id) > ORDER_FORM_ID)
        status = error_set(&why, STATUS_INVALID, "outcome_invalid",
                           "order is no text of 1 to %d bytes", ORDER_FORM_ID);
    else
        status = order_form_check_outcome(outcome, &why);
    if (status == STATUS_OK)
        status = add_outcome(s, endpoint, plugin, id, outcome, &latest, &why);
    json_set_text(result, "order", id);
    json_set_flag(result, "ok", status == STATUS_OK);
    if (status == STATUS_OK) {
        json_set_flag(result, "latest", latest);
    } else {
        json_set_text(result, "code", why.code);
        json_set_text(result, "detail", why.text);
    }
    json_array_append_new(results, result);
    if (status == STATUS_OK || status == STATUS_INVALID || status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (e)
        *e = why;
    return status;
}

enum status store_outcomes_add(struct store *s, const char *endpoint, const char *plugin,
                               const json_t *outcomes, json_t **results, struct error *e)
{
    size_t i;
    json_t *outcome;
    *results = NULL;
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    status = check_plugin(s, endpoint, plugin, e);
    *results = json_array();
    json_array_foreach ((json_t *)outcomes, i, outcome)
        if (status == STATUS_OK)
            status = add_of_batch(s, endpoint, plugin, outcome, *results, e);
    status = store_end(s, status, e);
    if (status != STATUS_OK) {
        json_decref(*results);
        *results = NULL;
    }
    return status;
}
