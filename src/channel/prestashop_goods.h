/* prestashop_goods.h – products with their combinations and stock rows, as the shop has them now.
 *
 * A combination is a separate object below a product. A stock row is a separate object, too: there
 * is one for each product and one for each combination, and in an installation with several shops,
 * one of each for every shop.
 */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_GOODS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_GOODS_H

#include "channel/prestashop_rows.h"

#define PRESTASHOP_PAGE 50 /* products read at once */

struct prestashop_goods {
    json_t *products;     /* {"7": row} */
    json_t *combinations; /* {"7": {"12": row}} by product */
    json_t *stock;        /* {"7/12": [row]}, "7/0" for a product */
};

/* "7" is a product, "7/12" its combination. */
struct prestashop_id {
    int64_t product, combination; /* 0: none */
};
bool prestashop_goods_id(const char *item, struct prestashop_id *id);
void prestashop_goods_name(const struct prestashop_id *id, char item[CHANNEL_ID]);

/* Read the products in the object `ids` ({"7": …}), and their stock if the plugin needs it. *g must
 * be freed, whatever the status. */
enum status prestashop_goods_read(struct prestashop *p, const json_t *ids,
                                  struct prestashop_goods *g, int64_t *retry_after_ms,
                                  struct error *e);
/* The same for product rows that were read already (borrowed). */
enum status prestashop_goods_join(struct prestashop *p, const json_t *products,
                                  struct prestashop_goods *g, int64_t *retry_after_ms,
                                  struct error *e);
void prestashop_goods_free(struct prestashop_goods *g);

/* The members of a product that we ask for. */
#define PRESTASHOP_GOODS_FIELDS "display=%5Bid%2Creference%2Cean13%2Cprice%2Cname%5D"

/* NULL: there is none (any more). */
const json_t *prestashop_goods_product(const struct prestashop_goods *g, int64_t id);
/* The row with reference, EAN and price (or impact) of a product or combination. */
const json_t *prestashop_goods_row(const struct prestashop_goods *g,
                                   const struct prestashop_id *id);
bool prestashop_goods_has_combinations(const struct prestashop_goods *g, int64_t product);
/* The stock row that counts in this shop. NULL: there is none or, if *several, no setting says
 * which one. */
const json_t *prestashop_goods_stock(const struct prestashop *p, const struct prestashop_goods *g,
                                     const struct prestashop_id *id, bool *several);

#endif
