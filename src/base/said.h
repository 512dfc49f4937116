/* said.h – a text for people together with the way it was made, so that whoever shows it can
 * translate it.
 *
 * A text for people is made where something happens and shown somewhere else: in another process,
 * perhaps months later, perhaps in Polish. So it travels as format and arguments and is put into
 * words at the edge. Such a "said" text is a string:
 *
 * - a marked text, as in the source: "It is tried again by itself."; or
 * - a record, the format and its arguments as compact JSON: ["cannot open %s: %-s","/a",["No such file or directory"]].
 *   An argument that is an array is a text itself; a string is a name or a value, and is never translated.
 *
 * In a format, %-s takes a said text and %s a name or a value. A record from outside is hostile:
 * its format is only looked up in the catalogue, and our own code fills it, never printf; depth,
 * number and length are bounded.
 */
#ifndef ENDPOINT_BASE_SAID_H
#define ENDPOINT_BASE_SAID_H

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SAID_MAX   2048 /* bytes of a record, if a caller has no better limit */
#define SAID_DEPTH 8    /* texts in texts */
#define SAID_ARGS  16   /* arguments of one format */
#define SAID_NODES 100  /* formats and arguments of a whole record */

/* Make a record. Conversions: %s %-s %c %d %i %u %x %X %o with width, precision and size; of a %s with precision only
 * that many bytes are read. If it does not fit, long values are cut at a UTF-8 boundary and end
 * with "…"; if even that does not help, the record is "" (only very long formats cause that).
 * False: it was cut. */
bool said_format(char *said, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, plus text: in this process's language, cut separately; NULL: not wanted. The arguments
 * may point into said and text. */
bool said_vformat(char *said, size_t size, char *text, size_t text_size, const char *format,
                  va_list args) __attribute__((format(printf, 5, 0)));

/* The same as JSON; NULL: it is none that is in order. The caller frees it. */
json_t *said_to_json(const char *said);
void said_from_json(char *said, size_t size, const json_t *record);

/* A record of somebody else's text, which nobody translates. */
bool said_value(char *said, size_t size, const char *text);
/* The same, or when it is empty a marked text; returns said. */
const char *said_value_or(char *said, size_t size, const char *text, const char *otherwise);

/* Several said texts in a row as one; between stands as it is, such as "; ". */
void said_join(char *said, size_t size, const char *const *parts, size_t count,
               const char *between);

/* Put a said text into words of this process' language (base/i18n.h): English in endpointd and its workers. */
void said_add(struct buf *b, const char *said);
void said_words(char *text, size_t size, const char *said);

/* In JSON a text is an ordinary member, and the object "said" beside it has the record of each
 * text: {"text": "no file /a", "said": {"text": ["no file %s", "/a"]}}. NULL: null, without a
 * record. */
void said_set(json_t *object, const char *name, const char *said);
/* The same with an existing text. */
void said_set_text(json_t *object, const char *name, const char *text, const char *said);

/* The said text of a member. Without a record, or with a faulty one: the text as a foreign one.
 * Absent or null: "". */
void said_get(const json_t *object, const char *name, char *said, size_t size);
/* Append a member in this process's language: by its record, else unchanged. */
void said_show(struct buf *b, const json_t *object, const char *name);
/* A list of records as a member: the texts, and in "said" the records. */
void said_set_list(json_t *object, const char *name, const json_t *records);
/* As said_show, when the member is an array of texts: the index-th of them. */
void said_show_at(struct buf *b, const json_t *object, const char *name, size_t index);

#endif
