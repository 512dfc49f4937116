/* link_http.h – the way to the panel from the settings: authorities, proxy and its login. */
#ifndef ENDPOINT_LINK_LINK_HTTP_H
#define ENDPOINT_LINK_LINK_HTTP_H

#include "config/config.h"
#include "net/http.h"

/* Fill o. If the proxy's password cannot be read (the sealed store is away) the status says so, and
 * o has everything else. Wipe o after use. */
enum status link_http_options(const struct config *c, struct http_options *o, struct error *e);

#endif
