/* private.h – what a program of ours does before anything else: nothing of its memory goes into a core dump, and
 * nothing that it has open goes to a program that it starts.
 */
#ifndef ENDPOINT_OS_PRIVATE_H
#define ENDPOINT_OS_PRIVATE_H

enum { PRIVATE_FIRST = 3 }; /* behind standard input, output and error */

/* First thing in main: no core dumps, no look into our memory by others of our user (passwords and keys are in it),
 * and what we inherited beside standard input, output and error is close-on-exec. */
void private_process(void);

/* Everything from descriptor `from` on that is open now becomes close-on-exec: libraries open some without asking. */
void private_descriptors(int from);

/* Close everything from descriptor `from` on. May be called between fork and exec. */
void private_close(int from);

#endif
