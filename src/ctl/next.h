/* next.h – what a person should do next. */
#ifndef ENDPOINT_CTL_NEXT_H
#define ENDPOINT_CTL_NEXT_H

#include "ctl/ctl.h"

/* "sudo " if an ordinary user needs it for this machine's service, else "". */
const char *next_sudo(const struct ctl *c);

/* Fill e: the configuration names no ERP, and what to do. */
void next_no_erp(const struct ctl *c, struct error *e);

/* Nothing answers on our socket (code: errno of connect). Fill e with what that means here. */
void next_away(const struct ctl *c, int code, struct error *e);

/* Is this an ordinary user on a machine where the service runs? Then e says so and suggests sudo. */
bool next_beside_service(const struct ctl *c, struct error *e);

/* Is our configuration another one than that of the endpoint that runs here? Then e names both. */
bool next_whose(const struct ctl *c, struct error *e);

void next_warn_whose(const struct ctl *c); /* the same, on stderr; with --json nothing */

#endif
