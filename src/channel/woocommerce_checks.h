/* woocommerce_checks.h – checks whether this plugin can work with the shop, from its name to its
 * currency. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_CHECKS_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_CHECKS_H

#include "channel/woocommerce_http.h"
#include "check/check.h"

/* Each check is reported as it ends, even the skipped ones; returns the worst. opened: result of
 * woocommerce_http_open; if it failed, that is the first answer. */
enum check_result woocommerce_checks(struct woocommerce *w,
                                     void (*tell)(const struct check *, void *), void *user);

#endif
