/* order_draft.h – a document being made from an order: checked, computed, its texts fitted, but not
 * yet in any format. */
#ifndef ENDPOINT_DOCUMENT_ORDER_DRAFT_H
#define ENDPOINT_DOCUMENT_ORDER_DRAFT_H

#include "document/order_lookup.h"
#include "document/order_recipient.h"
#include "document/order_text.h"
#include "document/writer.h"
#include "model/tax_id.h"
#include "model/vat.h"
#include "os/zone.h"

struct draft_line {
    const struct order_product *product;
    const struct vat_rate *rate;
    int item_type;
    bool packaging; /* returnable: not in the document's net, VAT and gross; no VAT */
    struct decimal quantity, discount;
    struct decimal price_net, price_gross; /* per unit, before the discount */
    struct decimal price;                  /* per unit, after it: net or gross, like the document */
    struct decimal net, vat, gross;        /* of the line */
};

struct draft_buyer {
    bool person, made; /* made: the ERP does not have it, so a contractor goes with the document */
    char *code, *short_name, *name, *contractor_name, *city, *postcode, *street, *tax_id, *country;
    char *phone, *email;
    struct order_customer known; /* the contractor in the ERP; id "": there is none */
    char iso[3];                 /* its country */
    char prefix[3];              /* the country's prefix in EU VAT numbers */
    bool eu;                     /* a buyer from another EU country */
};

struct draft {
    const struct order_context *x;
    const struct order *o;
    const struct mapping_orders *m;
    struct zone *zone; /* of the document's dates */
    json_t *faults;    /* borrowed */
    struct order_texts texts;
    struct order_products products;
    struct draft_buyer buyer;
    struct order_recipient recipient;
    struct draft_line *lines;
    size_t line_count;
    bool net_priced, reserve;
    bool rows; /* for the writer "sql", which creates no contractors */
    struct decimal net, vat, gross;
    struct decimal rate;                /* złoty per unit of the order's currency */
    struct decimal packaging;           /* value of the returnable packaging, on top of gross */
    struct decimal to_pay, paid;        /* gross plus packaging; the part that is paid */
    char *price_level, *warehouse_name; /* "" not known */
    char *number, *issuer, *payment, *category, *subtitle, *remarks, *warehouse;
    char type[32];
    int64_t at_ms; /* when the order was placed: the document's date */
};

#endif
