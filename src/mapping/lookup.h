/* lookup.h – what a mapping offers in addition to its streams: lists, and the custom fields.
 */
#ifndef ENDPOINT_MAPPING_LOOKUP_H
#define ENDPOINT_MAPPING_LOOKUP_H

#include <jansson.h>

#include "mapping/mapping.h"

/* A lookup's rows: [{"id","name",…}]. */
enum status lookup_rows(struct session *s, const struct mapping *m, const char *lookup,
                        json_t **rows, struct error *e);

/* Do the custom fields of the choice exist? STATUS_INVALID (erp_field): the ERP lists its fields,
 * this one is not among them, and the mapping has no column of this name either. */
enum status lookup_fields(struct session *s, const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, struct error *e);

/* The database that a lookup reads, if it is not the company's; else NULL. */
const char *lookup_database(const struct mapping *m, const char *lookup);

#endif
