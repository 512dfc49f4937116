/* tds_login.h – a client's login. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_LOGIN_H
#define ENDPOINT_SANDBOX_TDS_TDS_LOGIN_H

#include "sandbox/tds/tds.h"

void tds_put_moved(struct tds *t, const char *database,
                   const char *before); /* another database now */
bool tds_login(struct tds *t);          /* prelogin, TLS, login */

#endif
