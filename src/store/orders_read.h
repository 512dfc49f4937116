/* orders_read.h – orders for people and for the shop: lists, one order in full, and the queue of
 * outcomes. */
#ifndef ENDPOINT_STORE_ORDERS_READ_H
#define ENDPOINT_STORE_ORDERS_READ_H

#include "store/orders.h"

/* Live orders in a state with num > after, oldest first; STATUS_END: none. */
enum status orders_page(struct orders *o, enum order_state state, int64_t after, size_t max,
                        struct order_entry *entries, size_t *count, struct error *e);

/* Finished orders that are still watched in the ERP. */
enum status orders_watched(struct orders *o, int64_t now_ms, int64_t after, size_t max,
                           struct order_entry *entries, size_t *count, struct error *e);

/* An order by its id; or by its number, if only one order has it. STATUS_NOT_FOUND. */
enum status orders_get(struct orders *o, const char *name, struct order_entry *entry,
                       struct error *e);

/* By its marker. STATUS_END: none. */
enum status orders_marked(struct orders *o, const char *marker, struct order_entry *entry,
                          struct error *e);

/* Append its JSON. STATUS_NOT_FOUND: it was trimmed. */
enum status orders_content(struct orders *o, int64_t num, struct buf *content, struct error *e);

/* When it first came, by the shop's clock; if unknown, by ours. */
int64_t orders_arrived(struct orders *o, const struct order_entry *entry);

/* An order with this id or number that was written, or may have been, for another account; account:
 * our scope without a shop. STATUS_NOT_FOUND. */
enum status orders_elsewhere(struct orders *o, const char *account, const char *id,
                             const char *number, struct order_entry *entry, struct error *e);

/* The directory in which its file was made; "": none, or a ledger of an older version. */
enum status orders_place(struct orders *o, int64_t num, struct buf *place, struct error *e);

/* Whose marker is it? id has ORDER_ID_MAX + 1 bytes. STATUS_NOT_FOUND. */
enum status orders_id_of(struct orders *o, const char *marker, char *id, struct error *e);

/* [{id,number,state,document,reason,remedy,revision,correlation,received,changed,marker,cancelled,
 * faults}], newest first. state NULL: all. */
enum status orders_list(struct orders *o, const char *state, size_t limit, json_t **list,
                        struct error *e);

/* One of them with "history" [{at,state,reason,remedy}] and "order", its content. */
enum status orders_show(struct orders *o, const char *name, json_t **order, struct error *e);

/* Which orders are wanted, from all ledgers. */
struct orders_wanted {
    const char *plugin, *state; /* NULL: all */
    const char *
        text; /* their number, id, document, reason or marker holds it, whatever its case (of ASCII); NULL or "": all */
    size_t limit;        /* the newest */
    int64_t patience_ms; /* a search ends then, with what it has found */
};

/* The same over every ledger below state_dir; each order has its "plugin". *cut: the search ended
 * early. */
enum status orders_list_all(const char *state_dir, const struct orders_wanted *wanted,
                            json_t **list, bool *cut, struct error *e);

/* STATUS_EXISTS: several plugins have an order with that name; plugin has to say which one. */
enum status orders_show_all(const char *state_dir, const char *plugin, const char *name,
                            json_t **order, struct error *e);

/* How many orders of a plugin, which need not run, are unfinished: waiting, being written, handed
 * over, in doubt. STATUS_NOT_FOUND: it has no ledger, or none of orders. */
enum status orders_count_live(const char *state_dir, const char *plugin, int64_t *count,
                              struct error *e);

enum status orders_index_open(const char *state_dir, struct orders_index **x, struct error *e);

void orders_index_close(struct orders_index *x);

bool orders_index_find(struct orders_index *x, const char *marker, char *id);

/* The oldest outcomes that are due, as entries; STATUS_END: none. */
enum status orders_untold(struct orders *o, int64_t now_ms, size_t max, struct order_entry *entries,
                          size_t *count, struct error *e);

/* The shop has it. Does nothing if the entry has changed in the meantime. */
enum status orders_told(struct orders *o, const struct order_entry *entry, struct error *e);

/* Not now: try again at a given time. */
enum status orders_tell_later(struct orders *o, const struct order_entry *entry, int64_t at_ms,
                              struct error *e);

/* Orders handed over before a given time and not yet warned about, oldest first. STATUS_END: none. */
enum status orders_unwarned(struct orders *o, int64_t before_ms, size_t max,
                            struct order_entry *entries, size_t *count, struct error *e);

/* Orders with num > after whose file has to leave its directory; STATUS_END: none. */
enum status orders_away(struct orders *o, int64_t after, size_t max, struct order_entry *entries,
                        size_t *count, struct error *e);

#endif
