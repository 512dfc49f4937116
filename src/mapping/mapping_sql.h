/* mapping_sql.h – a mapping only reads. */
#ifndef ENDPOINT_MAPPING_MAPPING_SQL_H
#define ENDPOINT_MAPPING_MAPPING_SQL_H

#include "mapping/mapping_load.h"

/* Does this text only read? whole: it is a statement, not a part of one. problem says why not. */
bool mapping_sql_reads(const char *sql, bool whole, char problem[100]);

/* Behind a text, a name in brackets or quotes, or a comment that begins at `at`; `at` itself when none
 * does; NULL when it is never ended. */
const char *mapping_sql_skip(const char *at);

void mapping_sql_tables(const char *sql,
                        void (*found)(void *user, const char *database, const char *schema,
                                      const char *table),
                        void *user);

#endif
