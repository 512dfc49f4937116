/* prestashop_checks.h – can this plugin work with that shop? From its name to its currency, one question each. */
#ifndef ENDPOINT_CHANNEL_PRESTASHOP_CHECKS_H
#define ENDPOINT_CHANNEL_PRESTASHOP_CHECKS_H

#include "channel/prestashop_http.h"
#include "check/check.h"

/* Each is told as it ends, the skipped ones too; returns the worst. */
enum check_result prestashop_checks(struct prestashop *p,
                                    void (*tell)(const struct check *, void *), void *user);

#endif
