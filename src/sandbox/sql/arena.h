/* arena.h – memory of one batch. */
#ifndef ENDPOINT_SANDBOX_SQL_ARENA_H
#define ENDPOINT_SANDBOX_SQL_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* Freed at once. Bounded: see arena_full. */
struct arena *arena_new(size_t maximum);
void *arena_alloc(struct arena *arena, size_t size); /* zeroed; never NULL (see arena_full) */
bool arena_full(const struct arena *arena);          /* it did not all fit: give up */
char *arena_text(struct arena *arena, const char *text, size_t length);
void arena_free(struct arena *arena);

#endif
