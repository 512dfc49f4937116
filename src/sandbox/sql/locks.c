#include "sandbox/sql/locks.h"

#include <stdlib.h>

#include "base/memory.h"
#include "os/clock.h"
#include "os/condition.h"
#include "os/mutex.h"

#define HELD_MAX 256
#define LOOK_MS  20

struct locks {
    struct mutex lock;
    struct condition dropped;
    struct {
        const void *owner;
        const struct table *table;
    } held[HELD_MAX];
    size_t count;
};

struct locks *locks_new(void)
{
    struct locks *l = mem_alloc(sizeof *l);
    condition_open(&l->dropped);
    return l;
}

void locks_free(struct locks *l)
{
    if (!l)
        return;
    condition_close(&l->dropped);
    free(l);
}

void locks_take(struct locks *l, const void *owner, const struct table *t)
{
    mutex_lock(&l->lock);
    size_t i = 0;
    while (i < l->count && (l->held[i].owner != owner || l->held[i].table != t))
        i++;
    if (i == l->count && l->count < HELD_MAX) {
        l->held[l->count].owner = owner;
        l->held[l->count++].table = t;
    }
    mutex_unlock(&l->lock);
}

void locks_drop(struct locks *l, const void *owner)
{
    mutex_lock(&l->lock);
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++)
        if (l->held[i].owner != owner)
            l->held[kept++] = l->held[i];
    l->count = kept;
    condition_wake_all(&l->dropped);
    mutex_unlock(&l->lock);
}

static bool held_locked(const struct locks *l, const void *owner, const struct table *const *tables,
                        size_t count)
{
    for (size_t i = 0; i < l->count; i++)
        for (size_t k = 0; k < count; k++)
            if (l->held[i].table == tables[k] && l->held[i].owner != owner)
                return true;
    return false;
}

bool locks_wait(struct locks *l, const void *owner, const struct table *const *tables, size_t count,
                int64_t timeout_ms, bool (*stop)(void *user), void *user)
{
    int64_t until = clock_mono_ms() + timeout_ms;
    bool good = true;
    mutex_lock(&l->lock);
    while (good && held_locked(l, owner, tables, count)) {
        condition_wait_ms(&l->dropped, &l->lock, LOOK_MS);
        good = (timeout_ms < 0 || clock_mono_ms() < until) && !(stop && stop(user));
    }
    mutex_unlock(&l->lock);
    return good;
}
