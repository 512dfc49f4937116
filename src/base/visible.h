/* visible.h – a text for a message, in which what cannot be seen can be.
 *
 * "KUBEK" with a no-break blank behind it looks like KUBEK, and is another code. Where nothing is odd the text stays as
 * it is; otherwise it stands in quotes, and blanks at its ends, runs of them and invisible characters are shown:
 * "KUBEK<NBSP>", "A<SP><SP>B", "<U+200B>590…".
 */
#ifndef ENDPOINT_BASE_VISIBLE_H
#define ENDPOINT_BASE_VISIBLE_H

#include <stdbool.h>
#include <stddef.h>

#define VISIBLE_SIZE 101 /* of what is shown; a longer text is cut, which is shown by … */

/* Returns target, for use in a call. */
const char *visible_text(char target[VISIBLE_SIZE], const char *text);

/* The same without quotes, for a message that has its own. */
const char *visible_bare(char target[VISIBLE_SIZE], const char *text);

#endif
