/* checks_guest.h – what a good guest has to say: for what the ERP let it wait, and whether it may read without
 * locks. */
#ifndef ENDPOINT_ERP_CHECKS_GUEST_H
#define ENDPOINT_ERP_CHECKS_GUEST_H

#include "erp/checks.h"

/* What they mean, in amber, with a remedy; green when they mean nothing. */
enum check_result checks_waits(const struct guest_waits *waits, struct check *c);

enum check_result checks_snapshot(enum guest_snapshot snapshot, const char *database,
                                  struct check *c);

#endif
