/* proxy.h – the HTTP proxy on the way to a panel or shop: its login, and its own faults told as its own.
 *
 * Which ways of signing in a proxy wants is its 407's to say; libcurl knows Basic, Digest, NTLM and Negotiate
 * (libcurl's documentation of CURLOPT_PROXYAUTH). With a user the strongest of the first three is taken; without
 * one only Negotiate, with the ticket that this service has.
 */
#ifndef ENDPOINT_NET_PROXY_H
#define ENDPOINT_NET_PROXY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "net/http.h"

/* Name the proxy of o and its login to a transfer. Without one libcurl goes by the environment. */
void proxy_setup(CURL *curl, const struct http_options *o);

/* Was it the proxy that failed, not what is behind it? Then e says so (codes proxy_name, proxy_unreachable,
 * proxy_login, proxy_refused) and it is true. where: what was to be reached; said: libcurl's own words. */
bool proxy_failed(CURL *curl, CURLcode code, const struct http_options *o, const char *where,
                  const char *said, struct error *e);

/* Host and port of a proxy's address, "http://host:port", "host:port" or "host" (1080, as libcurl takes it). */
bool proxy_split(const char *proxy, char *host, size_t size, int *port);

#endif
