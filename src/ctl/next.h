/* next.h – what a person should do next. */
#ifndef ENDPOINT_CTL_NEXT_H
#define ENDPOINT_CTL_NEXT_H

#include "ctl/ctl.h"

/* "sudo " where a plain user needs it for the service of this machine, else "". */
const char *next_sudo(const struct ctl *c);

/* No ERP is chosen in the configuration: e says so, and what to do. */
void next_no_erp(const struct ctl *c, struct error *e);

/* Nothing answers on our socket (code: connect's errno): e says what that means here. */
void next_away(const struct ctl *c, int code, struct error *e);

/* A plain user, and the service runs on this machine: e says so and offers sudo. */
bool next_beside_service(const struct ctl *c, struct error *e);

/* The configuration that we look at is not that of what runs here: e names both. */
bool next_whose(const struct ctl *c, struct error *e);

void next_warn_whose(const struct ctl *c); /* the same, on stderr; with --json nothing */

#endif
