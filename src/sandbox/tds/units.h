/* units.h – the 16-bit units of an NVARCHAR value, whatever they are.
 *
 * SQL Server stores any 16 bits in such a column, even half of a surrogate pair that was cut at the
 * column's width. Our file holds such a half as UTF-8 would encode it (ED A0 80 to ED BF BF),
 * although this is not valid UTF-8.
 */
#ifndef ENDPOINT_SANDBOX_TDS_UNITS_H
#define ENDPOINT_SANDBOX_TDS_UNITS_H

#include "base/buf.h"

/* Append the text as UTF-16LE. */
void units_put(struct buf *b, const char *text, size_t length);

#endif
