/* grants.h – what a login needs in the database.
 */
#ifndef ENDPOINT_MAPPING_GRANTS_H
#define ENDPOINT_MAPPING_GRANTS_H

#include "mapping/mapping.h"

/* Append the T-SQL script that gives a login the rights to read what the mapping reads, and no others.
 * A login with a backslash is a Windows account. */
void grants_script(const struct mapping *m, bool rows, const char *database, const char *login,
                   struct buf *script);

#endif
