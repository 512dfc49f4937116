#include "os/stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"
#include "os/posix/ready.h"

static volatile int wanted; /* an int is written whole on every machine that we run on */

static void note(int number)
{
    (void)number;
    wanted = 1;
}

void stop_never_for_writes(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a size limit is a full disk, not a reason to die */
}

void stop_with_reader(void)
{
    signal(SIGPIPE, SIG_DFL);
}

_Static_assert(sizeof(struct sigaction) <= sizeof(struct stop_quiet), "an action has room");

void stop_quiet_begin(struct stop_quiet *q)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, (struct sigaction *)(void *)q->system);
}

void stop_quiet_end(const struct stop_quiet *q)
{
    sigaction(SIGPIPE, (const struct sigaction *)(const void *)q->system, NULL);
}

void stop_listen(void)
{
    const struct sigaction action = {.sa_handler = note};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
}

static sigset_t while_waiting;

void stop_listen_waiting(void)
{
    static const int ends[] = {SIGHUP, SIGTERM, SIGINT, SIGQUIT};
    const struct sigaction action = {.sa_handler = note};
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGWINCH);
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        sigaddset(&held, ends[i]);
        sigaction(ends[i], &action, NULL);
    }
    sigprocmask(SIG_BLOCK, &held, &while_waiting);
    sigdelset(&while_waiting, SIGWINCH);
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        sigdelset(&while_waiting, ends[i]);
}

bool stop_ready_wait(struct ready *list, size_t count, int timeout_ms)
{
    struct pollfd fds[READY_MOST];
    const struct timespec wait = {timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000};
    size_t used = ready_ask(list, count, fds);
    int n = ppoll(fds, used, &wait, &while_waiting);
    int number = errno;
    ready_answer(list, count, fds, n > 0);
    return n >= 0 || number == EINTR;
}

void stop_listen_alone(void)
{
    sigset_t both;
    stop_listen();
    sigemptyset(&both);
    sigaddset(&both, SIGTERM);
    sigaddset(&both, SIGINT);
    pthread_sigmask(SIG_BLOCK, &both, NULL);
}

void stop_wait(void)
{
    sigset_t none;
    sigemptyset(&none);
    while (!wanted)
        sigsuspend(&none); /* the signals are blocked everywhere else */
}

bool stop_wanted(void)
{
    return wanted != 0;
}

volatile int *stop_flag(void)
{
    return &wanted;
}

_Noreturn void stop_at_once(void)
{
    raise(SIGKILL);
    abort(); /* never reached */
}
