/* The real machine for the service commands: programs, accounts, PAM. */
#include "ctl/service_host.h"

#include <stdlib.h>

#include "base/hooks.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"
#include "os/account.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/password.h"

#define RUN_MS \
    180000 /* systemctl waits for the unit: more than TimeoutStartSec and TimeoutStopSec */

/* `sudo -u` and su do not set a session's variables, and systemctl --user needs this one. */
static const char *session_of(char *target, size_t size)
{
    if (!account_is_root() && !getenv("XDG_RUNTIME_DIR"))
        text_format(target, size, "XDG_RUNTIME_DIR=/run/user/%lld", (long long)account_own_id());
    return target;
}

/* Collect output until it ends; false: that took too long. */
static bool collect(int fd, struct buf *out)
{
    int64_t end = clock_mono_ms() + RUN_MS;
    char chunk[8192];
    for (;;) {
        int64_t left = end - clock_mono_ms();
        if (left <= 0)
            return false;
        if (!fd_wait(fd, (int)left))
            continue;
        ptrdiff_t n = fd_read(fd, chunk, sizeof chunk);
        if (n <= 0)
            return true;
        if (out)
            buf_add(out, chunk, (size_t)n);
    }
}

static int run_program(const char *const argv[], struct buf *out)
{
    char runtime[80] = "";
    const char *const also[] = {"LC_ALL=C.UTF-8", "SYSTEMD_COLORS=0", "SYSTEMD_PAGER=cat",
                                *session_of(runtime, sizeof runtime) ? runtime : NULL, NULL};
    const struct child_how how = {.argv = argv,
                                  .search = true,
                                  .also = also,
                                  .input = CHILD_NOTHING,
                                  .output = CHILD_PIPE,
                                  .errors = CHILD_OUTPUT};
    struct child child;
    struct child_end end;
    if (child_start(&how, &child) != 0)
        return -1;
    if (!collect(child.output, out))
        child_stop(&child, true);
    child_wait(&child, &end);
    fd_close(&child.output);
    return end.exited && end.code != 127 ? end.code : -1;
}

struct wanted {
    const struct account *account;
    enum path_use use;
    const char *path;
};

static void ask_as(void *user, bool had, void *answer)
{
    const struct wanted *w = user;
    if (had)
        path_check(w->use, w->path, answer);
    else
        error_set(answer, STATUS_DENIED, "account", "the rights of %s cannot be used",
                  w->account->name);
}

static bool can_use(const struct account *a, enum path_use use, const char *path, struct error *e)
{
    struct wanted w = {a, use, path};
    struct error told = {0};
    if (account_own_id() == a->id)
        return path_check(use, path, e) == STATUS_OK;
    if (!account_ask_as(a, ask_as, &w, &told, sizeof told))
        error_set(&told, STATUS_INTERNAL, "account", "the rights of %s cannot be checked", a->name);
    if (e)
        *e = told;
    return told.status == STATUS_OK;
}

static void wait_ms(int ms)
{
    for (int64_t end = clock_mono_ms() + ms, left; (left = end - clock_mono_ms()) > 0;)
        clock_sleep_ms(left);
}

static void wait_less(int ms)
{
    wait_ms(ms / 20);
}

void service_host_init(struct service_host *h)
{
    const char *root = hooks_value("ENDPOINT_SERVICE_ROOT");
    *h = (struct service_host){.uid = account_own_id(),
                               .run = run_program,
                               .account = account_find,
                               .can = can_use,
                               .password = password_verify,
                               .wait_ms = wait_ms};
    if (root && *root) { /* a test's own system: we own its files */
        text_copy(h->root, sizeof h->root, root);
        h->wait_ms = wait_less;
        h->uid = hooks_value("ENDPOINT_SERVICE_PLAIN") ? 1000 : 0;
    }
}
