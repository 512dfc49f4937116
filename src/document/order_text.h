/* order_text.h – a shop's text made fit for an ERP's column, by one rule, and never silently.
 *
 * What cp1250 lacks is written with what it has: a letter with an unknown mark as its base letter,
 * a typographic sign as its plain form, anything else as '?'. Line breaks, tabs and runs of blanks
 * become one blank. What is still too long is cut, at a blank when there is one in the last third.
 * Where the ERP's texts are Unicode nothing is replaced, and what SQL Server counts is counted: a
 * character beyond U+FFFF is two.
 * Each of these leaves a note; a text that was cut is also kept whole for the remarks.
 */
#ifndef ENDPOINT_DOCUMENT_ORDER_TEXT_H
#define ENDPOINT_DOCUMENT_ORDER_TEXT_H

#include <jansson.h>

#include "base/buf.h"

#define ORDER_NUMBER_SHOWN 80 /* characters of the shop's order number in the remarks */

struct order_texts {
    bool unicode;        /* the ERP's texts are nvarchar, not cp1250 */
    json_t *notes;       /* array of texts; borrowed */
    struct buf overflow; /* whole texts of those that were cut, "name: …" joined with "; " */
};

/* Append text (UTF-8), fit for `width` characters, to b. label: what it is, for notes.
 * keep: whether the whole text goes to the overflow when it is cut. True when nothing was changed.
 */
bool order_text_fit(struct order_texts *t, const char *label, const char *text, int width,
                    bool keep, struct buf *b);

/* The same as a new string. */
char *order_text_take(struct order_texts *t, const char *label, const char *text, int width);

void order_text_note(json_t *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
