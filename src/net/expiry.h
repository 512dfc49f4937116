/* expiry.h – how long a certificate is still valid. */
#ifndef ENDPOINT_NET_EXPIRY_H
#define ENDPOINT_NET_EXPIRY_H

#include "net/probe.h"

/* Does the certificate expire soon? WARN within 30 days of now_ms, FAIL if it has expired: c then
 * has date and days, and the caller, who knows who renews it, sets the remedy. OK: c is unchanged. */
enum check_result expiry_check(const struct probe_certificate *certificate, int64_t now_ms,
                               struct check *c);

#endif
