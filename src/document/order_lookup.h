/* order_lookup.h – what an order needs from the ERP: its products and its buyer. */
#ifndef ENDPOINT_DOCUMENT_ORDER_LOOKUP_H
#define ENDPOINT_DOCUMENT_ORDER_LOOKUP_H

#include "mapping/mapping.h"
#include "model/order.h"

#define LOOKUP_TEXT 256

struct order_product {
    char id[32], code[LOOKUP_TEXT], name[LOOKUP_TEXT], unit[32], vat[32], kind[32];
    char matched[LOOKUP_TEXT]; /* folded */
    char raw[LOOKUP_TEXT];     /* the code with the ERP's blanks, for messages */
    bool active, by_barcode;   /* by_barcode: a bar code matched */
};

struct order_customer {
    char id[32], code[LOOKUP_TEXT], tax_id[LOOKUP_TEXT];
    char name[LOOKUP_TEXT], street[LOOKUP_TEXT], city[LOOKUP_TEXT], postcode[32]; /* "": not said */
    bool active;
};

/* Rows found for a list of values; free() them. A product appears once for each value that it
 * matched.
 */
struct order_products {
    struct order_product *rows;
    size_t count;
};
struct order_customers {
    struct order_customer *rows;
    size_t count;
};

/* A row of any orders statement, with many values at once: names and values of the columns; NULL is
 * "". */
typedef enum status order_row(void *user, size_t columns, const char *const *names,
                              const char *const *values, struct error *e);
enum status order_lookup_rows(struct session *s, const struct mapping *m, enum order_sql which,
                              const char *const *values, size_t count, order_row *row, void *user,
                              struct error *e);

/* which: ORDER_SQL_PRODUCTS or ORDER_SQL_BARCODES. Rows are appended. */
enum status order_lookup_products(struct session *s, const struct mapping *m, enum order_sql which,
                                  const char *const *values, size_t count,
                                  struct order_products *found, struct error *e);
enum status order_lookup_customers(struct session *s, const struct mapping *m,
                                   const char *const *values, size_t count,
                                   struct order_customers *found, struct error *e);
/* Contractors whose tax number matches a LIKE pattern. A mapping without such a statement finds
 * none. */
enum status order_lookup_spelled(struct session *s, const struct mapping *m, const char *pattern,
                                 struct order_customers *found, struct error *e);

/* A text in the form in which the ERP's collation compares it: trailing blanks and case do not
 * count. */
void order_fold(char target[LOOKUP_TEXT], const char *text);

/* A document found in the ERP by its marker. */
struct order_found {
    char marker[ORDER_MARKER + 1];
    char document[64]; /* "ZK 12/2026" */
    char document_id[64];
    int count; /* documents with this marker: people see if there are several */
};

/* Look for many markers with one query per batch (the writer limits it, ≤ 500 per batch). `found`
 * has room for `count` entries; *found_count are filled. A mapping without a statement for this
 * finds nothing. */
enum status order_find(struct session *s, const struct mapping *m,
                       const char (*markers)[ORDER_MARKER + 1], size_t count,
                       struct order_found *found, size_t *found_count, struct error *e);

/* The same for one marker; found->count 0: the ERP does not have it. */
enum status order_find_one(struct session *s, const struct mapping *m, const char *marker,
                           struct order_found *found, struct error *e);

#endif
