/* insert.h – the INSERT of a mapping's rows, made for the table as the database at hand has it. */
#ifndef ENDPOINT_DOCUMENT_INSERT_H
#define ENDPOINT_DOCUMENT_INSERT_H

#include "mapping/mapping.h"
#include "tds/session.h"

#define INSERT_NEUTRAL 65536

/* The INSERT of a mapping's rows for the table as this database has it: with {places}. STATUS_INVALID names
 * every column that the mapping gives and the table lacks, and every one that the table needs and the
 * mapping does not give. Texts, numbers, bits and dates among those are given the neutral value of their
 * type ('', 0, 1900-01-01) instead; their names are listed in neutral (NULL: not asked for), a buffer of
 * INSERT_NEUTRAL bytes or more. */
enum status insert_compose(struct session *s, const struct mapping_insert *t, struct buf *sql,
                           struct buf *neutral, struct error *e);

/* May the login insert there? STATUS_DENIED with what to do when not. */
enum status insert_allowed(struct session *s, const struct mapping_insert *t, struct error *e);

/* The INSERT with every column that the mapping names, for showing. */
void insert_show(const struct mapping_insert *t, struct buf *sql);

#endif
