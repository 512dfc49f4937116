/* tab_connection.h – the tab Connection. */
#ifndef ENDPOINT_TUI_TAB_CONNECTION_H
#define ENDPOINT_TUI_TAB_CONNECTION_H

#include "tui/app.h"

/* ---- the tab ---- */
struct view *tab_connection(struct app *a);

/* Start the test of this name on the tab; for the key `t`. */
void tab_connection_test(struct view *v, const char *what);

#endif
