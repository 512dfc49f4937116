/* insert.h – the INSERT of a mapping's rows, made for the table as the database at hand has it. */
#ifndef ENDPOINT_DOCUMENT_INSERT_H
#define ENDPOINT_DOCUMENT_INSERT_H

#include "document/writer_internal.h"

enum status insert_compose(struct session *s, const struct mapping_insert *t, struct buf *sql,
                           struct buf *neutral, struct error *e);

/* May the login insert there? STATUS_DENIED with what to do when not. */
enum status insert_allowed(struct session *s, const struct mapping_insert *t, struct error *e);

/* The INSERT with every column that the mapping names, for showing. */
void insert_show(const struct mapping_insert *t, struct buf *sql);

#endif
