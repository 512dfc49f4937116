/* cmd_complete.h – words that can follow on a command line. */
#ifndef ENDPOINT_CTL_COMPLETE_H
#define ENDPOINT_CTL_COMPLETE_H

#include "ctl/options.h"

extern const struct command cmd_complete;

#endif
