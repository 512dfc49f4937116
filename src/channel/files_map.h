/* files_map.h – reads orders from another program's tree: where each member of our order is in it.
 *
 * The setting order_map gives paths of names, separated by dots: {"orders": "Orders.Order", "id": "Header.No", "lines":
 * "Lines.Line", "lines.sku": "Code", "currency": "=PLN"}. A path for "lines." begins at the line,
 * every other path at the order; "=" gives the text itself; "@name" is an XML attribute. A member
 * that is not in the map is taken from its place in our own form. Without a map the tree must be in
 * our form (doc/panel-api.yaml): an order, an array of them, or {"orders": […]}.
 *
 * In CSV each row is a line; rows with the same "id" are one order, whose own members come from its
 * first row.
 */
#ifndef ENDPOINT_CHANNEL_FILES_MAP_H
#define ENDPOINT_CHANNEL_FILES_MAP_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "os/zone.h"

struct files_map {
    const json_t *paths;     /* borrowed; NULL: our own form */
    bool decimal_comma;      /* 12,50 */
    const struct zone *zone; /* for times that name none */
};

/* Are all names of the map members of an order? STATUS_INVALID: files_map names the one that is
 * not. */
enum status files_map_check(const json_t *paths, struct error *e);

/* An array of orders in our form. Each order is checked later (model/order.h), so a value that
 * cannot be read stays unchanged for the check to name it. flat: the tree is from CSV. json_decref
 * it. */
json_t *files_map_orders(const struct files_map *m, const json_t *tree, bool flat);

#endif
