/* checks.h – a list of checks whose results arrive one by one. */
#ifndef ENDPOINT_TUI_CHECKS_H
#define ENDPOINT_TUI_CHECKS_H

#include "tui/app.h"

/* Take a line of endpointctl --stream. */
void checks_take(struct checks *k, const json_t *line);

/* No more answers will come: mark the open checks as not tried. */
void checks_stop(struct checks *k, const char *why);

void checks_add(struct view *v, const struct checks *k);

/* Add one line that sums up the results, once all have arrived. */
void checks_sum(struct view *v, const struct checks *k);

#endif
