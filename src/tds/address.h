/* address.h – erp.server taken apart: "tcp:HOST\\INSTANCE,PORT". */
#ifndef ENDPOINT_TDS_ADDRESS_H
#define ENDPOINT_TDS_ADDRESS_H

#include <stddef.h>

#include "base/error.h"
#include "tds/browser.h"

/* The network is not asked. instance "": none is named. *port: the one behind the comma, else configured; 0: neither.
 * INVALID: erp_server (also what other clients take and this one does not: named pipes, shared memory, the
 * administrator's connection, LocalDB), erp_port, erp_instance. */
enum status address_split(const char *server, int configured, char *host, size_t size,
                          char instance[BROWSER_NAME], int *port, struct error *e);

#endif
