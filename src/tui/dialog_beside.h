/* dialog_beside.h – warns an ordinary user on a machine where the service is installed. */
#ifndef ENDPOINT_TUI_DIALOG_BESIDE_H
#define ENDPOINT_TUI_DIALOG_BESIDE_H

#include "tui/app.h"

/* If this is an ordinary user and Endpoint is installed as a service, say so and offer sudo. False:
 * it is not so. */
bool dialog_beside(struct app *a);

#endif
