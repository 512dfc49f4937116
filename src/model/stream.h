/* stream.h – the streams and their fields. Only the tables in stream.c name a stream's fields; the
 * names are those of the panel protocol. */
#ifndef ENDPOINT_MODEL_STREAM_H
#define ENDPOINT_MODEL_STREAM_H

#include <stdbool.h>
#include <stddef.h>

enum field_type {
    FIELD_TEXT,    /* UTF-8 */
    FIELD_LINE,    /* a text composed from columns: no blanks at its ends, one between words */
    FIELD_CODE,    /* a bar code, without blanks; also a member of the stream's list */
    FIELD_DECIMAL, /* an exact decimal as text, validated */
    FIELD_BOOL,    /* "1" or "0" */
    FIELD_LIST,    /* texts; a mapping's repeated rows of one key add to it */
    FIELD_CHOICE,  /* one of `choices` */
};

struct field_def {
    const char *name;
    enum field_type type;
    bool required;              /* a mapping must give it */
    const char *const *choices; /* NULL-terminated, for FIELD_CHOICE */
};

/* A stream and the parts of its key. */
struct stream_def {
    const char *name;        /* "products" */
    const char *const *keys; /* aliases of the key columns: {"product_id", "warehouse_id", NULL} */
    const struct field_def *fields;
    size_t field_count;
};

/* NULL: no such stream. */
const struct stream_def *stream_find(const char *name);
const struct stream_def *stream_at(size_t index); /* NULL after the last */

/* Index of a field in the stream, or -1. */
int stream_field(const struct stream_def *stream, const char *name);

#endif
