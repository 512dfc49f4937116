/* address.h – splits erp.server: "tcp:HOST\\INSTANCE,PORT". */
#ifndef ENDPOINT_TDS_ADDRESS_H
#define ENDPOINT_TDS_ADDRESS_H

#include <stddef.h>

#include "base/error.h"
#include "tds/browser.h"

/* It does not use the network. instance "": none is named. *port: the one after the comma, else
 * `configured`; 0: neither. INVALID: erp_server (also for forms that other clients accept and this
 * one does not: named pipes, shared memory, the administrator's connection, LocalDB), erp_port,
 * erp_instance. */
enum status address_split(const char *server, int configured, char *host, size_t size,
                          char instance[BROWSER_NAME], int *port, struct error *e);

#endif
