#include "sandbox/tds/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"
#include "os/log.h"
#include "sandbox/tds/tds_session.h"

#define CONNECTIONS 64

struct slot {
    pthread_t thread;
    int fd; /* -1: free */
    bool ended;
};

struct pool {
    pthread_mutex_t lock;
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
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t length = sizeof a;
    int on = 1;
    if (inet_pton(AF_INET, address, &a.sin_addr) != 1)
        return error_set(e, STATUS_INVALID, "listen_address", "\"%s\" is not an IPv4 address",
                         address);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return error_errno(e, errno, "listen", "cannot make a socket");
    setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(*fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(*fd, 64) != 0 ||
        getsockname(*fd, (struct sockaddr *)&a, &length) != 0) {
        enum status status =
            error_errno(e, errno, "listen", "cannot listen on %s:%d", address, *port);
        close(*fd);
        return status;
    }
    *port = ntohs(a.sin_port);
    return STATUS_OK;
}

static void *serve(void *argument)
{
    struct job *job = argument;
    struct pool *pool = job->pool;
    int fd = fcntl(job->slot->fd, F_DUPFD_CLOEXEC,
                   0); /* the slot's own copy stays open until the join: stopping needs it */
    if (fd >= 0)
        tds_serve(fd, pool->engine, pool->options);
    pthread_mutex_lock(&pool->lock);
    job->slot->ended = true;
    pthread_mutex_unlock(&pool->lock);
    free(job);
    return NULL;
}

static void reap(struct pool *pool, bool all)
{
    for (size_t i = 0; i < CONNECTIONS; i++) {
        struct slot *s = &pool->slots[i];
        pthread_mutex_lock(&pool->lock);
        bool ended = s->ended;
        pthread_mutex_unlock(&pool->lock);
        if (s->fd < 0 || (!ended && !all))
            continue;
        if (all)
            shutdown(s->fd, SHUT_RDWR);
        pthread_join(s->thread, NULL);
        close(s->fd);
        s->fd = -1;
        s->ended = false;
    }
}

static void take(struct pool *pool, int fd)
{
    struct timeval idle = {.tv_sec = 3600};
    int on = 1;
    struct slot *s = NULL;
    for (size_t i = 0; i < CONNECTIONS && !s; i++)
        if (pool->slots[i].fd < 0)
            s = &pool->slots[i];
    if (!s) {
        log_warning("a connection was refused: %d are open", CONNECTIONS);
        close(fd);
        return;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &idle, sizeof idle);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &idle, sizeof idle);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct job *job = mem_alloc(sizeof *job);
    job->pool = pool;
    job->slot = s;
    s->fd = fd;
    if (pthread_create(&s->thread, NULL, serve, job) != 0) {
        log_error("a thread could not be started");
        close(fd);
        s->fd = -1;
        free(job);
    }
}

void server_run(int fd, struct engine *engine, const struct tds_options *options,
                const volatile int *stop)
{
    struct pool *pool = mem_alloc(sizeof *pool);
    pthread_mutex_init(&pool->lock, NULL);
    pool->engine = engine;
    pool->options = options;
    for (size_t i = 0; i < CONNECTIONS; i++)
        pool->slots[i].fd = -1;
    while (!*stop) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        /* The time-out only bounds how long a signal between the test and poll goes unnoticed. */
        if (poll(&p, 1, 500) > 0) {
            int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
            if (connection >= 0)
                take(pool, connection);
        }
        reap(pool, false);
    }
    reap(pool, true);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}
