/* tab_summary.h – the tab Summary. */
#ifndef ENDPOINT_TUI_TAB_SUMMARY_H
#define ENDPOINT_TUI_TAB_SUMMARY_H

#include "tui/app.h"

struct view *tab_summary(struct app *a);

#endif
