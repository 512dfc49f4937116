/* checks_writes.h – may the login change the ERP's data, where nothing of ours does? */
#ifndef ENDPOINT_ERP_CHECKS_WRITES_H
#define ENDPOINT_ERP_CHECKS_WRITES_H

#include "erp/checks_internal.h"

enum check_result check_writes(void *context, struct check *c);

#endif
