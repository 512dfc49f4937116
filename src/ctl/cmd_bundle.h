/* cmd_bundle.h – endpointctl bundle: what somebody who helps needs to see, in one file, without a secret in it. */
#ifndef ENDPOINT_CTL_CMD_BUNDLE_H
#define ENDPOINT_CTL_CMD_BUNDLE_H

#include "ctl/command.h"

extern const struct command cmd_bundle;

#endif
