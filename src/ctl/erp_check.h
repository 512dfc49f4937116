/* erp_check.h – a mapping tried on a database, and its first records. */
#ifndef ENDPOINT_CTL_ERP_CHECK_H
#define ENDPOINT_CTL_ERP_CHECK_H

#include "ctl/ctl.h"

/* Parts of `erp`. */
int erp_check(struct ctl *c);

int erp_preview(struct ctl *c);

#endif
