/* access.h – turns the settings erp.* into a session's options. */
#ifndef ENDPOINT_ERP_ACCESS_H
#define ENDPOINT_ERP_ACCESS_H

#include "config/config.h"
#include "tds/options.h"

/* Borrowed from c and private_dir. */
struct session_options access_options(const struct config *c, const char *private_dir);
/* The same on the primary, whatever erp.read_intent says: for orders, which reach a secondary
 * later. */
struct session_options access_primary(const struct config *c, const char *private_dir);

#endif
