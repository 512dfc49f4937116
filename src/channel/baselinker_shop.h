/* baselinker_shop.h – a BaseLinker channel that is open: its settings as the scenario has them, and what its parts share.
 *
 * One warehouse or price group may be all that a plugin writes to (the target): then the catalogue tells what stands
 * there, and the flow can compare. With several, each record says where it goes and nothing is compared.
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
    json_t *price_groups;          /* id → currency, once it was asked for; owned */
    char page_first
        [CHANNEL_ID]; /* of the catalogue's last page: the same twice is a shop that ignores `page` */
    struct baselinker_feed *feed; /* of orders: baselinker_orders.h */
    char account[64];
};

/* Read the settings into s, whose settings, options and kind are set. INVALID: a setting is missing. */
enum status baselinker_shop_settings(struct baselinker_shop *s, struct error *e);

/* Where a record goes. INVALID, with what to set: nobody said. */
enum status baselinker_shop_warehouse(const struct baselinker_shop *s, const json_t *data,
                                      char place[BASELINKER_PLACE], struct error *e);
enum status baselinker_shop_price_group(const struct baselinker_shop *s, const json_t *data,
                                        char place[BASELINKER_PLACE], struct error *e);

/* Can a warehouse be written? Those of shops and wholesalers ("shop_15") fill themselves. */
bool baselinker_shop_writable(const char *warehouse);

#endif
