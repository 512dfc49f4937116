/* link_checks.h – the panel's side of the test buttons. */
#ifndef ENDPOINT_LINK_LINK_CHECKS_H
#define ENDPOINT_LINK_LINK_CHECKS_H

#include "link/link.h"

/* What the difference of the clocks (the panel's minus ours) means: WARN from a minute, FAIL when they disagree. */
enum check_result link_clock_judge(struct check *c, int64_t offset_ms);

#endif
