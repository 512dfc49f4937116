#include "panel/store/store_notice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "os/bell.h"
#include "panel/store/store_internal.h"

#define NAME "notice.sock"

struct store_notice {
    struct bell *bell;
};

enum status store_notice_open(const char *data_dir, struct store_notice **out, struct error *e)
{
    struct store_notice *n = mem_alloc(sizeof *n);
    *out = n;
    if (bell_open(data_dir, NAME, &n->bell))
        return STATUS_OK;
    return error_set(e, STATUS_IO, "notice", "cannot listen on %s/" NAME ": %s", data_dir,
                     strerror(errno));
}

void store_notice_close(struct store_notice *n)
{
    if (n)
        bell_close(n->bell);
    free(n);
}

bool store_notice_wait(struct store_notice *n, int timeout_ms)
{
    return bell_wait(n->bell, timeout_ms);
}

void store_notice_wake(struct store_notice *n)
{
    bell_wake(n->bell);
}

/* ---- telling ------------------------------------------------------------------------------------ */

void store_notice_attach(struct store *s, struct store_notice *n)
{
    s->notice = n;
}

void store_tell(struct store *s)
{
    if (!s->news || !sqlite3_get_autocommit(s->db))
        return;
    s->news = false;
    if (s->notice)
        bell_ring(s->notice->bell);
    else
        bell_ring_in(s->data_dir, NAME);
}
