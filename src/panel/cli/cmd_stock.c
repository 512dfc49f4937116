/* A product's stock. */
#include "panel/cli/cmd_stock.h"

#include <stdlib.h>

#include "panel/store/store_rows.h"

static int stock(struct command_line *c)
{
    json_t *levels = NULL;
    struct error e = {0};
    enum status status = store_rows_stock(c->store, c->argv[0], &levels, &e);
    if (status == STATUS_OK && !json_array_size(levels)) {
        json_decref(levels);
        return command_missing(c, "stock of", c->argv[0]);
    }
    return command_print_rows(
        c, status, levels, &e,
        (const char *[]){"warehouse", "on_hand", "reserved", "available", NULL});
}

const struct command cmd_stock[] = {
    {.words = "stock",
     .usage = "stock SKU",
     .line = "a product's stock in every warehouse",
     .min = 1,
     .max = 1,
     .run = stock},
    {0},
};
