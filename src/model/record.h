/* record.h – the waist of the hourglass: one record of a stream.
 *
 * An ERP's reader fills records, a flow compares and queues them, a channel carries them; none of
 * them knows the others.
 *
 * A record is reused row after row: its texts live in its own buffer, and nothing is allocated per
 * row.
 */
#ifndef ENDPOINT_MODEL_RECORD_H
#define ENDPOINT_MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/key.h"
#include "model/stream.h"

#define RECORD_EXTRA_MAX 32        /* further columns of a mapping */
#define RECORD_FIELD_MAX 16        /* fields of a stream */
#define RECORD_TEXT_MAX  (1 << 20) /* bytes of all texts of one record */
#define RECORD_LIST_MAX  1000      /* texts in a list */

struct value {
    bool present;    /* false: NULL in the ERP */
    bool bad;        /* the ERP's value is unusable: nobody knows what it is */
    uint32_t offset; /* of its bytes in the record's text buffer; lists: see record.c */
    uint32_t length;
};

/* Why a record cannot be used. It is returned all the same, so that its key is seen and the others
 * go on: its other fields are right, but it must not be sent. */
struct record_fault {
    bool is;
    bool keyless;     /* it has no usable key: `key` is only a stand-in, see key_stand_in */
    char name[320];   /* keyless: the unusable key, for people */
    char column[208]; /* of the mapping's statement; "": no particular one */
    struct error why; /* the value, and what to do about it */
};

struct record {
    const struct stream_def *stream;
    struct key key;
    struct record_fault fault;
    struct value fields[RECORD_FIELD_MAX];
    struct value extra[RECORD_EXTRA_MAX];
    const char *extra_names[RECORD_EXTRA_MAX]; /* borrowed from the mapping */
    size_t extra_count;
    struct buf text;
    struct buf list; /* list members, each length-prefixed; one list field per stream */
    size_t list_count;
};

void record_init(struct record *r, const struct stream_def *stream);
void record_free(struct record *r);
void record_reset(struct record *r); /* for the next row; keeps memory and extra_names */

/* Set field i from the ERP's text (NULL: SQL NULL). The text is validated by the field's type: a
 * decimal must be one (trailing zeros after the point are dropped: 1.5000 and 1.5 are the same
 * value), a bool is 0 or 1, malformed UTF-8 is repaired, and trailing blanks of a text are dropped
 * (CHAR columns pad). A text with a NUL character is refused (STATUS_INVALID, value_nul): no
 * receiver of JSON accepts one. For FIELD_LIST: add one member, a bar code; NULL, "" and an
 * existing member add nothing. An empty optional FIELD_LINE or FIELD_CODE counts as absent. */
enum status record_set(struct record *r, size_t field, const char *text, size_t length,
                       struct error *e);

/* Add an extra column's value; i < extra_count. A name that begins with '_' is hidden: rules use
 * it, but it is neither in the fingerprint nor in the JSON. */
enum status record_set_extra(struct record *r, size_t i, const char *text, size_t length,
                             struct error *e);

/* The record cannot be used because of this column. A record keeps its first fault. */
void record_blame(struct record *r, const char *column, const struct error *why);

/* Copy `from` to `to` (both of the same stream); extra_names are shared. */
void record_copy(struct record *to, const struct record *from);
/* Set field i to nothing. Not for lists. */
void record_clear(struct record *r, size_t field);
/* The value with this name: a field, an extra column, or the hidden column "_name". NULL: the
 * stream has none. */
const struct value *record_value(const struct record *r, const char *name);

/* The bytes of a present value, else NULL. */
const char *record_text(const struct record *r, const struct value *v);

/* 128 bits over all fields and extras (XXH3), independent of how they are rendered. */
void record_fingerprint(const struct record *r, uint8_t fingerprint[16]);

/* Append the record's data as a JSON object: absent fields as null, decimals as strings, bools as
 * true/false, extras under "extra" when the stream has any. */
void record_json(struct buf *b, const struct record *r);

#endif
