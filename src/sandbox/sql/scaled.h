/* scaled.h – exact numbers: integers scaled by a power of ten, as text and back. */
#ifndef ENDPOINT_SANDBOX_SQL_SCALED_H
#define ENDPOINT_SANDBOX_SQL_SCALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A scaled integer as text: 125000, 4 → "12.5000". Returns the length; target has 32 bytes. */
size_t scaled_print(int64_t value, int scale, char *target);
/* Read it back, rounding half away from zero to `scale` digits. False: not a number, or too large. */
bool scaled_parse(const char *text, size_t length, int scale, int64_t *value);

#endif
