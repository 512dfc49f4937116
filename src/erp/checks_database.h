/* checks_database.h – checks of what comes after the login: the server, the database, and what may
 * be read there. */
#ifndef ENDPOINT_ERP_CHECKS_DATABASE_H
#define ENDPOINT_ERP_CHECKS_DATABASE_H

#include "erp/checks.h"

/* Whose database it is and which version, for people: company, tax_id, version; null: not stated,
 * or not readable. */
void checks_about(struct session *s, const struct mapping *m, json_t *about);

#endif
