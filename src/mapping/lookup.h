/* lookup.h – what a mapping offers beside its streams: lists, and the custom fields that there are.
 */
#ifndef ENDPOINT_MAPPING_LOOKUP_H
#define ENDPOINT_MAPPING_LOOKUP_H

#include <jansson.h>

#include "mapping/mapping.h"

/* A lookup's rows: [{"id","name",…}]. */
enum status lookup_rows(struct session *s, const struct mapping *m, const char *lookup,
                        json_t **rows, struct error *e);

/* Are there the custom fields of the choice? STATUS_INVALID (erp_field): the ERP lists its fields, this is
 * none of them, and the mapping gives no column of this name either. */
enum status lookup_fields(struct session *s, const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, struct error *e);

/* The database in which a lookup is asked, when it is another than the company's; else NULL. */
const char *lookup_database(const struct mapping *m, const char *lookup);

#endif
