/* files_map.h – orders out of somebody else's tree: where in it each member of our order stands.
 *
 * The setting order_map gives paths of names, separated by dots: {"orders": "Orders.Order", "id": "Header.No", "lines":
 * "Lines.Line", "lines.sku": "Code", "currency": "=PLN"}. A path of "lines." begins at the line, every other one at the order;
 * "=" gives the text itself; "@name" is an attribute of XML. A member that is not in the map is taken from where our own form has it.
 * Without a map the tree must be in our form (doc/panel-api.yaml): an order, an array of them, or {"orders": […]}.
 *
 * Of CSV each row is a line; rows of one "id" are one order, whose own members are those of its first row.
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
    const struct zone *zone; /* of times that name none */
};

/* Is it a map whose names are members of an order? STATUS_INVALID: files_map names the one that is not. */
enum status files_map_check(const json_t *paths, struct error *e);

/* An array of orders in our form; each is judged later (model/order.h), so what cannot be read stays as it was, for its fault
 * to name. flat: the tree is of CSV. json_decref it. */
json_t *files_map_orders(const struct files_map *m, const json_t *tree, bool flat);

#endif
