/* tab_advanced.h – the tab Advanced. */
#ifndef ENDPOINT_TUI_TAB_ADVANCED_H
#define ENDPOINT_TUI_TAB_ADVANCED_H

#include "tui/app.h"

struct view *tab_advanced(struct app *a);
void tab_advanced_bundle(struct app *a);
void tab_advanced_unregister(struct app *a);

#endif
