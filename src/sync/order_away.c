/* Moves files of finished orders out of the directory from which the ERP's operator imports, so
 * that importing everything again makes no second document.
 *
 * The transaction that makes the order done also notes that its file has to go; after the file is
 * gone, that is noted, too. A crash in between only repeats the move. A missing file was moved by
 * the ERP itself, or by an earlier try. */
#include "sync/order_away.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "sync/order_flow_internal.h"
#include "store/orders_read.h"
#include "store/orders_count.h"

#define AWAY_ONCE 1000 /* files of a pass: orders come first */

struct leaving {
    struct order_entry entries[ORDER_FLOW_BATCH];
    bool gone[ORDER_FLOW_BATCH];
    size_t count;
};

static void put(struct order_flow *f, struct leaving *x, size_t i)
{
    const struct order_entry *n = &x->entries[i];
    struct error why = {0};
    struct buf place;
    buf_init(&place, 600);
    x->gone[i] = false;
    if (orders_place(f->orders, n->num, &place, &why) == STATUS_OK)
        x->gone[i] = f->files.put(f->files.user, buf_text(&place), n->marker, &why) == STATUS_OK;
    if (!x->gone[i] && f->left++ == 0)
        f->left_why = why;
    buf_free(&place);
}

/* A move that may not be on the disk does not count. */
static void flush(struct order_flow *f, struct leaving *x)
{
    struct error why = {0};
    if (f->files.flush(f->files.user, &why) == STATUS_OK)
        return;
    for (size_t i = 0; i < x->count; i++) {
        f->left += x->gone[i];
        x->gone[i] = false;
    }
    f->left_why = why;
}

static enum status note_gone(struct order_flow *f, const struct leaving *x, struct error *e)
{
    enum status status = ledger_begin(f->ledger, e);
    bool began = status == STATUS_OK;
    for (size_t i = 0; i < x->count && status == STATUS_OK; i++)
        if (x->gone[i])
            status = orders_put_away(f->orders, x->entries[i].num, e);
    if (status == STATUS_OK)
        status = ledger_commit(f->ledger, e);
    else if (began)
        ledger_rollback(f->ledger);
    return status;
}

enum status order_flow_put_away(struct order_flow *f, struct error *e)
{
    int64_t after = 0;
    size_t tried = 0;
    enum status status = STATUS_OK;
    f->left = 0;
    error_clear(&f->left_why);
    if (!f->files.put)
        return STATUS_OK;
    struct leaving *x = mem_alloc(sizeof *x);
    while (tried < AWAY_ONCE && (status = orders_away(f->orders, after, ORDER_FLOW_BATCH,
                                                      x->entries, &x->count, e)) == STATUS_OK) {
        after = x->entries[x->count - 1].num;
        tried += x->count;
        for (size_t i = 0; i < x->count; i++)
            put(f, x, i);
        flush(f, x);
        order_flow_point(f, "moved");
        status = note_gone(f, x, e);
        if (status != STATUS_OK)
            break;
        order_flow_point(f, "put-away");
        if (!order_flow_tick(f, "put-away", tried)) {
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
            break;
        }
    }
    free(x);
    if (status == STATUS_END || status == STATUS_OK)
        return STATUS_OK;
    return status == STATUS_CANCELLED ? status : order_flow_failed(f, ORDER_SIDE_LEDGER, status);
}
