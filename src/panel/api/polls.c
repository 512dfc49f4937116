#include "panel/api/polls.h"

#include <microhttpd.h>
#include <stdlib.h>

#include "base/memory.h"
#include "os/mutex.h"

struct seat {
    struct MHD_Connection *connection;
    int64_t deadline_ms;
};

struct polls {
    struct mutex lock;
    struct seat *seats;
    size_t count, most;
    int64_t wakes;
    bool ended;
};

struct polls *polls_open(size_t most)
{
    struct polls *p = mem_alloc(sizeof *p);
    *p = (struct polls){.seats = mem_array(most, sizeof(struct seat)), .most = most};
    return p;
}

void polls_close(struct polls *p)
{
    if (!p)
        return;
    free(p->seats);
    free(p);
}

int64_t polls_wakes(struct polls *p)
{
    mutex_lock(&p->lock);
    int64_t count = p->wakes;
    mutex_unlock(&p->lock);
    return count;
}

enum parked polls_park(struct polls *p, struct MHD_Connection *connection, int64_t deadline_ms,
                       int64_t seen)
{
    enum parked result = PARK_FULL;
    mutex_lock(&p->lock);
    if (p->wakes != seen && !p->ended) {
        result = PARK_LATE;
    } else if (p->count < p->most && !p->ended) {
        p->seats[p->count++] = (struct seat){connection, deadline_ms};
        MHD_suspend_connection(connection);
        result = PARKED;
    }
    mutex_unlock(&p->lock);
    return result;
}

/* Resume those whose deadline is not later than this. */
static void resume(struct polls *p, int64_t upto_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++) {
        if (p->seats[i].deadline_ms > upto_ms)
            p->seats[kept++] = p->seats[i];
        else
            MHD_resume_connection(p->seats[i].connection);
    }
    p->count = kept;
}

void polls_wake(struct polls *p)
{
    mutex_lock(&p->lock);
    resume(p, INT64_MAX);
    p->wakes++;
    mutex_unlock(&p->lock);
}

void polls_expire(struct polls *p, int64_t now_ms)
{
    mutex_lock(&p->lock);
    resume(p, now_ms);
    mutex_unlock(&p->lock);
}

void polls_end(struct polls *p)
{
    mutex_lock(&p->lock);
    p->ended = true;
    resume(p, INT64_MAX);
    p->wakes++;
    mutex_unlock(&p->lock);
}

bool polls_ended(struct polls *p)
{
    mutex_lock(&p->lock);
    bool ended = p->ended;
    mutex_unlock(&p->lock);
    return ended;
}

int64_t polls_next(struct polls *p)
{
    int64_t next = INT64_MAX;
    mutex_lock(&p->lock);
    for (size_t i = 0; i < p->count; i++)
        if (p->seats[i].deadline_ms < next)
            next = p->seats[i].deadline_ms;
    mutex_unlock(&p->lock);
    return next;
}
