#include "sandbox/tds/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "os/log.h"
#include "os/mutex.h"
#include "os/net.h"
#include "os/thread.h"
#include "sandbox/tds/tds_session.h"

#define CONNECTIONS 64
#define IDLE_MS     3600000

struct slot {
    struct thread thread;
    int fd; /* -1: free */
    bool ended;
};

struct pool {
    struct mutex lock;
    struct slot slots[CONNECTIONS];
    struct engine *engine;
    const struct tds_options *options;
};

struct job {
    struct pool *pool;
    struct slot *slot;
};

enum status server_listen(const char *address, int *port, int *fd, struct error *e)
{
    struct net_address a;
    if (!net_address_parse(address, *port, &a))
        return error_set(e, STATUS_INVALID, "listen_address", "\"%s\" is not an IPv4 address",
                         address);
    *fd = net_listen(&a, NET_TCP, port);
    return *fd >= 0 ? STATUS_OK
                    : error_errno(e, errno, "listen", "cannot listen on %s:%d", address, *port);
}

static void serve(void *argument)
{
    struct job *job = argument;
    struct pool *pool = job->pool;
    int fd = net_twin(
        job->slot->fd); /* the slot's own copy stays open until the join: stopping needs it */
    if (fd >= 0)
        tds_serve(fd, pool->engine, pool->options);
    mutex_lock(&pool->lock);
    job->slot->ended = true;
    mutex_unlock(&pool->lock);
    free(job);
}

static void reap(struct pool *pool, bool all)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct slot *s = &pool->slots[i];
        mutex_lock(&pool->lock);
        bool ended = s->ended;
        mutex_unlock(&pool->lock);
        if (s->fd < 0 || (!ended && !all))
            continue;
        if (all)
            net_shut(s->fd);
        thread_join(&s->thread);
        net_close(&s->fd);
        s->ended = false;
    }
}

static void take(struct pool *pool, int fd)
{
    struct slot *s = NULL;
    for (size_t i = 0; i < CONNECTIONS && !s; i++)
        if (pool->slots[i].fd < 0)
            s = &pool->slots[i];
    if (!s) {
        log_warning("a connection was refused: %d are open", CONNECTIONS);
        net_close(&fd);
        return;
    }
    net_patience(fd, IDLE_MS);
    net_send_at_once(fd);
    struct job *job = mem_alloc(sizeof *job);
    job->pool = pool;
    job->slot = s;
    s->fd = fd;
    if (thread_start(&s->thread, serve, job) != 0) {
        log_error("a thread could not be started");
        net_close(&s->fd);
        free(job);
    }
}

void server_run(int fd, struct engine *engine, const struct tds_options *options,
                const volatile int *stop)
{
    struct pool *pool = mem_alloc(sizeof *pool);
    pool->engine = engine;
    pool->options = options;
    for (size_t i = 0; i < CONNECTIONS; i++)
        pool->slots[i].fd = -1;
    while (!*stop) {
        /* The time-out only bounds how long a signal between the test and poll goes unnoticed. */
        if (net_wait(fd, 500)) {
            int connection = net_accept(fd);
            if (connection >= 0)
                take(pool, connection);
        }
        reap(pool, false);
    }
    reap(pool, true);
    free(pool);
}
