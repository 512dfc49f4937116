/* proxy_login.h – splits a proxy's address that contains a login, "http://user:password@host:port".
 *
 * The login belongs in panel.proxy_user and, sealed, in panel.proxy_password: addresses are shown
 * and logged.
 */
#ifndef ENDPOINT_CONFIG_PROXY_LOGIN_H
#define ENDPOINT_CONFIG_PROXY_LOGIN_H

#include <stdbool.h>

#include "base/buf.h"

/* Is there a login in it? */
bool proxy_login_in(const char *address);

/* The address without its login, and the login's two parts with %XX undone. */
void proxy_login_split(const char *address, struct buf *bare, struct buf *user,
                       struct buf *password);

#endif
