/* units.h – the units of a value of NVARCHAR, any of them.
 *
 * SQL Server keeps in such a column whatever 16 bits it was given: half of a surrogate pair, too, where a pair was cut
 * at the column's width. In our file that is what UTF-8 would make of it (ED A0 80 to ED BF BF), though UTF-8 has no
 * such thing.
 */
#ifndef ENDPOINT_SANDBOX_TDS_UNITS_H
#define ENDPOINT_SANDBOX_TDS_UNITS_H

#include "base/buf.h"

/* Append the text as UTF-16LE. */
void units_put(struct buf *b, const char *text, size_t length);

#endif
