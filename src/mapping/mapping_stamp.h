/* mapping_stamp.h – what a stamp can say about a stream, and the fingerprint of its statement. */
#ifndef ENDPOINT_MAPPING_MAPPING_STAMP_H
#define ENDPOINT_MAPPING_MAPPING_STAMP_H

#include "mapping/mapping.h"

/* The first column of the first row; "": none. */
enum status mapping_first_value(struct session *s, const struct mapping_sql *sql, char *value,
                                size_t size, struct error *e);

/* Also STAMP_NONE if stamps cannot say what changed in the chosen part. */
enum stamp_kind mapping_stamp(const struct mapping *m, const char *stream,
                              const struct mapping_choice *choice);

void mapping_stream_print(const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, char print[MAPPING_PRINT]);

#endif
