/* report.h – tries a mapping on a database, without side effects.
 */
#ifndef ENDPOINT_ERP_REPORT_H
#define ENDPOINT_ERP_REPORT_H

#include <jansson.h>

#include "mapping/mapping.h"

/* The first records of a stream as they are sent: [{"key":TEXT,"data":{…}}]. */
enum status report_preview(struct session *s, const struct mapping *m, const char *stream,
                           size_t limit, json_t **records, struct error *e);

/* Run every statement of the mapping against the database without side effects; an array of
 * {"statement","file","line","ok","columns":[{"name","type","as"}],"rows","took_ms","sorted","warnings":[],
 * "error"}. "as": key, field, extra or filter; null for statements that are not a stream. "sorted":
 * whether the rows of a stream came in the order of its key; null: unknown. */
enum status report_mapping(struct session *s, const struct mapping *m, json_t **report,
                           struct error *e);

#endif
