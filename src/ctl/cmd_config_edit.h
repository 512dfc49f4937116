/* cmd_config_edit.h – endpointctl config edit. */
#ifndef ENDPOINT_CTL_CMD_CONFIG_EDIT_H
#define ENDPOINT_CTL_CMD_CONFIG_EDIT_H

#include "ctl/ctl.h"

int cmd_config_edit(struct ctl *c);

#endif
