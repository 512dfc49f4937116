/* shop_value.h – what the values of shops have in common: whole pieces, EANs in one length, and which members are kept. */
#ifndef ENDPOINT_CHANNEL_SHOP_VALUE_H
#define ENDPOINT_CHANNEL_SHOP_VALUE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Append the record's available quantity in whole pieces, rounded down: the shop must not promise more than there is. OK
 * with code shop_rounded: it is not the ERP's value. INVALID (shop_quantity): no number, or larger than 32 bits hold.
 * key: of the record, for people. */
enum status shop_value_pieces(const json_t *data, const char *key, struct buf *value,
                              struct error *e);

/* Append an EAN in one length: 13 digits, also for those of 12, and those of 14 that begin with a zero. */
void shop_value_ean(struct buf *b, const char *ean);

/* Does the setting `update` name this member of a product ("name", "ean")? */
bool shop_value_keeps(const json_t *settings, const char *member);

#endif
