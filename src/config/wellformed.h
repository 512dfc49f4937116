/* wellformed.h – does every release of libconfig read this text the same way?
 *
 * libconfig is lenient where its versions differ: 01433 is 1433 in 1.5 and 1.8 but 795 in 1.7, 1.5
 * silently wraps a number of more than 32 bits, and \a is two characters or one. This module checks
 * the text before libconfig does and refuses anything that could mean two things.
 */
#ifndef ENDPOINT_CONFIG_WELLFORMED_H
#define ENDPOINT_CONFIG_WELLFORMED_H

#include <stdbool.h>
#include <stddef.h>

struct wellformed_fault {
    int line;       /* 0: of the whole file */
    char said[500]; /* what is wrong and what to write instead (base/said.h) */
};

/* Find the first fault of a libconfig text that ends with NUL; true: there is none. */
bool wellformed_check(const char *text, size_t length, struct wellformed_fault *fault);

/* The length of the byte-order mark at the beginning: 3, or 0 if there is none. */
size_t wellformed_mark(const char *text, size_t length);

#endif
