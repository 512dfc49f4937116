/* mapping_stream.h – a mapping's streams: their statements, and what can be filled into them. */
#ifndef ENDPOINT_MAPPING_MAPPING_STREAM_H
#define ENDPOINT_MAPPING_MAPPING_STREAM_H

#include "mapping/mapping.h"

/* The stream's statement with its places filled according to the choice. sql: the stream's own or a
 * variant's. */
void mapping_stream_sql(const struct mapping_stream *s, const char *sql,
                        const struct mapping_choice *choice, struct buf *b,
                        struct mapping_values *values);

#endif
