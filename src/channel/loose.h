/* loose.h – reading JSON of programs that do not care about types: PHP shops and their relatives.
 *
 * A number comes as a number, as a text or not at all, a flag as true, 1 or "1", an empty object as []. So every number
 * of the JSON is made a text before it is parsed, exactly as it is written (0.1 stays "0.1", no digit of an id is lost),
 * and readers take what they find. What cannot be read as what was asked for is said by `false`, never guessed.
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

#define LOOSE_NUMBER 64 /* bytes of a number's text that are looked at */

/* Parse what a shop answered, with its numbers made texts; json_decref it. Bytes that come before the first "{" or "["
 * (a mark of the byte order, notices of PHP) are passed over. NULL, and e: it is no JSON. */
json_t *loose_parse(const char *text, size_t length, struct error *e);

/* A member's text, as long-lived as the object; "" for null, false and what is not there. Objects and lists: "". */
const char *loose_text(const json_t *object, const char *name);
/* The same of a value itself. */
const char *loose_value(const json_t *value);

/* A whole number. False: it is there and is none ("abc", 1.5); absent, null and "" are 0. "5.0" is 5. */
bool loose_integer(const json_t *object, const char *name, int64_t *value);

/* An exact decimal; exponents ("1.0E-5") are written out, a decimal comma is none. False: it is there and is none;
 * absent, null and "" are 0. */
bool loose_decimal(const json_t *object, const char *name, struct decimal *d);
bool loose_decimal_of(const json_t *value, struct decimal *d);

/* true, 1, "1", "true", "yes" and "on" are true; what is not there, null and everything else is false. */
bool loose_flag(const json_t *object, const char *name);

/* An object to walk through; NULL (as an empty one to jansson) for [], null and what is not there. */
json_t *loose_object(const json_t *object, const char *name);
/* An array to walk through. PHP makes an object of a list with holes: its values then are what `loose_list` gives.
 * json_decref it; never NULL. */
json_t *loose_list(const json_t *object, const char *name);

#endif
