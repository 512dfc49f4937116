/* mapping_sql.h – a mapping only reads. */
#ifndef ENDPOINT_MAPPING_MAPPING_SQL_H
#define ENDPOINT_MAPPING_MAPPING_SQL_H

#include "mapping/mapping_load.h"

/* Does this text only read? whole: it is a whole statement, not a part of one. problem says why
 * not, as a said text. */
bool mapping_sql_reads(const char *sql, bool whole, char problem[MAPPING_PROBLEM]);

/* The place after the text, name in brackets or quotes, or comment that begins at `at`; `at` itself
 * if none does; NULL if it has no end. */
const char *mapping_sql_skip(const char *at);

void mapping_sql_tables(const char *sql,
                        void (*found)(void *user, const char *database, const char *schema,
                                      const char *table),
                        void *user);

#endif
