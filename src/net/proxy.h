/* proxy.h – the HTTP proxy on the way to a panel or shop: its login, and its own faults, reported
 * as the proxy's.
 *
 * A proxy's 407 answer lists the ways of signing in; libcurl knows Basic, Digest, NTLM and
 * Negotiate (libcurl's documentation of CURLOPT_PROXYAUTH). With a user the strongest of the first
 * three is used; without one only Negotiate, with this service's ticket.
 */
#ifndef ENDPOINT_NET_PROXY_H
#define ENDPOINT_NET_PROXY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "net/http.h"

/* Set o's proxy and its login for a transfer. Without one libcurl uses the environment's. */
void proxy_setup(CURL *curl, const struct http_options *o);

/* Did the proxy fail, and not the server behind it? Then return true and set e (codes proxy_name,
 * proxy_unreachable, proxy_login, proxy_refused). where: the server to be reached; said: libcurl's
 * own message. */
bool proxy_failed(CURL *curl, CURLcode code, const struct http_options *o, const char *where,
                  const char *said, struct error *e);

/* Host and port of a proxy's address, "http://host:port", "host:port" or "host" (1080, libcurl's
 * default). */
bool proxy_split(const char *proxy, char *host, size_t size, int *port);

#endif
