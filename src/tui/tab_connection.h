/* tab_connection.h – the tab Connection. */
#ifndef ENDPOINT_TUI_TAB_CONNECTION_H
#define ENDPOINT_TUI_TAB_CONNECTION_H

#include "tui/app.h"

/* ---- one file each ---- */
struct view *tab_connection(struct app *a);

/* What was asked of the tabs' tests: for `t`. */
void tab_connection_test(struct view *v, const char *what);

#endif
