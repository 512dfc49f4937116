#include "channel/budget.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/crypto.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/host.h"
#include "os/lock.h"
#include "os/path.h"

#define MAGIC        UINT64_C(0x3130746764754245) /* "EBudgt01" */
#define PAUSE_MS     5
#define LOCK_TRIES   400  /* pauses; a process holds the lock for microseconds only */
#define OVERTAKEN_MS 5000 /* longer than any process waits for the lock */
#define WISH_MS      2000 /* a wish lives this much longer than the wait in the answer */
#define MORE_MS      1000
#define PASSED_BY_MS 250 /* when to ask again if a class in front wants the call */
#define NAME_HEX     16  /* bytes of the hash in a file's name */

struct wish {
    int64_t since_ms, until_ms; /* until 0: none */
};

/* The file's content in this machine's byte order; it is never moved to another machine. */
struct state {
    uint64_t magic, boot;
    uint32_t blocked, blocks, count, unused;
    int64_t blocked_since_ms, blocked_until_ms, probe_until_ms;
    struct wish wishes[BUDGET_CLASSES];
    int64_t drawn_ms[BUDGET_MOST]; /* the oldest first */
    uint8_t proof[8];              /* of everything before it */
};

struct budget {
    char path[PATH_MAX];
    struct budget_rule rule;
    uint64_t boot;
    int fd;
    bool probing; /* the last call drawn must find out about a block */
    struct state state;
};

/* ---- the file ----------------------------------------------------------------------------------- */

static void prove(const struct state *s, uint8_t proof[8])
{
    uint8_t hash[CRYPTO_HASH];
    crypto_sha256(s, offsetof(struct state, proof), hash);
    memcpy(proof, hash, 8);
}

/* An id of this start of the machine, from which the clock counts. 0: not known. */
static uint64_t this_boot(void)
{
    struct buf b;
    uint8_t hash[CRYPTO_HASH];
    uint64_t boot = 0;
    buf_init(&b, 256);
    host_boot(&b);
    if (b.length) {
        crypto_sha256(buf_text(&b), b.length, hash);
        memcpy(&boot, hash, sizeof boot);
    }
    buf_free(&b);
    return boot;
}

static enum status open_file(struct budget *b, struct error *e)
{
    fd_close(&b->fd);
    b->fd = file_open(b->path, 0600);
    return b->fd >= 0 ? STATUS_OK : error_errno(e, errno, "budget_file", "cannot open %s", b->path);
}

enum status budget_open(const char *state_dir, const char *shop, const char *credential,
                        const struct budget_rule *rule, struct budget **out, struct error *e)
{
    char directory[PATH_MAX], name[2 * NAME_HEX + 1];
    uint8_t hash[CRYPTO_HASH];
    struct buf both;
    *out = NULL;
    enum status status = path_join(directory, sizeof directory, state_dir, "budgets", e);
    if (status == STATUS_OK)
        status = dir_ensure(directory, 0700, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&both, 65536);
    buf_printf(&both, "%s\n%s", shop, credential);
    crypto_sha256(buf_text(&both), both.length, hash);
    mem_wipe(both.data, both.length);
    buf_free(&both);
    crypto_hex(name, hash, NAME_HEX);
    struct budget *b = mem_alloc(sizeof *b);
    b->fd = -1;
    b->rule = *rule;
    b->rule.most = rule->most < 1 ? 1 : rule->most > BUDGET_MOST ? BUDGET_MOST : rule->most;
    b->boot = this_boot();
    if (!text_format(b->path, sizeof b->path, "%s/%s-%s", directory, shop, name))
        status =
            error_set(e, STATUS_INVALID, "budget_file", "the path of %s is too long", directory);
    else
        status = open_file(b, e);
    if (status != STATUS_OK) {
        budget_close(b);
        return status;
    }
    *out = b;
    return STATUS_OK;
}

void budget_close(struct budget *b)
{
    if (!b)
        return;
    fd_close(&b->fd);
    free(b);
}

static enum status lock(struct budget *b, int64_t *wait_ms, struct error *e)
{
    struct file_look l;
    if (!file_look_open(b->fd, &l) || l.links == 0) { /* somebody tidied up */
        enum status status = open_file(b, e);
        if (status != STATUS_OK)
            return status;
    }
    for (int i = 0; i < LOCK_TRIES; i++) {
        int number = lock_try(b->fd);
        if (!number)
            return STATUS_OK;
        if (number != EWOULDBLOCK && number != EINTR)
            return error_errno(e, number, "budget_file", "cannot lock %s", b->path);
        clock_sleep_ms(PAUSE_MS);
    }
    if (wait_ms)
        *wait_ms = 1000;
    return error_set(e, STATUS_BUSY, "budget_spent", "another process has locked %s", b->path);
}

static void unlock(struct budget *b)
{
    lock_release(b->fd);
}

/* The noted times cannot be compared with our clock: treat them all as just now. */
static void restart(struct budget *b, int64_t now_ms)
{
    struct state *s = &b->state;
    int64_t blocked_for = s->blocked_until_ms - s->blocked_since_ms;
    for (uint32_t i = 0; i < s->count; i++)
        s->drawn_ms[i] = now_ms;
    s->blocked_since_ms = now_ms;
    s->blocked_until_ms = now_ms + blocked_for;
    s->probe_until_ms = 0;
    memset(s->wishes, 0, sizeof s->wishes);
    s->boot = b->boot;
}

/* A damaged file does not tell what was drawn: wait one window. */
static void damaged(struct budget *b, int64_t now_ms)
{
    struct state *s = &b->state;
    memset(s, 0, sizeof *s);
    s->magic = MAGIC;
    s->boot = b->boot;
    s->count = b->rule.most;
    for (uint32_t i = 0; i < s->count; i++)
        s->drawn_ms[i] = now_ms;
}

/* The time of the last note. */
static int64_t newest_of(const struct state *s)
{
    int64_t newest = s->count ? s->drawn_ms[s->count - 1] : 0;
    newest = s->blocked_since_ms > newest ? s->blocked_since_ms : newest;
    for (size_t i = 0; i < BUDGET_CLASSES; i++)
        newest = s->wishes[i].since_ms > newest ? s->wishes[i].since_ms : newest;
    return newest;
}

static void forget_old(struct budget *b, int64_t now_ms)
{
    struct state *s = &b->state;
    uint32_t old = 0;
    while (old < s->count && s->drawn_ms[old] + b->rule.window_ms + BUDGET_WINDOW_SLACK <= now_ms)
        old++;
    s->count -= old;
    memmove(s->drawn_ms, s->drawn_ms + old, s->count * sizeof s->drawn_ms[0]);
}

static enum status store(struct budget *b, struct error *e)
{
    struct state *s = &b->state;
    prove(s, s->proof);
    ptrdiff_t put = file_write_at(b->fd, s, sizeof *s, 0);
    if (put == sizeof *s)
        return STATUS_OK;
    return error_errno(e, put < 0 ? errno : ENOSPC, "budget_file", "cannot write %s", b->path);
}

/* *now_ms: the caller's clock before it waited for the lock; others may have used the file since. */
static enum status load(struct budget *b, int64_t *now_ms, struct error *e)
{
    struct state *s = &b->state;
    uint8_t proof[8];
    ptrdiff_t got = file_read_at(b->fd, s, sizeof *s, 0);
    if (got < 0)
        return error_errno(e, errno, "budget_file", "cannot read %s", b->path);
    if (got == 0) {
        memset(s, 0, sizeof *s);
        s->magic = MAGIC;
        s->boot = b->boot;
        return STATUS_OK;
    }
    prove(s, proof);
    bool whole = got == sizeof *s && s->magic == MAGIC && memcmp(proof, s->proof, 8) == 0 &&
                 s->count <= BUDGET_MOST;
    bool other_time = s->boot != b->boot || newest_of(s) > *now_ms + OVERTAKEN_MS;
    if (!whole)
        damaged(b, *now_ms);
    else if (other_time)
        restart(b, *now_ms);
    else if (newest_of(s) > *now_ms)
        *now_ms = newest_of(s);
    forget_old(b, *now_ms);
    return whole && !other_time ? STATUS_OK
                                : store(b, e); /* the window begins once, not with each read */
}

/* ---- who gets a call ---------------------------------------------------------------------------- */

/* How many calls of a window a class may use: each class in front of it has one more in eighty. */
static unsigned ceiling_of(const struct budget *b, enum budget_class class)
{
    return b->rule.most - b->rule.most * (unsigned)class / 80;
}

static bool is_fresh(const struct wish *w, int64_t now_ms)
{
    return w->until_ms > now_ms;
}

/* How long until the class may ask again; 0: it may have a call now. */
static int64_t wait_of(const struct budget *b, enum budget_class class, int64_t now_ms)
{
    const struct state *s = &b->state;
    const struct wish *own = &s->wishes[class];
    unsigned ceiling = ceiling_of(b, class);
    if (s->count >= ceiling)
        return s->drawn_ms[s->count - ceiling] + b->rule.window_ms + BUDGET_WINDOW_SLACK - now_ms;
    if (is_fresh(own, now_ms) && own->since_ms + 2 * b->rule.window_ms <= now_ms)
        return 0;
    for (size_t i = 0; i < (size_t) class; i++)
        if (is_fresh(&s->wishes[i], now_ms))
            return PASSED_BY_MS;
    return 0;
}

/* How long the block still lasts; 0: the call may be made, to find out whether the block is over. */
static int64_t blocked_for(struct budget *b, int64_t now_ms)
{
    struct state *s = &b->state;
    b->probing = false;
    if (s->blocked == BUDGET_FREE)
        return 0;
    int64_t until =
        s->blocked_until_ms > s->probe_until_ms ? s->blocked_until_ms : s->probe_until_ms;
    b->probing = until <= now_ms;
    return b->probing ? 0 : until - now_ms;
}

static enum status blocked_text(const struct state *s, int64_t left_ms, struct error *e)
{
    char left[32];
    text_from_duration(left, sizeof left, left_ms);
    if (s->blocked == BUDGET_ACCOUNT)
        return error_set(e, STATUS_BUSY, "budget_blocked",
                         "the shop has blocked the whole account; it is tried again in %s", left);
    return error_set(e, STATUS_BUSY, "budget_blocked",
                     "the shop has blocked the token; it is tried again in %s", left);
}

static enum status draw(struct budget *b, enum budget_class class, int64_t now_ms, int64_t *wait_ms,
                        struct error *e)
{
    struct state *s = &b->state;
    struct wish *own = &s->wishes[class];
    int64_t wait = blocked_for(b, now_ms);
    if (wait > 0) {
        *wait_ms = wait;
        return blocked_text(s, wait, e);
    }
    wait = wait_of(b, class, now_ms);
    if (wait > 0) {
        char left[32];
        if (!is_fresh(own, now_ms))
            own->since_ms = now_ms;
        own->until_ms = now_ms + wait + WISH_MS;
        b->probing = false;
        *wait_ms = wait;
        enum status status = store(b, e);
        text_from_duration(left, sizeof left, wait);
        return status != STATUS_OK
                   ? status
                   : error_set(
                         e, STATUS_BUSY, "budget_spent",
                         "the calls that the shop allows in %lld s are used up; the next one is "
                         "due in %s",
                         (long long)b->rule.window_ms / 1000, left);
    }
    if (b->probing)
        s->probe_until_ms = now_ms + BUDGET_PROBE_MS;
    /* A class that had to wait for this call most likely wants the next one, too. */
    own->since_ms = now_ms;
    own->until_ms = is_fresh(own, now_ms) ? now_ms + MORE_MS : 0;
    s->drawn_ms[s->count++] = now_ms;
    return store(b, e);
}

enum status budget_draw(struct budget *b, enum budget_class class, int64_t now_ms, int64_t *wait_ms,
                        struct error *e)
{
    *wait_ms = 0;
    enum status status = lock(b, wait_ms, e);
    if (status != STATUS_OK)
        return status;
    status = load(b, &now_ms, e);
    if (status == STATUS_OK)
        status = draw(b, class, now_ms, wait_ms, e);
    unlock(b);
    return status;
}

enum status budget_block(struct budget *b, enum budget_blocked what, int64_t for_ms, int64_t now_ms,
                         struct error *e)
{
    struct state *s = &b->state;
    enum status status = lock(b, NULL, e);
    if (status != STATUS_OK)
        return status;
    status = load(b, &now_ms, e);
    if (status == STATUS_OK) {
        int64_t until = now_ms + (for_ms > BUDGET_BLOCK_MOST ? BUDGET_BLOCK_MOST
                                  : for_ms < 1000            ? 1000
                                                             : for_ms);
        /* Calls that were under way when the block began report the same block again. */
        if (s->blocked == BUDGET_FREE || s->blocked_until_ms <= now_ms)
            s->blocks++;
        if (s->blocked == BUDGET_FREE || until > s->blocked_until_ms)
            s->blocked_until_ms = until;
        if (what > s->blocked)
            s->blocked = what;
        s->blocked_since_ms = now_ms;
        s->probe_until_ms = 0;
        b->probing = false;
        status = store(b, e);
    }
    unlock(b);
    return status;
}

enum status budget_answered(struct budget *b, int64_t now_ms, struct error *e)
{
    struct state *s = &b->state;
    if (!b->probing)
        return STATUS_OK;
    enum status status = lock(b, NULL, e);
    if (status != STATUS_OK)
        return status;
    status = load(b, &now_ms, e);
    if (status == STATUS_OK) {
        s->blocked = BUDGET_FREE;
        s->blocks = 0;
        s->blocked_since_ms = s->blocked_until_ms = s->probe_until_ms = 0;
        b->probing = false;
        status = store(b, e);
    }
    unlock(b);
    return status;
}

enum status budget_look(struct budget *b, int64_t now_ms, struct budget_view *v, struct error *e)
{
    const struct state *s = &b->state;
    memset(v, 0, sizeof *v);
    v->most = b->rule.most;
    enum status status = lock(b, NULL, e);
    if (status != STATUS_OK)
        return status;
    status = load(b, &now_ms, e);
    if (status == STATUS_OK) {
        v->used = s->count;
        v->blocked = (enum budget_blocked)s->blocked;
        v->blocks = s->blocks;
        v->blocked_ms =
            s->blocked && s->blocked_until_ms > now_ms ? s->blocked_until_ms - now_ms : 0;
    }
    unlock(b);
    return status;
}
