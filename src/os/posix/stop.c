#include "os/stop.h"

#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

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
    abort(); /* nobody comes here */
}
