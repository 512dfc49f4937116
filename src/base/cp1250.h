/* cp1250.h – Windows-1250, the code page of the VARCHAR columns and exchange files of Polish ERPs.
 */
#ifndef ENDPOINT_BASE_CP1250_H
#define ENDPOINT_BASE_CP1250_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* The byte of a code point, -1 when it has none; the code point of a byte (U+FFFD: undefined). */
int cp1250_byte(uint32_t point);
uint32_t cp1250_point(uint8_t byte);

/* A replacement, as UTF-8, for a code point that cp1250 lacks: "a" for a with a grave, "ae" for the
 * ligature, "-" for a minus sign, "" for invisible ones (joiners, variation selectors). NULL: no
 * sensible replacement. */
const char *cp1250_substitute(uint32_t point);

/* A letter and the combining mark after it as one code point of cp1250; 0: none. */
uint32_t cp1250_compose(uint32_t letter, uint32_t mark);

/* Append UTF-8 as cp1250, and back. Characters that the code page lacks become '?'. */
void cp1250_encode(struct buf *b, const char *text, size_t length);
void cp1250_decode(struct buf *b, const char *bytes, size_t length);

#endif
