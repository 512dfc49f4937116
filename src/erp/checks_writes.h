/* checks_writes.h – may the login change the ERP's data although we never do? */
#ifndef ENDPOINT_ERP_CHECKS_WRITES_H
#define ENDPOINT_ERP_CHECKS_WRITES_H

#include "erp/checks_internal.h"

enum check_result check_writes(void *context, struct check *c);

#endif
