/* browser.h – SQL Server Browser ([MC-SQLR]): which named instances a machine has, and on which
 * port each one listens. It is unauthenticated UDP: it only says where to connect; TLS verifies who
 * answers there.
 */
#ifndef ENDPOINT_TDS_BROWSER_H
#define ENDPOINT_TDS_BROWSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define BROWSER_PORT      1434
#define BROWSER_INSTANCES 64
#define BROWSER_NAME      64

struct browser_instance {
    char server[256], name[BROWSER_NAME], version[32];
    int port; /* 0: it does not listen on TCP */
};

/* The instances in an answer (SVR_RESP), at most max; *count. False: not such an answer. */
bool browser_parse(const uint8_t *bytes, size_t length, struct browser_instance *list, size_t max,
                   size_t *count);

/* All instances of a machine. TIMEOUT or UNREACHABLE (code erp_browser) when nobody answers. */
enum status browser_list(const char *host, int udp_port, int64_t timeout_ms,
                         struct browser_instance *list, size_t max, size_t *count, struct error *e);
/* The TCP port of one of them. NOT_FOUND (code erp_instance): there is none of that name, or it
 * does not listen on TCP; the remedy names the existing ones. */
enum status browser_port(const char *host, const char *instance, int udp_port, int64_t timeout_ms,
                         int *port, struct error *e);

#endif
