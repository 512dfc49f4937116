/* cmd_bundle.h – endpointctl bundle: everything that a helper needs to see, in one file, with no
 * secrets in it. */
#ifndef ENDPOINT_CTL_CMD_BUNDLE_H
#define ENDPOINT_CTL_CMD_BUNDLE_H

#include "ctl/command.h"

extern const struct command cmd_bundle;

#endif
