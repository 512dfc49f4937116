/* checks_guest.h – what a good guest reports: what it had to wait for in the ERP, and whether it
 * may read without locks. */
#ifndef ENDPOINT_ERP_CHECKS_GUEST_H
#define ENDPOINT_ERP_CHECKS_GUEST_H

#include "erp/checks.h"

/* Judge the waits: amber with a remedy, or green if there were none that matter. */
enum check_result checks_waits(const struct guest_waits *waits, struct check *c);

enum check_result checks_snapshot(enum guest_snapshot snapshot, const char *database,
                                  struct check *c);

#endif
