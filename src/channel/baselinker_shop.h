/* baselinker_shop.h – an open BaseLinker channel: its settings from the scenario, and the data that
 * its parts share.
 *
 * A plugin may write to a single warehouse or price group (the target): then the catalogue shows
 * the values there, and the flow can compare. With several, each record says where it goes, and
 * nothing is compared.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_SHOP_H
#define ENDPOINT_CHANNEL_BASELINKER_SHOP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "channel/baselinker_call.h"
#include "channel/channel.h"
#include "model/kind.h"

#define BASELINKER_ADDRESS "https://api.baselinker.com/connector.php"
#define BASELINKER_PLACE   64 /* bytes of a warehouse ("bl_123") or price group ("105") */

struct baselinker_shop {
    struct baselinker_link link;
    enum kind_id kind;
    const json_t *settings, *options; /* borrowed */
    char inventory[24];
    char target[BASELINKER_PLACE]; /* the only warehouse or price group; "": several, or none */
    json_t *price_groups;          /* id → currency, NULL until asked for; owned */
    char page_first
        [CHANNEL_ID]; /* of the catalogue's last page: the same again if the shop ignores `page` */
    struct baselinker_feed *feed; /* of orders: baselinker_orders.h */
    char account[64];
};

/* Read the settings into s, whose settings, options and kind are set. INVALID: a setting is missing. */
enum status baselinker_shop_settings(struct baselinker_shop *s, struct error *e);

/* Where a record goes. INVALID: nothing says it; e tells what to set. */
enum status baselinker_shop_warehouse(const struct baselinker_shop *s, const json_t *data,
                                      char place[BASELINKER_PLACE], struct error *e);
enum status baselinker_shop_price_group(const struct baselinker_shop *s, const json_t *data,
                                        char place[BASELINKER_PLACE], struct error *e);

/* Can we write to a warehouse? Those of shops and wholesalers ("shop_15") are filled by themselves. */
bool baselinker_shop_writable(const char *warehouse);

#endif
