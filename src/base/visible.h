/* visible.h – makes invisible characters of a text visible in a message.
 *
 * "KUBEK" with a no-break space after it looks like KUBEK, but is a different code. If nothing is
 * odd the text stays unchanged; otherwise it is quoted, and blanks at its ends, runs of blanks and
 * invisible characters are shown:
 * "KUBEK<NBSP>", "A<SP><SP>B", "<U+200B>590…".
 */
#ifndef ENDPOINT_BASE_VISIBLE_H
#define ENDPOINT_BASE_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>

#define VISIBLE_SIZE 101 /* of the result; a longer text is cut and ends with … */

/* Returns target, for use in a call. */
const char *visible_text(char target[VISIBLE_SIZE], const char *text);

/* The same without quotes, for a message that has its own. */
const char *visible_bare(char target[VISIBLE_SIZE], const char *text);

#endif
