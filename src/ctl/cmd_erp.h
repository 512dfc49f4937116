/* cmd_erp.h – endpointctl erp. */
#ifndef ENDPOINT_CTL_CMD_ERP_H
#define ENDPOINT_CTL_CMD_ERP_H

#include "ctl/command.h"

extern const struct command cmd_erp;

#endif
