/* reader.h – reads an ERP's streams record by record.
 */
#ifndef ENDPOINT_ERP_READER_H
#define ENDPOINT_ERP_READER_H

#include <jansson.h>

#include "mapping/mapping.h"
#include "model/record.h"

/* A stream being read: records in key order, one at a time, array-fetched, no allocation per row. */
struct reader;
/* choice may be NULL: read everything, without filters. STATUS_INVALID (erp_kits): the mapping does
 * not say what kits are made of. */
enum status reader_open(struct session *s, const struct mapping *m, const char *stream,
                        const struct mapping_choice *choice, struct reader **r, struct error *e);
/* Append its columns to list, in report_mapping's form. */
void reader_columns(const struct reader *r, json_t *list);
/* The next record (valid until the next call). A record with an unusable value is returned, too,
 * with its fault (model/record.h). STATUS_END only if the server finished the result cleanly. Keys
 * that are not strictly ascending give STATUS_INVALID (code erp_order): the mapping's ORDER BY does
 * not fit its key. */
enum status reader_next(struct reader *r, const struct record **record, struct error *e);
void reader_close(struct reader *r);

#endif
