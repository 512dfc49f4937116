/* latin2.h – ISO 8859-2, which some older shops want their files in. */
#ifndef ENDPOINT_BASE_LATIN2_H
#define ENDPOINT_BASE_LATIN2_H

#include <stdint.h>

/* The byte of a code point, -1 when it has none; the code point of a byte. */
int latin2_byte(uint32_t point);
uint32_t latin2_point(uint8_t byte);

#endif
