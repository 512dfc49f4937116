/* private.h – the first step of each of our programs: it keeps its memory out of core dumps, and
 * its open descriptors away from the programs that it starts.
 */
#ifndef ENDPOINT_OS_PRIVATE_H
#define ENDPOINT_OS_PRIVATE_H

enum { PRIVATE_FIRST = 3 }; /* after standard input, output and error */

/* Call it first in main: no core dumps; other processes of our user cannot read our memory (it
 * holds passwords and keys); inherited descriptors other than standard input, output and error
 * become close-on-exec. */
void private_process(void);

/* Make every open descriptor from `from` on close-on-exec: libraries open some on their own. */
void private_descriptors(int from);

/* Close every descriptor from `from` on. May be called between fork and exec. */
void private_close(int from);

#endif
