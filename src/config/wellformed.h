/* wellformed.h – is a text one that every release of libconfig reads in the same way?
 *
 * libconfig is lenient where its versions differ: 01433 is 1433 with 1.5 and 1.8 but 795 with 1.7, 1.5 wraps a
 * number of more than 32 bits without a word, and \a is two characters or one. This looks at the text before
 * libconfig does and refuses what could mean two things.
 */
#ifndef ENDPOINT_CONFIG_WELLFORMED_H
#define ENDPOINT_CONFIG_WELLFORMED_H

#include <stdbool.h>
#include <stddef.h>

struct wellformed_fault {
    int line;       /* 0: of the whole file */
    char text[400]; /* what is wrong and what to write instead, in the reader's language */
};

/* The first fault of a libconfig text that ends with NUL; true when there is none. */
bool wellformed_check(const char *text, size_t length, struct wellformed_fault *fault);

/* How many bytes a byte-order mark takes at the beginning: 3, or 0 when there is none. */
size_t wellformed_mark(const char *text, size_t length);

#endif
