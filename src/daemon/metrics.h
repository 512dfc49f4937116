/* metrics.h – figures for Prometheus. */
#ifndef ENDPOINT_DAEMON_METRICS_H
#define ENDPOINT_DAEMON_METRICS_H

#include "daemon/daemon.h"

void metrics_text(struct daemon *d, struct buf *b); /* appended, Prometheus' text format */

void metrics_listen(struct daemon *d); /* listen on the current port, or on none */

void metrics_close(struct daemon *d);

#endif
