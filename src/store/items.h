/* items.h – what a plugin's shop has, as it was seen last, and what was sent there last: in the plugin's ledger.
 *
 * `items` is a copy of the shop's catalogue: from a text by which the ERP knows a product (its SKU, its EAN) to the
 * shop's own id. It is a cache. It is renewed by sweeps and by what answers say, and when a byte of it flips it is
 * dropped and read again. An item that two sweeps in a row did not see is dropped: pages shift while they are read.
 *
 * `sent` says for each key of the ERP which item it went to and with which value. So a deletion finds its item, and a
 * value that somebody changed in the shop can be told from one that never arrived.
 *
 * A value is what the shop shows (channel_item.value): one word, or several words place=value, blank-separated.
 */
#ifndef ENDPOINT_STORE_ITEMS_H
#define ENDPOINT_STORE_ITEMS_H

#include "store/ledger.h"

#define ITEMS_ID    129 /* with the NUL; as in channel/channel.h */
#define ITEMS_VALUE 201

/* The migration that makes the tables. */
extern const char items_schema[];

struct items;

enum status items_open(struct ledger *l, struct items **it, struct error *e);
void items_close(struct items *it);

/* ---- the catalogue ---- */

struct items_row {
    const char *id, *sku, *ean, *name;
    const char *value;    /* NULL: the shop does not say */
    const char *obstacle; /* a code; NULL: none */
};

enum items_by { ITEMS_BY_SKU, ITEMS_BY_EAN };

struct items_found {
    int count;         /* how many have it; the rest is of the first, when there is one only */
    char id[ITEMS_ID]; /* of the first */
    char value[ITEMS_VALUE], obstacle[48];
    bool has_value;
    char several[300]; /* when there are more: ids and names of the first ones, for people */
};

/* Who has this SKU or EAN. Case and blanks at the ends do not count, nor zeros before an EAN; but when exactly one has it
 * as it is written, it is that one. STATUS_INVALID (items_damaged): the catalogue has to be read again. */
enum status items_find(struct items *it, enum items_by by, const char *text,
                       struct items_found *found, struct error *e);

/* Inside a transaction: an item as a sweep sees it. */
enum status items_put(struct items *it, const struct items_row *row, int64_t sweep,
                      struct error *e);
/* Inside a transaction: the shop does not have this item any more. */
enum status items_drop(struct items *it, const char *id, struct error *e);
/* Inside a transaction: what the shop shows of it now. */
enum status items_show(struct items *it, const char *id, const char *value, struct error *e);
/* Inside a transaction: a sweep is over; what neither it nor the one before saw goes. */
enum status items_swept(struct items *it, int64_t sweep, struct error *e);
/* Inside a transaction: forget all of it; `sent` stays. */
enum status items_clear(struct items *it, struct error *e);
enum status items_count(struct items *it, int64_t *count, struct error *e);

/* ---- what was sent ---- */

struct items_sent {
    bool found, has_value;
    char item[ITEMS_ID], value[ITEMS_VALUE];
};
enum status items_sent(struct items *it, const char *key, struct items_sent *sent, struct error *e);
/* Inside a transaction. value NULL: it has none of its own. */
enum status items_note_sent(struct items *it, const char *key, const char *item, const char *value,
                            int64_t now_ms, struct error *e);
enum status items_drop_sent(struct items *it, const char *key, struct error *e);
/* Inside a transaction: all of it. */
enum status items_clear_sent(struct items *it, struct error *e);
enum status items_count_sent(struct items *it, int64_t *count, struct error *e);

/* Each key whose item, as this sweep saw it, shows something else than was sent: tell gets key, item's id and name, what
 * was sent, what is shown, and whether the shop still shows what it did before the last sending. */
struct items_difference {
    const char *key, *item, *name, *sent, *shown;
    bool never_arrived;
};
enum status items_differences(struct items *it, int64_t sweep,
                              void (*tell)(void *user, const struct items_difference *d),
                              void *user, struct error *e);

/* Inside a transaction: let the next whole pass queue these held rows anew whose product the shop has now, exactly
 * once and without an obstacle. *count: how many. */
enum status items_retry_held(struct items *it, enum items_by by, int64_t *count, struct error *e);
/* Inside a transaction: let the next whole pass queue the key of this name anew. */
enum status items_send_again(struct items *it, const char *key, struct error *e);

/* Does an item that shows `shown` show `value`? */
bool items_shows(const char *shown, const char *value);

#endif
