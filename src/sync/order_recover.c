/* What to believe about orders that were being written: after a crash, or a step with an unknown
 * end.
 *
 * The writer that began an order judges it, whatever orders.writer is now: it knows where its file
 * is, or that its program may have run. An order that cannot be judged stays as it is, says why,
 * and is counted, so that it is never left behind silently.
 */
#include "sync/order_recover.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "sync/order_flow_internal.h"
#include "store/orders_read.h"

#define PLACE_MAX 512

struct recovery {
    struct order_flow *f;
    struct order_entry entries[ORDER_FLOW_BATCH];
    struct order_move moves[ORDER_FLOW_BATCH];
    struct order_found found[ORDER_FLOW_BATCH];
    int match[ORDER_FLOW_BATCH];
    bool unstage[ORDER_FLOW_BATCH]; /* provably not written: remove what was prepared */
    size_t count;
    /* The writer that began orders, if it is not the current one; and what it was opened for. */
    const struct writer_ops *ops;
    struct writer *writer;
    int code;
    char place[PLACE_MAX];
    struct error why; /* it cannot be opened */
};

static void close_begun(struct recovery *r)
{
    if (r->writer)
        r->ops->close(r->writer);
    r->writer = NULL;
    r->code = 0;
}

/* Did the current writer begin this order, in the same place? */
static bool is_ours(const struct order_flow *f, int code, const char *place)
{
    if (!f->writer || f->writer_ops->code != code)
        return false;
    return !*place || !f->writer_ops->place || text_equal(f->writer_ops->place(f->writer), place);
}

/* The writer that began it: the current one, or one opened for this. NULL: why says what is in the
 * way. */
static struct writer *writer_of(struct recovery *r, const struct order_entry *n,
                                const struct writer_ops **ops)
{
    struct order_flow *f = r->f;
    char place[PLACE_MAX] = "";
    struct buf b;
    buf_init(&b, PLACE_MAX);
    if (orders_place(f->orders, n->num, &b, NULL) == STATUS_OK)
        text_copy(place, sizeof place, buf_text(&b));
    buf_free(&b);
    int code = n->staged_by;
    if (is_ours(f, code, place) || (code == 1 && f->writer)) {
        *ops = f->writer_ops;
        return f->writer;
    }
    if (r->code != code || !text_equal(r->place, place)) {
        close_begun(r);
        r->code = code;
        text_copy(r->place, sizeof r->place, place);
        error_clear(&r->why);
        if (!f->begun.open ||
            f->begun.open(f->begun.user, code, place, &r->ops, &r->writer, &r->why) != STATUS_OK)
            r->writer = NULL;
    }
    *ops = r->ops;
    return r->writer;
}

/* It is not known now whether it was written. */
static void leave(struct recovery *r, const struct order_entry *n, struct order_move *m)
{
    struct order_flow *f = r->f;
    if (f->stuck++ == 0)
        f->stuck_why = r->why;
    move_note(m, "warning", "order_stuck",
              "it was being written, and what became of it cannot be told now: %-s",
              r->why.text[0] ? error_said(&r->why) : N_("the writer that began it is not there"));
    move_remedy(
        m,
        "%-s%sOr look for %s in the ERP, then: endpointctl order resolve %s --exists-as NUMBER or "
        "--does-not-exist",
        r->why.remedy[0] ? error_advice_said(&r->why) : "", r->why.remedy[0] ? " " : "", n->marker,
        n->id);
}

/* An order that was being written and is not seen in the ERP. */
static void judge(struct recovery *r, size_t i)
{
    const struct order_entry *n = &r->entries[i];
    struct order_flow *f = r->f;
    struct writer_outcome out = {0};
    const struct writer_ops *ops = NULL;
    enum written w = WRITTEN_NOT;
    if (!n->staged) { /* it is written only after that was noted */
        move_written(&r->moves[i], w, &out, n);
        r->unstage[i] = true;
        return;
    }
    struct writer *writer = writer_of(r, n, &ops);
    if (!writer) {
        leave(r, n, &r->moves[i]);
        return;
    }
    w = ops->recover(writer, n->marker, true, &out);
    move_written(&r->moves[i], w, &out, n);
    if (w == WRITTEN_LATER) {
        f->stuck++;
        if (out.error.text[0] && f->given_back++ == 0)
            f->given_back_why = out.error;
    }
    r->unstage[i] = w == WRITTEN_NOT;
}

/* Only after the ledger says that they wait: while it says staged, a missing file counts as
 * written. */
static void unstage(struct recovery *r)
{
    for (size_t i = 0; i < r->count; i++) {
        const struct writer_ops *ops = r->f->writer_ops;
        struct writer *writer = r->f->writer;
        if (!r->unstage[i] || r->entries[i].state != ORDER_WAITING)
            continue;
        if (r->entries[i].staged_by > 1)
            writer = writer_of(r, &r->entries[i], &ops);
        if (writer)
            ops->unstage(writer, r->entries[i].marker);
    }
}

static enum status recover_page(struct recovery *r, struct error *e)
{
    struct order_flow *f = r->f;
    int by[ORDER_FLOW_BATCH];
    memset(r->moves, 0, sizeof r->moves);
    memset(r->unstage, 0, sizeof r->unstage);
    enum status status = order_flow_find(f, r->entries, r->count, r->found, r->match, e);
    if (status != STATUS_OK)
        return status;
    order_flow_point(f, "recover-found");
    for (size_t i = 0; i < r->count; i++) {
        by[i] = r->entries[i].staged_by;
        if (r->match[i] >= 0)
            move_found(&r->moves[i], &r->found[r->match[i]]);
        else
            judge(r, i);
    }
    status = move_commit(f, r->entries, r->moves, r->count, e);
    if (status != STATUS_OK)
        return status;
    order_flow_point(f, "recovered");
    for (size_t i = 0; i < r->count; i++) /* a move forgets who had begun it */
        r->entries[i].staged_by = by[i];
    unstage(r);
    return STATUS_OK;
}

enum status order_flow_recover(struct order_flow *f, struct error *e)
{
    struct recovery *r = mem_alloc(sizeof *r);
    int64_t after = 0;
    enum status status;
    r->f = f;
    f->stuck = 0;
    while ((status = orders_page(f->orders, ORDER_SENDING, after, ORDER_FLOW_BATCH, r->entries,
                                 &r->count, e)) == STATUS_OK) {
        after = r->entries[r->count - 1].num;
        status = recover_page(r, e);
        if (status == STATUS_OK && !order_flow_tick(f, "recover", (uint64_t)after))
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
        if (status != STATUS_OK)
            break;
    }
    close_begun(r);
    free(r);
    if (status == STATUS_END) {
        f->unsettled = f->asked = f->stuck > 0;
        return STATUS_OK;
    }
    f->unsettled = true;
    return status;
}
