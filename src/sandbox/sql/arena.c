#include "sandbox/sql/arena.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define BLOCK 16384

struct block {
    struct block *next;
    size_t used, size;
    max_align_t bytes[];
};

struct arena {
    struct block *blocks;
    size_t total, maximum;
    bool full;
};

struct arena *arena_new(size_t maximum)
{
    struct arena *a = mem_alloc(sizeof *a);
    a->maximum = maximum;
    return a;
}

/* Beyond the bound, memory is still given (so callers need no checks), but the arena is marked as
 * full and the parser stops at its next token. The batch's size bounds a single request. */
void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct block *b = a->blocks;
    if (!b || b->size - b->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        b = mem_alloc(sizeof *b + room);
        b->size = room;
        b->next = a->blocks;
        a->blocks = b;
        a->total += room;
        if (a->total > a->maximum)
            a->full = true;
    }
    void *p = (char *)b->bytes + b->used;
    b->used += size;
    return p;
}

bool arena_full(const struct arena *a)
{
    return a->full;
}

char *arena_text(struct arena *a, const char *text, size_t length)
{
    char *copy = arena_alloc(a, length + 1);
    if (length)
        memcpy(copy, text, length);
    return copy;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct block *b = a->blocks; b;) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
    free(a);
}
