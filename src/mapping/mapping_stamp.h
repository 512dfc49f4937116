/* mapping_stamp.h – what of a stream a stamp can tell, and what its statement is known by. */
#ifndef ENDPOINT_MAPPING_MAPPING_STAMP_H
#define ENDPOINT_MAPPING_MAPPING_STAMP_H

#include "mapping/mapping.h"

/* The first column of the first row, "" when there is none. */
enum status mapping_first_value(struct session *s, const struct mapping_sql *sql, char *value,
                                size_t size, struct error *e);

/* STAMP_NONE, too, when what changed cannot be told of what is chosen. */
enum stamp_kind mapping_stamp(const struct mapping *m, const char *stream,
                              const struct mapping_choice *choice);

void mapping_stream_print(const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, char print[MAPPING_PRINT]);

#endif
