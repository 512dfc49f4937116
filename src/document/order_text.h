/* order_text.h – makes a shop's text fit an ERP's column, by one rule, and never silently.
 *
 * Characters that cp1250 lacks are replaced: an accented letter by its base letter, a typographic
 * sign by its plain form, anything else by '?'. Line breaks, tabs and runs of blanks become one
 * blank. A text that is still too long is cut, at a blank if there is one in the last third. If the
 * ERP's texts are Unicode nothing is replaced, and characters are counted as SQL Server does: one
 * beyond U+FFFF counts as two. Each change leaves a note; the whole of a text that was cut is kept
 * for the remarks.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_TEXT_H
#define ENDPOINT_DOCUMENT_ORDER_TEXT_H

#include <jansson.h>

#include "base/buf.h"

#define ORDER_NUMBER_SHOWN 80 /* characters of the shop's order number in the remarks */

struct order_texts {
    bool unicode;        /* the ERP's texts are nvarchar, not cp1250 */
    json_t *notes;       /* array of texts; borrowed */
    struct buf overflow; /* the whole texts of those that were cut: "name: …", joined with "; " */
};

/* Append text (UTF-8), made to fit `width` characters, to b. label: its name, for notes. keep:
 * whether the whole text goes to the overflow if it is cut. True: nothing was changed.
 */
bool order_text_fit(struct order_texts *t, const char *label, const char *text, int width,
                    bool keep, struct buf *b);

/* The same as a new string. */
char *order_text_take(struct order_texts *t, const char *label, const char *text, int width);

void order_text_note(json_t *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
