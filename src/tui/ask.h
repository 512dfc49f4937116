/* ask.h – questions to endpointctl and endpointd. */
#ifndef ENDPOINT_TUI_ASK_H
#define ENDPOINT_TUI_ASK_H

#include "tui/app.h"

/* Ask endpointctl (words end with NULL) or the daemon. An earlier question in this slot is dropped.
 * False: the view's notice says why. */
bool ask_ctl(const struct question *q, const char *input, const char *const words[]);

bool ask_daemon(const struct question *q, json_t *request);

#endif
