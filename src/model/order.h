/* order.h – an order from a shop: its form, its key, and the marker that identifies it in the ERP.
 *
 * The form is the panel protocol's. An order keeps its JSON, and its texts are borrowed from it.
 * All faults are collected, not only the first, so that a person has to correct an order only once.
 */
#ifndef ENDPOINT_MODEL_ORDER_H
#define ENDPOINT_MODEL_ORDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/decimal.h"

#define ORDER_ID_MAX     200 /* bytes of an order's id in the shop */
#define ORDER_LINES_MAX  1000
#define ORDER_MARKER     20 /* characters: the width of the shortest column in an ERP */
#define ORDER_FAULTS_MAX 2000

/* What is wrong with an order: an array of {"code","text","line","said"}; line is the line's id or null. */
void order_fault(json_t *faults, const char *code, const char *line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* All faults as one said text of sentences ("line 2: …; line 7: …"), with "and N more" when there are many. */
void order_faults_say(char *said, size_t size, const json_t *faults);

/* Absent texts are "". */
struct order_address {
    const char *name, *company, *tax_id, *street, *city, *postcode, *country;
    const char *phone; /* the recipient's; "" for an invoice */
};

struct order_line {
    const char *id, *sku, *ean, *name;
    const char *vat; /* as the shop gives it: "23", "8", "zw" …; "" unknown */
    struct decimal quantity, price_gross, discount_percent;
};

struct order {
    json_t *json; /* owned */
    const char *id, *number, *source, *currency, *note, *payment_method;
    int64_t revision, placed_at_ms, confirmed_at_ms; /* UTC; confirmed 0: not */
    bool cancelled;                                  /* in the shop, in the meantime */
    bool invoice_wanted, cash_on_delivery;
    const char *buyer_name, *buyer_company, *buyer_email, *buyer_phone;
    struct order_address invoice, delivery;
    const char *delivery_method, *delivery_point;
    struct decimal exchange_rate; /* złoty per unit of its currency; 0: not given */
    struct decimal delivery_gross, total_gross, paid;
    struct order_line *lines;
    size_t line_count;
};

/* Parse an order's JSON (borrowed; a reference is kept). STATUS_INVALID: it is malformed, and
 * `faults` (an array that the caller made) says where. If not even the id can be read, *o is NULL
 * and there is no way to answer the order. If the id is readable, *o holds everything that could be
 * read. A channel that received something unreadable gives an order with an id and the reason as
 * "unreadable"; that is its only fault then. */
enum status order_parse(json_t *json, struct order **o, json_t *faults, struct error *e);
void order_free(struct order *o);

/* The whole key: channel type, account, external id and document type, joined with '/' ('%' and '/'
 * inside a part as %25 and %2F). */
void order_key(struct buf *b, const char *channel, const char *account, const char *external_id,
               const char *document_type);

/* The marker that goes into the ERP and is looked up there: "EP" and 18 characters of Crockford's
 * base32 of the key's SHA-256 (90 bits). Only this function makes markers. */
void order_marker(const char *key, char marker[ORDER_MARKER + 1]);

#endif
