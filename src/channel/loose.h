/* loose.h – reads JSON from programs that do not care about types: PHP shops and the like.
 *
 * A number may come as a number, as a text or not at all; a flag as true, 1 or "1"; an empty object
 * as []. So every number in the JSON is turned into a text before it is parsed, exactly as it is
 * written (0.1 stays "0.1", no digit of an id is lost), and readers accept every form. If a value
 * cannot be read as the requested type, the reader returns `false`; it never guesses.
 */
#ifndef ENDPOINT_CHANNEL_LOOSE_H
#define ENDPOINT_CHANNEL_LOOSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/decimal.h"

#define LOOSE_NUMBER 64 /* the longest text of a number */

/* Parse a shop's answer and turn its numbers into texts; json_decref it. Bytes before the first "{"
 * or "[" (a byte order mark, PHP notices) are skipped. NULL and e: it is not JSON. */
json_t *loose_parse(const char *text, size_t length, struct error *e);

/* A member's text, valid as long as the object; "" for null, false, objects, lists and missing
 * members. */
const char *loose_text(const json_t *object, const char *name);
/* The same for a value itself. */
const char *loose_value(const json_t *value);

/* A whole number. False: there is a value, but it is not a whole number ("abc", 1.5). Missing, null
 * and "" are 0. "5.0" is 5. */
bool loose_integer(const json_t *object, const char *name, int64_t *value);

/* An exact decimal; exponents ("1.0E-5") are written out; a decimal comma is not accepted. False:
 * there is a value, but it is not a decimal. Missing, null and "" are 0. */
bool loose_decimal(const json_t *object, const char *name, struct decimal *d);
bool loose_decimal_of(const json_t *value, struct decimal *d);

/* true, 1, "1", "true", "yes" and "on" are true; everything else is false, even missing and null. */
bool loose_flag(const json_t *object, const char *name);

/* An object to iterate over; NULL (which jansson treats as empty) for [], null and missing members. */
json_t *loose_object(const json_t *object, const char *name);
/* An array to iterate over. PHP turns a list with holes into an object: then these are the object's
 * values. json_decref it; never NULL. */
json_t *loose_list(const json_t *object, const char *name);

#endif
