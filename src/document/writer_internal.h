/* writer_internal.h – the writers that there are. */
#ifndef ENDPOINT_DOCUMENT_WRITER_INTERNAL_H
#define ENDPOINT_DOCUMENT_WRITER_INTERNAL_H

#include "mapping/mapping.h"
#include "document/writer.h"

extern const struct writer_ops writer_epp, writer_command, writer_sql;

/* Does the mapping offer this writer? STATUS_INVALID with what to do when it does not. */
enum status writer_offered(const struct mapping *m, const char *name, struct error *e);

/* ---- the writer "sql" ---- */

/* The INSERT of a mapping's rows for the table as this database has it: with {places}. STATUS_INVALID names
 * every column that the mapping gives and the table lacks, and every one that the table needs and the
 * mapping does not give. Texts, numbers, bits and dates among those are given the neutral value of their
 * type ('', 0, 1900-01-01) instead; their names are listed in neutral (NULL: not asked for), a buffer of
 * INSERT_NEUTRAL bytes or more. */
#define INSERT_NEUTRAL 65536

#endif
