/* bell.h – news for one process, from its own threads and from other processes, which find it by a directory. */
#ifndef ENDPOINT_OS_BELL_H
#define ENDPOINT_OS_BELL_H

#include <stdbool.h>

struct bell;

/* Open it under the name in the directory. False with errno: only this process can ring it. NULL only when memory ends. */
bool bell_open(const char *directory, const char *name, struct bell **out);
void bell_close(struct bell *b); /* NULL is fine */

/* Wait until it rings or is woken, at most so long. Did it ring since the last time? */
bool bell_wait(struct bell *b, int timeout_ms);

/* From any thread: end the wait, and make it ring. */
void bell_wake(struct bell *b);
void bell_ring(struct bell *b);

/* Ring the one of that name in that directory, which is another process's. Where nobody listens nobody waits. */
void bell_ring_in(const char *directory, const char *name);

#endif
