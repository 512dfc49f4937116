#include "panel/store/store_orders_read.h"

#include "base/json.h"
#include "panel/store/store_sql.h"

#define ORDER_COLUMNS                                                                            \
    "o.id AS id,o.plugin_id AS plugin,o.number AS number,o.revision AS revision,o.cancelled AS " \
    "cancelled,o.state "                                                                         \
    "AS state,json_extract(o.outcome,'$.document') AS "                                          \
    "document,json_extract(o.outcome,'$.reason') AS reason,"                                     \
    "json_extract(o.outcome,'$.remedy') AS remedy,json_extract(o.outcome,'$.at') AS at,"         \
    "json_extract(o.outcome,'$.revision') AS "                                                   \
    "outcome_revision,json_extract(o.outcome,'$.correlation') AS "                               \
    "correlation,o.added AS added,o.changed AS changed"

static enum status list(struct store *s, const char *sql, const char *const *values, size_t count,
                        json_t **orders, struct error *e)
{
    json_t *row;
    size_t i;
    enum status status = store_list(s, sql, values, count, orders, e);
    json_array_foreach (*orders, i, row)
        store_flag(row, "cancelled");
    return status;
}

enum status store_orders_list(struct store *s, const char *state, const char *plugin, int64_t limit,
                              json_t **orders, struct error *e)
{
    char number[STORE_NUMBER];
    return list(
        s,
        "SELECT * FROM (SELECT " ORDER_COLUMNS " FROM orders AS o WHERE (?1 IS NULL OR "
        "o.state=?1) AND (?2 IS NULL OR o.plugin_id=?2) ORDER BY o.rowid DESC LIMIT CAST(?3 AS "
        "INTEGER)) ORDER BY added,id",
        (const char *[]){state, plugin, store_number(number, limit)}, 3, orders, e);
}

enum status store_orders_find(struct store *s, const char *id, const char *plugin, json_t **orders,
                              struct error *e)
{
    return list(s,
                "SELECT " ORDER_COLUMNS
                ",o.seq AS seq,p.endpoint_id AS endpoint FROM orders AS o JOIN plugins AS p ON "
                "p.id=o.plugin_id WHERE o.id=?1 AND (?2 IS NULL OR o.plugin_id=?2)",
                (const char *[]){id, plugin}, 2, orders, e);
}

/* Rows whose column "data" is JSON: each becomes one object of that JSON and the other columns. */
static enum status data_rows(struct store *s, const char *sql, const char *plugin, const char *id,
                             json_t **rows, struct error *e)
{
    json_t *row;
    size_t i;
    enum status status = store_list(s, sql, (const char *[]){plugin, id}, 2, rows, e);
    json_array_foreach (*rows, i, row) {
        json_t *data = store_parsed(row, "data");
        json_object_del(row, "data");
        if (json_is_object(data))
            json_object_update_missing(row, data);
        json_decref(data);
    }
    return status;
}

enum status store_order_outcomes(struct store *s, const char *plugin, const char *id,
                                 json_t **outcomes, struct error *e)
{
    return data_rows(
        s, "SELECT data,received FROM outcomes WHERE plugin_id=? AND order_id=? ORDER BY at_ms,id",
        plugin, id, outcomes, e);
}

enum status store_order_documents(struct store *s, const char *plugin, const char *id,
                                  json_t **documents, struct error *e)
{
    return data_rows(
        s,
        "SELECT r.key AS key,r.data AS data FROM rows AS r JOIN plugins AS p ON "
        "p.id=r.plugin_id WHERE r.stream='order-states' AND r.deleted=0 AND "
        "json_extract(r.data,'$.external_id')=?2 AND p.endpoint_id=(SELECT endpoint_id FROM "
        "plugins WHERE id=?1) ORDER BY r.key",
        plugin, id, documents, e);
}

enum status store_order_revisions(struct store *s, const char *plugin, const char *id,
                                  json_t **revisions, struct error *e)
{
    return data_rows(
        s,
        "SELECT data,added AS received FROM order_revisions WHERE plugin_id=? AND order_id=? "
        "ORDER BY revision",
        plugin, id, revisions, e);
}
