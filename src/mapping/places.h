/* places.h – {places} in the SQL of a mapping that writes, and what stands in them.
 *
 * A place is a name in braces: a member of the document as endpoint-order-program(7) describes it
 * ("{marker}", "{buyer.city}", "{lines}": how many), of the line that is being written
 * ("{line.quantity}"), or a column that an earlier statement of the mapping gave
 * ("{context.definition}"). Every place becomes a parameter, a text or NULL; nothing of a document is
 * ever put into the text of a statement.
 */
#ifndef ENDPOINT_MAPPING_PLACES_H
#define ENDPOINT_MAPPING_PLACES_H

#include "base/buf.h"
#include "base/error.h"
#include "base/json.h"

#define PLACE_NAME 64

/* What fills places. Borrowed; line and context may be NULL: their places are NULL then. */
struct place_values {
    const json_t *document, *line, *context;
};

/* The parameters of a statement, in order. places_free. */
struct place_list {
    char **values; /* NULL: SQL's NULL */
    size_t count, capacity;
};
void places_free(struct place_list *list);

/* Is every place of the text one that there is? line: those of a line may stand in it. problem says
 * which is not. */
bool places_check(const char *text, bool line, char problem[160]);

/* Has the document this member, by its place's name ("operator")? An empty text is none. */
bool places_has(const char *name, const struct place_values *values);

/* Append the text with a "?" for each place, and the values to list. */
void places_fill(const char *text, const struct place_values *values, struct buf *sql,
                 struct place_list *list);

/* Append the text as a person reads it: values as literals of T-SQL. What an earlier statement will
 * give is not known: "{context.number}" stays. */
void places_show(const char *text, const struct place_values *values, struct buf *sql);

#endif
