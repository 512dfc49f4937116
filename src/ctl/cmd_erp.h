/* cmd_erp.h – endpointctl erp. */
#ifndef ENDPOINT_CTL_CMD_ERP_H
#define ENDPOINT_CTL_CMD_ERP_H

#include "ctl/ctl.h"

int cmd_erp(struct ctl *c);

#endif
