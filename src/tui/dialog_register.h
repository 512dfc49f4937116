/* dialog_register.h – registering with a panel. */
#ifndef ENDPOINT_TUI_DIALOG_REGISTER_H
#define ENDPOINT_TUI_DIALOG_REGISTER_H

#include "tui/app.h"

void dialog_register(struct app *a, const char *why);

#endif
