/* server.h – listens and gives each connection a thread. */
#ifndef ENDPOINT_SANDBOX_TDS_SERVER_H
#define ENDPOINT_SANDBOX_TDS_SERVER_H

#include "sandbox/tds/tds.h"

/* Listen on address:port (0: any free one, *port is set). */
enum status server_listen(const char *address, int *port, int *fd, struct error *e);

/* Accept until *stop is set, then wait for the connections to end. At most 64 at a time. */
void server_run(int fd, struct engine *engine, const struct tds_options *options,
                const volatile int *stop);

#endif
