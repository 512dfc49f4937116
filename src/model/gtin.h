/* gtin.h – bar codes of products: a GTIN-12 (UPC) with a zero in front is a GTIN-13 (EAN), and with
 * another zero a GTIN-14.
 *
 * Programs and shops keep any of these. Only a number whose check digit fits is a GTIN; a site's
 * own codes stay as they are.
 * Source: GS1 General Specifications, "GTIN" and "check digit calculation".
 */
#ifndef ENDPOINT_MODEL_GTIN_H
#define ENDPOINT_MODEL_GTIN_H

#include <stdbool.h>
#include <stddef.h>

#define GTIN_SIZE  16
#define GTIN_FORMS 3

/* The other forms of the same number, without the text itself; returns how many, 0 to 3. Blanks and
 * dashes between the digits do not count; if the text has any, its plain digits are among the
 * forms. */
size_t gtin_forms(const char *text, char forms[GTIN_FORMS][GTIN_SIZE]);

/* Are two texts the same GTIN? False if one of them is not a GTIN. */
bool gtin_same(const char *a, const char *b);

#endif
