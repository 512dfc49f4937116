/* Seeing in the ERP what became of orders. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "sync/order_flow_internal.h"

struct look {
    struct order_entry entries[ORDER_FLOW_LOOK];
    struct order_move moves[ORDER_FLOW_LOOK];
    struct order_found found[ORDER_FLOW_LOOK];
    int match[ORDER_FLOW_LOOK];
    size_t count;
};

/* Handed over and not seen for too long: a person has to import it, or to say what became of it. */
static void overdue(const struct order_flow *f, const struct order_entry *n, struct order_move *m)
{
    bool file = f->writer_ops && f->writer_ops->makes_files;
    char since[CLOCK_TEXT];
    clock_format(since, n->handed_ms);
    m->what = MOVE_NOTE;
    m->level = "warning";
    m->code = "order_overdue";
    text_format(m->reason, sizeof m->reason,
                "given to the ERP as %s at %s, and no document with this marker has appeared",
                n->marker, since);
    text_format(
        m->remedy, sizeof m->remedy,
        file
            ? "Import the file %s.epp in the ERP. If it was imported: endpointctl order resolve %s "
              "--exists-as NUMBER; if it is lost: --does-not-exist"
            : "Look for %s in the ERP, then: endpointctl order resolve %s --exists-as NUMBER or "
              "--does-not-exist",
        n->marker, n->id);
}

static enum status look_at(struct order_flow *f, struct look *l, enum order_state state,
                           struct error *e)
{
    int64_t after = 0, now = flow_now(f);
    enum status status;
    while ((status = orders_page(f->orders, state, after, ORDER_FLOW_LOOK, l->entries, &l->count,
                                 e)) == STATUS_OK) {
        memset(l->moves, 0, sizeof l->moves);
        after = l->entries[l->count - 1].num;
        status = flow_find(f, l->entries, l->count, l->found, l->match, e);
        if (status != STATUS_OK)
            return status;
        bool any = false;
        for (size_t i = 0; i < l->count; i++) {
            const struct order_entry *n = &l->entries[i];
            /* A clock that was set back must not make anything overdue, nor keep it from being so.
             */
            bool late = state == ORDER_HANDED_OVER && f->wait_ms && now - n->handed_ms > f->wait_ms;
            if (l->match[i] >= 0)
                move_found(&l->moves[i], &l->found[l->match[i]]);
            else if (late)
                overdue(f, n, &l->moves[i]);
            f->overdue += late && l->match[i] < 0;
            any |= l->moves[i].what != MOVE_NONE;
        }
        flow_point(f, "seen");
        if (any)
            status = moves_commit(f, l->entries, l->moves, l->count, e);
        if (status != STATUS_OK)
            return status;
        flow_point(f, "done");
        if (!flow_tick(f, "look", (uint64_t)after))
            return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    return status == STATUS_END ? STATUS_OK : flow_failed(f, ORDER_SIDE_LEDGER, status);
}

enum status order_flow_look(struct order_flow *f, struct error *e)
{
    struct look *l = mem_alloc(sizeof *l);
    f->overdue = 0;
    enum status status = look_at(f, l, ORDER_HANDED_OVER, e);
    if (status == STATUS_OK)
        status = look_at(f, l, ORDER_IN_DOUBT, e);
    free(l);
    return status;
}

/* A finished order that the ERP has more of than we knew. */
static void judge(const struct order_entry *n, const struct order_found *found,
                  struct order_move *m)
{
    bool another = n->by_hand && n->copies == 0 && !text_equal(n->document, found->document);
    if (found->count <= n->copies)
        return;
    m->what = MOVE_NOTE;
    m->change.copies = found->count;
    text_copy(m->reason, sizeof m->reason, n->reason);
    text_copy(m->remedy, sizeof m->remedy, n->remedy);
    if (another)
        text_format(m->reason, sizeof m->reason,
                    "it was resolved by hand as %s, but the ERP has %s with its marker as well",
                    n->document, found->document);
    else if (found->count > 1)
        text_format(m->reason, sizeof m->reason,
                    "the ERP has %d documents of this order, the first is %s", found->count,
                    found->document);
    else
        return; /* the one that was expected: only remember that it was seen */
    m->level = "error";
    m->code = "order_twice";
    text_format(m->remedy, sizeof m->remedy, "Look for %s in the ERP and cancel what is too many.",
                found->marker);
}

enum status order_flow_watch(struct order_flow *f, struct error *e)
{
    struct look *l = mem_alloc(sizeof *l);
    int64_t after = 0, now = flow_now(f);
    enum status status;
    while ((status = orders_watched(f->orders, now, after, ORDER_FLOW_LOOK, l->entries, &l->count,
                                    e)) == STATUS_OK) {
        memset(l->moves, 0, sizeof l->moves);
        after = l->entries[l->count - 1].num;
        status = flow_find(f, l->entries, l->count, l->found, l->match, e);
        bool any = false;
        for (size_t i = 0; i < l->count && status == STATUS_OK; i++) {
            if (l->match[i] >= 0)
                judge(&l->entries[i], &l->found[l->match[i]], &l->moves[i]);
            any |= l->moves[i].what != MOVE_NONE;
        }
        if (status == STATUS_OK && any)
            status = moves_commit(f, l->entries, l->moves, l->count, e);
        if (status != STATUS_OK)
            break;
        if (!flow_tick(f, "look", (uint64_t)after)) {
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
            break;
        }
    }
    free(l);
    return status == STATUS_END ? STATUS_OK : status;
}
