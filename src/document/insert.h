/* insert.h – the INSERT for a mapping's rows, composed for the table as this database has it. */
#ifndef ENDPOINT_DOCUMENT_INSERT_H
#define ENDPOINT_DOCUMENT_INSERT_H

#include "mapping/mapping.h"
#include "tds/session.h"

#define INSERT_NEUTRAL 65536

/* The INSERT for a mapping's rows, for the table as this database has it, with {places}.
 * STATUS_INVALID names every column that the mapping sets and the table lacks, and every one that
 * the table needs and the mapping does not set. Of the latter, texts, numbers, bits and dates get
 * the neutral value of their type instead ('', 0, 1900-01-01); their names are listed in neutral
 * (NULL: not wanted), a buffer of INSERT_NEUTRAL bytes or more. */
enum status insert_compose(struct session *s, const struct mapping_insert *t, struct buf *sql,
                           struct buf *neutral, struct error *e);

/* May the login insert there? If not, STATUS_DENIED with a remedy. */
enum status insert_allowed(struct session *s, const struct mapping_insert *t, struct error *e);

/* The INSERT with every column that the mapping names, to show to people. */
void insert_show(const struct mapping_insert *t, struct buf *sql);

#endif
