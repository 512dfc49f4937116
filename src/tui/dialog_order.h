/* dialog_order.h – one order. */
#ifndef ENDPOINT_TUI_DIALOG_ORDER_H
#define ENDPOINT_TUI_DIALOG_ORDER_H

#include "tui/app.h"
#include "tui/view.h"

/* ---- order.c: one order ---- */
void dialog_order(struct app *a, const char *id, const char *plugin);

const char *dialog_order_state(char target[VIEW_TEXT_SIZE], const char *state);

#endif
