/* json.h – jansson with bounds and with errors that name the member.
 *
 * JSON from outside comes in only through json_parse: the caller's buffer bounds the size, jansson
 * the depth (2048 at most); duplicates and numbers beyond 64 bits are refused.
 */
#ifndef ENDPOINT_BASE_JSON_H
#define ENDPOINT_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"

/* Parse one JSON value; NULL and e on failure. json_decref the result. */
json_t *json_parse(const char *text, size_t length, struct error *e);

/* Members with a default when absent or of another type. The string lives as long as object. */
const char *json_text(const json_t *object, const char *name, const char *otherwise);
int64_t json_number(const json_t *object, const char *name, int64_t otherwise);
bool json_flag(const json_t *object, const char *name, bool otherwise);

/* Append the compact form of value to b. */
void json_add(struct buf *b, const json_t *value);

/* Write value (jansson's flags) to a possible terminal: also escape characters that JSON leaves
 * alone but that control a terminal, DEL and U+0080 to U+009F. */
void json_write(FILE *to, const json_t *value, size_t flags);
/* The same with JSON that is already text. */
void json_write_text(FILE *to, const char *text, size_t length);

/* Append text as a JSON string with its quotes; malformed UTF-8 becomes U+FFFD. */
void json_add_string(struct buf *b, const char *text, size_t length);

/* Set a text member (NULL: JSON null). Malformed UTF-8 is repaired. */
void json_set_text(json_t *object, const char *name, const char *text);
void json_set_number(json_t *object, const char *name, int64_t value);
void json_set_flag(json_t *object, const char *name, bool value);

/* {"status","code","text","remedy","said"} of an error (base/said.h), and back: texts in this process' language. */
json_t *json_from_error(const struct error *e);
void json_to_error(const json_t *object, struct error *e);

#endif
