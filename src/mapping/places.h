/* places.h – {places} in the SQL of a mapping that writes, and the values for them.
 *
 * A place is a name in braces: a member of the document as endpoint-order-program(7) describes it
 * ("{marker}", "{buyer.city}", "{lines}": how many), of the line being written ("{line.quantity}"),
 * or a column from an earlier statement of the mapping ("{context.definition}"). Every place
 * becomes a parameter, a text or NULL; no part of a document is ever put into the text of a
 * statement.
 */
#ifndef ENDPOINT_MAPPING_PLACES_H
#define ENDPOINT_MAPPING_PLACES_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"
#include "mapping/mapping.h"

#define PLACE_NAME 64

/* The values for places. Borrowed; line and context may be NULL: then their places are NULL. */
struct place_values {
    const json_t *document, *line, *context;
};

/* The parameters of a statement, in order. places_free. */
struct place_list {
    char **values; /* NULL: SQL's NULL */
    size_t count, capacity;
};
void places_free(struct place_list *list);

/* Is every place in the text known? line: places of a line are allowed. problem says which one is
 * not. */
bool places_check(const char *text, bool line, char problem[MAPPING_PROBLEM]);

/* Does the document have this member, by its place's name ("operator")? An empty text does not
 * count. */
bool places_has(const char *name, const struct place_values *values);

/* Append the text with a "?" for each place, and the values to list. */
void places_fill(const char *text, const struct place_values *values, struct buf *sql,
                 struct place_list *list);

/* Append the text for a person to read: values as T-SQL literals. The results of earlier statements
 * are not known: "{context.number}" stays. */
void places_show(const char *text, const struct place_values *values, struct buf *sql);

#endif
