/* dialog_beside.h – a plain user beside the service. */
#ifndef ENDPOINT_TUI_DIALOG_BESIDE_H
#define ENDPOINT_TUI_DIALOG_BESIDE_H

#include "tui/app.h"

/* A plain user where Endpoint is there as a service: says so and offers sudo. False: it is not so. */
bool dialog_beside(struct app *a);

#endif
