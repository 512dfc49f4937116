/* kind.h – kinds of plugins: ONE table of each kind's name, what it reads, and in which direction
 * it carries.
 *
 * A new kind needs a row here, its options (config/options.c), its flow and its tests.
 */
#ifndef ENDPOINT_MODEL_KIND_H
#define ENDPOINT_MODEL_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The order of the table, and the bit of a kind in the table of options. Never stored. */
enum kind_id {
    KIND_STOCK,
    KIND_PRICES,
    KIND_PRODUCTS,
    KIND_CUSTOMERS,
    KIND_ORDERS,
    KIND_ORDER_STATES,
    KIND_COUNT
};

enum kind_way {
    KIND_OUT, /* rows of the ERP to the shop */
    KIND_IN,  /* from the shop into the ERP */
};

struct kind {
    const char *name;  /* in scenarios: "order-states" */
    const char *label; /* for people, translated where it is shown */
    enum kind_way way;
    const char *stream; /* of the mapping, see model/record.h; NULL: reads none */
    const char *needs;  /* of the mapping, for messages: "the stream stock" */
};

const struct kind *kind_at(size_t index); /* NULL after the last */
/* NULL for an unknown name. */
const struct kind *kind_find(const char *name);
/* The stream of a kind; NULL for an unknown name, and for a kind that reads no stream. */
const char *kind_stream(const char *name);
/* Does a plugin of this kind bring things into the ERP? */
bool kind_is_inward(const char *name);
/* "stock, prices, …", all of them. */
void kind_list(struct buf *b);

#endif
