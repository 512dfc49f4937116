#include "panel/api/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/log.h"
#include "os/mutex.h"
#include "os/net.h"

#define LOG_EVERY_MS 10000

enum guest_state { GUEST_NEW, GUEST_ASKS, GUEST_RESTS };

struct guest {
    struct guest *next;
    int fd;
    enum guest_state state;
    bool known, ended;
    int64_t since_ms; /* in this state */
    char address[GUARD_ADDRESS];
};

struct guard {
    struct guard_limits limits;
    struct mutex lock;
    struct guest *guests; /* the newest first */
    int count;            /* without those that were ended */
    /* Since the last line in the log. */
    int64_t logged_ms;
    unsigned silent, evicted, refused;
    char last[GUARD_ADDRESS];
};

struct guard *guard_open(const struct guard_limits *limits)
{
    struct guard *g = mem_alloc(sizeof *g);
    g->limits = *limits;
    return g;
}

void guard_close(struct guard *g)
{
    if (!g)
        return;
    while (g->guests) {
        struct guest *next = g->guests->next;
        free(g->guests);
        g->guests = next;
    }
    free(g);
}

void guard_address(const struct net_address *address, char target[GUARD_ADDRESS])
{
    if (!address || !net_address_network(address, target))
        target[0] = '\0';
}

/* ---- ending --------------------------------------------------------------------------------------- */

/* why: the counter to raise; NULL: nothing to report. */
static void end(struct guard *g, struct guest *who, unsigned *why)
{
    if (who->ended)
        return;
    who->ended = true;
    g->count--;
    if (why) {
        ++*why;
        text_copy(g->last, sizeof g->last, who->address);
    }
    net_shut(who->fd);
}

/* The connection to end instead of turning a newcomer away: first strangers without a request, then
 * strangers with one, then known endpoints that are idle; among equals the one that has been so for
 * the longest time. address NULL: from anywhere. */
static struct guest *dispensable(struct guard *g, const struct guest *newcomer, const char *address)
{
    struct guest *found = NULL;
    int rank = 3;
    for (struct guest *at = g->guests; at; at = at->next) {
        if (at == newcomer || at->ended || (address && !text_equal(at->address, address)))
            continue;
        int its = at->known                 ? (at->state == GUEST_RESTS && !address ? 2 : 3)
                  : at->state == GUEST_ASKS ? 1
                                            : 0;
        if (its < rank || (its == rank && its < 3 && found && at->since_ms <= found->since_ms)) {
            rank = its;
            found = at;
        }
    }
    return rank < 3 ? found : NULL;
}

static int strangers_from(const struct guard *g, const char *address)
{
    int n = 0;
    for (const struct guest *at = g->guests; at; at = at->next)
        n += !at->known && !at->ended && text_equal(at->address, address);
    return n;
}

struct guest *guard_enter(struct guard *g, int fd, const struct net_address *address,
                          int64_t now_ms)
{
    struct guest *who = mem_alloc(sizeof *who), *other = NULL;
    *who = (struct guest){.fd = fd, .state = GUEST_NEW, .since_ms = now_ms};
    guard_address(address, who->address);
    mutex_lock(&g->lock);
    who->next = g->guests;
    g->guests = who;
    g->count++;
    if (strangers_from(g, who->address) > g->limits.strangers &&
        (other = dispensable(g, who, who->address)) != NULL)
        end(g, other, &g->evicted);
    if (g->count > g->limits.connections) {
        other = dispensable(g, who, NULL);
        if (other)
            end(g, other, &g->evicted);
        else
            end(g, who, &g->refused);
    }
    mutex_unlock(&g->lock);
    return who;
}

static void enter_state(struct guard *g, struct guest *who, enum guest_state state, int64_t now_ms)
{
    if (!who)
        return;
    mutex_lock(&g->lock);
    who->state = state;
    who->since_ms = now_ms;
    mutex_unlock(&g->lock);
}

void guard_begins(struct guard *g, struct guest *who, int64_t now_ms)
{
    enter_state(g, who, GUEST_ASKS, now_ms);
}

void guard_rests(struct guard *g, struct guest *who, int64_t now_ms)
{
    enter_state(g, who, GUEST_RESTS, now_ms);
}

void guard_knows(struct guard *g, struct guest *who)
{
    if (!who)
        return;
    mutex_lock(&g->lock);
    who->known = true;
    mutex_unlock(&g->lock);
}

void guard_leaves(struct guard *g, struct guest *who)
{
    if (!who)
        return;
    mutex_lock(&g->lock);
    for (struct guest **at = &g->guests; *at; at = &(*at)->next) {
        if (*at == who) {
            *at = who->next;
            break;
        }
    }
    if (!who->ended)
        g->count--;
    mutex_unlock(&g->lock);
    free(who);
}

/* ---- time ----------------------------------------------------------------------------------------- */

static int64_t patience(const struct guard *g, const struct guest *who)
{
    if (who->state == GUEST_ASKS)
        return who->known ? INT64_MAX : g->limits.request_ms;
    return who->known ? g->limits.idle_ms : g->limits.begin_ms;
}

static void add_part(char *text, size_t size, unsigned count, const char *what)
{
    size_t used = strlen(text);
    if (count)
        text_format(text + used, size - used, "%s%u %s", used ? ", " : "", count, what);
}

static void say(struct guard *g, int64_t now_ms)
{
    char text[400] = "";
    if (!(g->silent + g->evicted + g->refused) || now_ms - g->logged_ms < LOG_EVERY_MS)
        return;
    add_part(text, sizeof text, g->refused, "turned away as all connections are in use");
    add_part(text, sizeof text, g->evicted, "ended for newer ones");
    add_part(text, sizeof text, g->silent, "ended as they asked nothing in time");
    log_event(LOG_WARNING, NULL, NULL, "connections",
              "connections: %s; the last from %s (--connections %d, --strangers %d)", text, g->last,
              g->limits.connections, g->limits.strangers);
    g->silent = g->evicted = g->refused = 0;
    g->logged_ms = now_ms;
}

void guard_sweep(struct guard *g, int64_t now_ms)
{
    mutex_lock(&g->lock);
    for (struct guest *at = g->guests; at; at = at->next)
        if (!at->ended && now_ms - at->since_ms > patience(g, at))
            end(g, at, at->known || at->state == GUEST_RESTS ? NULL : &g->silent);
    say(g, now_ms);
    mutex_unlock(&g->lock);
}

int64_t guard_next(struct guard *g)
{
    int64_t next = INT64_MAX;
    mutex_lock(&g->lock);
    for (const struct guest *at = g->guests; at; at = at->next) {
        int64_t ms = patience(g, at);
        if (!at->ended && ms < INT64_MAX && at->since_ms + ms < next)
            next = at->since_ms + ms + 1;
    }
    if (g->silent + g->evicted + g->refused && g->logged_ms + LOG_EVERY_MS < next)
        next = g->logged_ms + LOG_EVERY_MS;
    mutex_unlock(&g->lock);
    return next;
}
