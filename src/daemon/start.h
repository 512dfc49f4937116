/* start.h – what endpointd does before its loop: options, configuration, locks, files. */
#ifndef ENDPOINT_DAEMON_START_H
#define ENDPOINT_DAEMON_START_H

#include "daemon/daemon.h"

/* ≥ 0: exit with this code. */
int start_options(struct daemon *d, int argc, char **argv);
enum status start_open(struct daemon *d, struct error *e);
void start_close(struct daemon *d);

#endif
