/* expiry.h – how long a certificate is good for. */
#ifndef ENDPOINT_NET_EXPIRY_H
#define ENDPOINT_NET_EXPIRY_H

#include "net/probe.h"

/* Does the certificate end soon? WARN within 30 days of now_ms, FAIL when it has ended: date and days are
 * then in c, and the remedy is left to the caller, who knows who renews it. OK: c is left alone. */
enum check_result expiry_check(const struct probe_certificate *certificate, int64_t now_ms,
                               struct check *c);

#endif
