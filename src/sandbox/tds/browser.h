/* browser.h – SQL Server Browser for the sandbox: says on which port its instance listens. */
#ifndef ENDPOINT_SANDBOX_TDS_BROWSER_H
#define ENDPOINT_SANDBOX_TDS_BROWSER_H

#include "base/error.h"

struct browser;

/* Answer on a UDP port for one instance, in a separate thread. tcp_port 0: answer that the instance
 * does not listen on TCP. */
enum status browser_start(const char *address, int udp_port, const char *instance, int tcp_port,
                          struct browser **b, struct error *e);
void browser_stop(struct browser *b);

#endif
