/* woocommerce_checks.h – can this plugin work with that shop? From its name to its currency, one question each. */
#ifndef ENDPOINT_CHANNEL_WOOCOMMERCE_CHECKS_H
#define ENDPOINT_CHANNEL_WOOCOMMERCE_CHECKS_H

#include "channel/woocommerce_http.h"
#include "check/check.h"

/* Each is told as it ends, the skipped ones too; returns the worst. opened: of woocommerce_http_open, whose
 * failure is the first answer. */
enum check_result woocommerce_checks(struct woocommerce *w,
                                     void (*tell)(const struct check *, void *), void *user);

#endif
