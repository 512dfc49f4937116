/* checks.h – a list of checks as it comes. */
#ifndef ENDPOINT_TUI_CHECKS_H
#define ENDPOINT_TUI_CHECKS_H

#include "tui/app.h"

/* Take a line of endpointctl --stream. */
void checks_take(struct checks *k, const json_t *line);

/* Nobody answers any more: what is still open was not tried. */
void checks_stop(struct checks *k, const char *why);

void checks_add(struct view *v, const struct checks *k);

/* One line of how they came out, when nobody is being asked any more. */
void checks_sum(struct view *v, const struct checks *k);

#endif
