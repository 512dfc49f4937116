/* gtin.h – bar codes of products: a GTIN-12 (UPC) is the GTIN-13 (EAN) with a zero before it, and that the GTIN-14.
 *
 * Programs and shops keep either. Only a number whose check digit fits is a GTIN; a site's own codes stay as they are.
 * Source: GS1 General Specifications, "GTIN" and "check digit calculation".
 */
#ifndef ENDPOINT_MODEL_GTIN_H
#define ENDPOINT_MODEL_GTIN_H

#include <stdbool.h>
#include <stddef.h>

#define GTIN_SIZE  16
#define GTIN_FORMS 3

/* The other ways in which the same number is kept, without the text itself; returns how many, 0 to 3. Blanks and dashes
 * between the digits do not count; a text with such ones has its plain digits among its forms. */
size_t gtin_forms(const char *text, char forms[GTIN_FORMS][GTIN_SIZE]);

/* Are two texts the same GTIN? False when one is none. */
bool gtin_same(const char *a, const char *b);

#endif
