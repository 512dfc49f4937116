/* decimal.h – exact decimals: money, quantities, rates.
 *
 * Up to 38 digits, like SQL Server's DECIMAL; the scale is kept ("1.50" prints as "1.50"). There
 * are no floats anywhere. Rounding is half away from zero, as on Polish invoices.
 */
#ifndef ENDPOINT_MODEL_DECIMAL_H
#define ENDPOINT_MODEL_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define DECIMAL_DIGITS 38
#define DECIMAL_TEXT   48 /* room for any printed decimal */

struct decimal {
    unsigned __int128 digits; /* the value without point and sign, < 10^38 */
    uint8_t scale;            /* digits after the point, ≤ 38 */
    bool negative;            /* never with digits == 0 */
};

/* Parse "-12.3400", ".5", "+3", "7."; no blanks, no exponent, no thousands separators, only the
 * point. STATUS_INVALID with the text quoted. */
enum status decimal_parse(const char *text, size_t length, struct decimal *d, struct error *e);

/* Print with d's scale: ".5" becomes "0.5". */
void decimal_print(const struct decimal *d, char target[DECIMAL_TEXT]);

/* -1, 0, 1. 1.50 equals 1.5. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

/* Exact sum and difference; STATUS_INVALID beyond 38 digits. */
enum status decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *sum,
                        struct error *e);
enum status decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *sum,
                             struct error *e);

/* a × rate, rounded to `scale` digits. The exact product may have up to 76 digits. */
enum status decimal_multiply(const struct decimal *a, const struct decimal *rate, unsigned scale,
                             struct decimal *product, struct error *e);

/* Round or widen to `scale` digits after the point. */
enum status decimal_round(const struct decimal *d, unsigned scale, struct decimal *rounded,
                          struct error *e);

/* The whole number that is not above d: 2.5 becomes 2, -0.5 becomes -1. */
void decimal_floor(struct decimal *d);

/* The same value without trailing zeros after the point: for keys and comparisons as text. */
void decimal_normalize(struct decimal *d);

#endif
