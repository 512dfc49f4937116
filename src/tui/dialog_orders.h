/* dialog_orders.h – the list of orders. */
#ifndef ENDPOINT_TUI_DIALOG_ORDERS_H
#define ENDPOINT_TUI_DIALOG_ORDERS_H

#include "tui/app.h"

void dialog_orders(struct app *a, const char *plugin_id); /* NULL: of all */

#endif
