/* erp_check.h – try a mapping on a database, and show its first records. */
#ifndef ENDPOINT_CTL_ERP_CHECK_H
#define ENDPOINT_CTL_ERP_CHECK_H

#include "ctl/ctl.h"

/* Parts of `erp`. */
int erp_check(struct ctl *c);

int erp_preview(struct ctl *c);

#endif
