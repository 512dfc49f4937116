/* prestashop_checks.h – checks whether this plugin can work with the shop, from its name to its
 * currency. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_CHECKS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_CHECKS_H

#include "channel/prestashop_http.h"
#include "check/check.h"

/* Each check is reported as it ends, even the skipped ones; returns the worst. */
enum check_result prestashop_checks(struct prestashop *p,
                                    void (*tell)(const struct check *, void *), void *user);

#endif
