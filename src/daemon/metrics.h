/* metrics.h – figures for Prometheus. */
#ifndef ENDPOINT_DAEMON_METRICS_H
#define ENDPOINT_DAEMON_METRICS_H

#include "daemon/daemon.h"

void metrics_text(struct daemon *d, struct buf *b); /* appended, Prometheus' text format */

void metrics_listen(struct daemon *d); /* at the port that is set now, or at none */

void metrics_close(struct daemon *d);

#endif
