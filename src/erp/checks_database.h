/* checks_database.h – checks of what stands behind the login: the server, the database, and what may be read
 * there. */
#ifndef ENDPOINT_ERP_CHECKS_DATABASE_H
#define ENDPOINT_ERP_CHECKS_DATABASE_H

#include "erp/checks.h"

/* Whose database it is and of which version, for people: company, tax_id, version; null: it does not
 * say, or may not be asked. */
void checks_about(struct session *s, const struct mapping *m, json_t *about);

#endif
