/* cmd_metrics.h – endpointctl metrics: numbers for Prometheus. */
#ifndef ENDPOINT_CTL_CMD_METRICS_H
#define ENDPOINT_CTL_CMD_METRICS_H

#include "ctl/command.h"

extern const struct command cmd_metrics;

#endif
