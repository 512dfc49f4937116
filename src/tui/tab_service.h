/* tab_service.h – the tab "Service user". */
#ifndef ENDPOINT_TUI_TAB_SERVICE_H
#define ENDPOINT_TUI_TAB_SERVICE_H

#include "tui/app.h"

struct view *tab_service(struct app *a);

#endif
