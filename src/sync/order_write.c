/* Takes orders from waiting to handed over. What to believe after a crash is in order_recover.c. */
#include "sync/order_write.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "sync/order_flow_internal.h"
#include "store/order_proof.h"
#include "sync/order_seen.h"
#include "document/order_prepare.h"
#include "store/orders_read.h"
#include "sync/order_recover.h"

#define REFUSED_MAX 10 /* per batch; if there are more, the ERP is in trouble, not the orders */

struct batch {
    struct order_entry entries[ORDER_FLOW_BATCH];
    struct order_move moves[ORDER_FLOW_BATCH];
    struct order_document *documents[ORDER_FLOW_BATCH]; /* NULL: not to be written */
    json_t *faults[ORDER_FLOW_BATCH];
    struct order_found found[ORDER_FLOW_BATCH];
    bool there[ORDER_FLOW_BATCH];
    int match[ORDER_FLOW_BATCH];
    size_t count, refused;
};

static void batch_free(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->documents[i])
            order_document_free(b->documents[i]);
        json_decref(b->faults[i]);
    }
    free(b);
}

static void clear_moves(struct batch *b)
{
    memset(b->moves, 0, sizeof b->moves);
}

/* ---- orders given back by the writer
 * ------------------------------------------------------------- */

#define PAUSE_FIRST_MS 2000
#define PAUSE_MAX_MS   300000

void order_flow_unpause(struct order_flow *f)
{
    memset(f->pauses, 0, sizeof f->pauses);
}

static struct order_pause *pause_of(struct order_flow *f, int64_t num)
{
    for (size_t i = 0; i < COUNT_OF(f->pauses); i++)
        if (f->pauses[i].num == num)
            return &f->pauses[i];
    return NULL;
}

/* How much of the pause is left; <= 0: over. A clock that was set back makes no pause longer than
 * intended. */
static int64_t pause_left(const struct order_flow *f, struct order_pause *p)
{
    int64_t now = order_flow_now(f);
    if (p->until_ms - now > p->length_ms)
        p->until_ms = now + p->length_ms;
    return p->until_ms - now;
}

int64_t order_flow_pause_left(struct order_flow *f)
{
    int64_t first = -1;
    for (size_t i = 0; i < COUNT_OF(f->pauses); i++) {
        int64_t left = f->pauses[i].num ? pause_left(f, &f->pauses[i]) : 0;
        if (left > 0 && (first < 0 || left < first))
            first = left;
    }
    return first;
}

/* A free place, or that of the pause that ended first: its order may have moved on. NULL: none. */
static struct order_pause *pause_place(struct order_flow *f)
{
    struct order_pause *over = pause_of(f, 0);
    for (size_t i = 0; i < COUNT_OF(f->pauses) && (!over || over->num); i++) {
        struct order_pause *p = &f->pauses[i];
        if (pause_left(f, p) <= 0 && (!over || p->until_ms < over->until_ms))
            over = p;
    }
    return over;
}

/* If there is no place left, the ledger says when it was last tried. */
static bool paused(struct order_flow *f, const struct order_entry *n)
{
    struct order_pause *p = pause_of(f, n->num);
    if (p)
        return pause_left(f, p) > 0;
    int64_t since = order_flow_now(f) - n->changed_ms;
    return n->changed_ms != n->received_ms && since >= 0 && since < PAUSE_MAX_MS && !pause_of(f, 0);
}

static void give_pause(struct order_flow *f, const struct order_entry *n)
{
    struct order_pause *p = pause_of(f, n->num);
    if (!p && (p = pause_place(f)) == NULL)
        return;
    p->length_ms = p->num != n->num                  ? PAUSE_FIRST_MS
                   : 2 * p->length_ms < PAUSE_MAX_MS ? 2 * p->length_ms
                                                     : PAUSE_MAX_MS;
    p->num = n->num;
    p->until_ms = order_flow_now(f) + p->length_ms;
}

void order_flow_unpause_one(struct order_flow *f, int64_t num)
{
    struct order_pause *p = pause_of(f, num);
    if (p)
        *p = (struct order_pause){0};
}

/* Is there nothing to do for this batch until its pauses are over? Cancelled orders do not wait. */
static bool all_paused(struct order_flow *f, const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!f->writer || b->entries[i].cancelled || !paused(f, &b->entries[i]))
            return false;
    f->paused += b->count;
    return true;
}

/* Remember the writer's result for one order until the next try. */
static void note_written(struct order_flow *f, const struct order_entry *n, enum written w,
                         const struct writer_outcome *out)
{
    f->unsettled |= w == WRITTEN_LATER;
    if (w == WRITTEN_NOT) {
        give_pause(f, n);
        if (f->given_back++ == 0)
            f->given_back_why = out->error;
    } else {
        order_flow_unpause_one(f, n->num);
    }
}

/* ---- deciding ------------------------------------------------------------------------------- */

/* Is the order's age its only fault? Then only a person can decide to accept it. */
static bool only_old(const json_t *faults)
{
    return json_array_size(faults) == 1 &&
           text_equal(json_text(json_array_get(faults, 0), "code", ""), "order_old");
}

static void reject(struct batch *b, size_t i, json_t *faults)
{
    char said[ORDER_REASON_SAID];
    order_faults_say(said, sizeof said, faults);
    /* As judged everywhere (check/judge.h): it waits for a person, unless it is just too old. */
    move_plain(&b->moves[i], CAUSE_FAULTY, only_old(faults) ? "warning" : "error", "order_rejected",
               said);
    if (only_old(faults))
        move_remedy(&b->moves[i], "To accept it anyway: endpointctl order retry %s",
                    b->entries[i].id);
    else
        move_remedy(&b->moves[i],
                    "Correct it in the shop (a new revision comes by itself) or in the ERP, "
                    "then: endpointctl order retry %s",
                    b->entries[i].id);
    b->moves[i].change.faults = b->faults[i] = faults;
}

bool order_flow_too_old(const struct order_flow *f, const struct order *o, int64_t arrived_ms,
                        json_t *faults)
{
    const struct order_ages *ages = &f->ages;
    bool old = ages->age_ms && o->placed_at_ms < arrived_ms - ages->age_ms;
    bool early = ages->placed_from_ms && o->placed_at_ms < ages->placed_from_ms;
    if (old || early)
        order_fault(faults, "order_old", NULL, "%-s", old ? ages->too_old : ages->too_early);
    return old || early;
}

/* It came while the shop's clock and ours disagreed, so nobody knows when that was. Once they
 * agree, use the earlier of our clock's time then and now: better to accept it than to reject it.
 * False: they do not agree yet, or the shop has not been heard. */
static bool when_arrived(const struct order_flow *f, const struct order_entry *n, int64_t *at)
{
    int64_t now = order_flow_now(f) + f->ahead_ms;
    *at = orders_arrived(f->orders, n);
    if (*at >= 0)
        return true;
    *at = n->received_ms < now ? n->received_ms : now;
    return f->clock_heard && !clock_disagrees(f->ahead_ms);
}

/* Its age is unknown: it waits. */
static void wait_for_clocks(struct order_flow *f, const struct order_entry *n, struct order_move *m)
{
    move_note(m, "warning", "order_undated",
              "the shop's clock and this machine's disagree by more than a day, so nobody can tell "
              "whether it is too old");
    move_remedy(m,
                "It goes on by itself when the clocks agree. To take it now: endpointctl order "
                "retry %s",
                n->id);
    f->undated++;
}

/* Check the order and make its document. STATUS_REFUSED without faults is the server's answer to a
 * statement, not a judgement of the order: then the order waits. */
static enum status ask_erp(struct order_flow *f, const struct order *o, const struct order_entry *n,
                           struct order_document **d, json_t *faults, struct error *e)
{
    struct error why = {0};
    enum status status = f->erp->prepare(f->erp->user, o, n->marker, d, faults, &why);
    if (status == STATUS_FULL) { /* its own fault: that will never change */
        order_fault(faults, why.code, NULL, "%-s", error_said(&why));
        status = STATUS_REFUSED;
    }
    if (e)
        *e = why;
    return status;
}

/* The stored order is not the one that the shop gave: the shop delivers it again, because any
 * revision is newer than this. */
static enum status fetch_anew(struct order_flow *f, struct order_entry *n, struct order_move *m,
                              struct error *e)
{
    enum status status = n->revision == ORDER_PROOF_REVISION
                             ? STATUS_OK
                             : orders_set_cursor(f->orders, f->scope, "", e);
    n->revision = ORDER_PROOF_REVISION;
    move_note(
        m, "warning", "order_damaged",
        "what is kept of the order was damaged on the disk; it is fetched from the shop anew");
    move_remedy(m,
                "Check the disk's health. If the shop no longer delivers the order %s, enter it by "
                "hand.",
                n->id);
    return status;
}

/* What should become of an order that could be examined. */
enum verdict {
    VERDICT_SETTLED, /* its move is made */
    VERDICT_WRITE,
    VERDICT_REJECT,
    VERDICT_UNDATED,
};

/* Load the stored order; a damaged one gets the move that fetches it again. */
static enum status load(struct order_flow *f, struct order_entry *n, struct order_move *m,
                        struct buf *content, bool *whole, struct error *e)
{
    enum status status = orders_content(f->orders, n->num, content, e);
    if (status == STATUS_OK)
        status = order_proof_ask(f->orders, n->num, whole, e);
    if (status == STATUS_OK && !*whole)
        status = fetch_anew(f, n, m, e);
    if (status != STATUS_OK)
        order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    return status;
}

/* Look up whether the ERP already has the order, and check it against the ERP. */
static enum status judge_in_erp(struct order_flow *f, struct batch *b, size_t i,
                                const struct order *o, json_t *json, json_t *faults,
                                enum verdict *verdict, struct error *e)
{
    bool doubtful = false;
    enum status status = order_seen(f, &b->entries[i], o, json, &b->moves[i], &doubtful, e);
    if (status == STATUS_OK && !doubtful)
        status = ask_erp(f, o, &b->entries[i], &b->documents[i], faults, e);
    if (status == STATUS_REFUSED && json_array_size(faults) > 0) {
        *verdict = VERDICT_REJECT;
        return STATUS_OK;
    }
    if (status != STATUS_OK)
        order_flow_failed(f, ORDER_SIDE_ERP, status);
    else if (!doubtful)
        *verdict = VERDICT_WRITE;
    return status;
}

static enum status judge(struct order_flow *f, struct batch *b, size_t i, const struct buf *content,
                         json_t *faults, enum verdict *verdict, struct error *e)
{
    const struct order_entry *n = &b->entries[i];
    struct order *o = NULL;
    int64_t arrived = 0;
    json_t *json = json_parse(buf_text(content), content->length, e);
    enum status status = json ? order_parse(json, &o, faults, e) : STATUS_INVALID;
    if (status != STATUS_OK || !o) {
        if (json_array_size(faults) == 0)
            order_fault(faults, "order_form", NULL, "the order cannot be read: %-s",
                        e ? error_said(e) : "");
        *verdict = VERDICT_REJECT;
        status = STATUS_OK;
    } else if (!n->by_hand && !when_arrived(f, n, &arrived)) {
        *verdict = VERDICT_UNDATED;
    } else if (!n->by_hand && order_flow_too_old(f, o, arrived, faults)) {
        *verdict = VERDICT_REJECT;
    } else {
        status = judge_in_erp(f, b, i, o, json, faults, verdict, e);
    }
    order_free(o);
    json_decref(json);
    return status;
}

/* Make the document of entry i, or the move that rejects it. If not OK, the ERP could not be asked. */
static enum status prepare(struct order_flow *f, struct batch *b, size_t i, struct error *e)
{
    struct order_move *m = &b->moves[i];
    struct buf content;
    json_t *faults = json_array();
    enum verdict verdict = VERDICT_SETTLED;
    bool whole = true;
    buf_init(&content, 32 << 20);
    enum status status = load(f, &b->entries[i], m, &content, &whole, e);
    if (status == STATUS_OK && whole)
        status = judge(f, b, i, &content, faults, &verdict, e);
    switch (verdict) {
    case VERDICT_SETTLED: break;
    case VERDICT_WRITE: move_set(m, CAUSE_BEGUN, NULL, NULL, "it is being written"); break;
    case VERDICT_REJECT: reject(b, i, json_incref(faults)); break;
    case VERDICT_UNDATED: wait_for_clocks(f, &b->entries[i], m); break;
    }
    json_decref(faults);
    buf_free(&content);
    return status;
}

/* The ERP answers, but refuses a statement about this order: it must not block the orders after it.
 * False: the problem does not concern single orders. */
static bool skip_unchecked(struct order_flow *f, struct batch *b, size_t i, enum status status,
                           const struct error *why)
{
    struct order_move *m = &b->moves[i];
    if (status != STATUS_REFUSED || f->side != ORDER_SIDE_ERP || ++b->refused > REFUSED_MAX)
        return false;
    move_note(m, "warning", "order_unchecked", "it could not be checked: %-s", error_said(why));
    move_remedy(m, "It is tried again automatically. %-s", error_advice_said(why));
    if (f->unchecked++ == 0)
        f->unchecked_why = *why;
    return true;
}

/* Decide about each order in the batch. If the ERP goes away in the middle, the rest keep waiting. */
static enum status decide(struct order_flow *f, struct batch *b, struct error *e)
{
    struct error why = {0};
    /* First look at the files, then ask the ERP: a file imported in between is in one of the two
     * answers. */
    for (size_t i = 0; i < b->count; i++)
        b->there[i] = f->writer && f->writer_ops->there &&
                      f->writer_ops->there(f->writer, b->entries[i].marker);
    order_flow_point(f, "asked-there");
    enum status status = order_flow_find(f, b->entries, b->count, b->found, b->match, e);
    if (status != STATUS_OK)
        return status;
    order_flow_point(f, "found");
    for (size_t i = 0; i < b->count; i++) {
        if (b->match[i] >= 0) {
            move_found(&b->moves[i], &b->found[b->match[i]]);
            if (!b->moves[i].reason[0])
                text_copy(b->moves[i].reason, sizeof b->moves[i].reason,
                          N_("it was in the ERP already"));
        } else if (b->there[i]) {
            move_set(&b->moves[i], CAUSE_HANDED_OVER, "info", "order_handed_over",
                     "it was given to the ERP before, as %s; it waits to be imported",
                     b->entries[i].marker);
        } else if (b->entries[i].cancelled) {
            move_set(&b->moves[i], CAUSE_CANCELLED, "info", "order_cancelled",
                     "cancelled in the shop");
        } else if (f->writer && paused(f, &b->entries[i])) {
            f->paused++;
        } else if (f->writer && status == STATUS_OK) {
            status = prepare(f, b, i, &why);
            if (status != STATUS_OK && skip_unchecked(f, b, i, status, &why))
                status = STATUS_OK;
            else if (status != STATUS_OK && e)
                *e = why;
            if (status == STATUS_OK && !order_flow_tick(f, "prepare", i))
                status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
        }
    }
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static void journal_notes(struct order_flow *f, const struct order_entry *n,
                          const struct order_document *d)
{
    size_t i;
    json_t *note;
    json_array_foreach (d->notes, i, note) {
        char said[SAID_MAX];
        said_from_json(said, sizeof said, note);
        order_flow_journal(f, "info", "order_text", n, "order %s: %-s", n->number, said);
    }
}

static void drop_document(struct batch *b, size_t i)
{
    order_document_free(b->documents[i]);
    b->documents[i] = NULL;
}

/* Back to waiting: whatever could not be prepared was provably not written. */
static enum status give_back(struct order_flow *f, struct batch *b, const struct error *why,
                             struct error *e)
{
    clear_moves(b);
    for (size_t i = 0; i < b->count; i++) {
        if (b->entries[i].state != ORDER_SENDING || b->documents[i])
            continue;
        move_plain(&b->moves[i], CAUSE_NOT_WRITTEN, NULL, NULL, error_said(why));
        move_remedy(&b->moves[i], "%-s", error_advice_said(why));
    }
    enum status status = move_commit(f, b->entries, b->moves, b->count, e);
    f->unsettled |= status != STATUS_OK;
    for (size_t i = 0; i < b->count && status == STATUS_OK; i++)
        if (b->moves[i].what == MOVE_CAUSE)
            f->writer_ops->unstage(f->writer, b->entries[i].marker);
    return status;
}

/* Stage all documents; give back those that cannot be staged. why: the writer's error, if any. */
static enum status stage(struct order_flow *f, struct batch *b, struct error *why, struct error *e)
{
    bool failed = false;
    for (size_t i = 0; i < b->count; i++) {
        if (!b->documents[i])
            continue;
        if (!failed && f->writer_ops->stage(f->writer, b->documents[i], why) != STATUS_OK)
            failed = true; /* the rest would fail as well, or may wait a moment */
        if (failed)
            drop_document(b, i);
    }
    if (f->writer_ops->flush(f->writer, failed ? NULL : why) != STATUS_OK) {
        if (!failed)
            failed = true;
        for (size_t i = 0; i < b->count; i++)
            if (b->documents[i])
                drop_document(b, i);
    }
    order_flow_point(f, "staged-file");
    if (failed) {
        if (why->status == STATUS_OK)
            error_set(why, STATUS_IO, "writer", "the writer failed without a reason");
        enum status status = give_back(f, b, why, e);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status mark_staged(struct order_flow *f, struct batch *b, struct error *e)
{
    const char *place = f->writer_ops->place ? f->writer_ops->place(f->writer) : "";
    enum status status = ledger_begin(f->ledger, e);
    if (status == STATUS_OK) {
        for (size_t i = 0; i < b->count && status == STATUS_OK; i++)
            if (b->documents[i])
                status = orders_staged(f->orders, &b->entries[i], f->writer_ops->code, place, e);
        if (status == STATUS_OK)
            status = ledger_commit(f->ledger, e);
        else
            ledger_rollback(f->ledger);
    }
    if (status == STATUS_OK)
        return status;
    f->unsettled = true;
    return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
}

static enum status write_all(struct order_flow *f, struct batch *b, struct error *e)
{
    clear_moves(b);
    for (size_t i = 0; i < b->count; i++) {
        struct writer_outcome out = {0};
        if (!b->documents[i])
            continue;
        /* A start that was replaced in the meantime writes no more documents; undo what is staged. */
        bool may = !f->may_write || f->may_write(f->user, &out.error);
        enum written w = may ? f->writer_ops->write(f->writer, b->documents[i], &out) : WRITTEN_NOT;
        order_flow_point(f, "renamed");
        move_written(&b->moves[i], w, &out, &b->entries[i]);
        note_written(f, &b->entries[i], w, &out);
        if (w != WRITTEN_NOT && w != WRITTEN_LATER)
            journal_notes(f, &b->entries[i], b->documents[i]);
        order_flow_tick(f, "write", i);
    }
    enum status status = f->writer_ops->settle(f->writer, e);
    if (status != STATUS_OK) {
        f->unsettled = true;
        return order_flow_failed(f, ORDER_SIDE_WRITER, status);
    }
    order_flow_point(f, "settled");
    status = move_commit(f, b->entries, b->moves, b->count, e);
    if (status != STATUS_OK) {
        f->unsettled = true;
        return status;
    }
    order_flow_point(f, "handed-over");
    for (size_t i = 0; i < b->count; i++)
        if (b->documents[i] && b->entries[i].state == ORDER_WAITING)
            f->writer_ops->unstage(f->writer, b->entries[i].marker);
    return STATUS_OK;
}

/* Write the orders that decide left with a document. why: the writer's reason against some of them. */
static enum status write_batch(struct order_flow *f, struct batch *b, struct error *why,
                               struct error *e)
{
    bool any = false;
    for (size_t i = 0; i < b->count; i++)
        any |= b->moves[i].what != MOVE_NONE;
    if (!any)
        return STATUS_OK;
    enum status status = move_commit(f, b->entries, b->moves, b->count, e);
    if (status != STATUS_OK)
        return status; /* nothing was touched: all wait as before */
    order_flow_point(f, "sending");
    any = false;
    for (size_t i = 0; i < b->count; i++)
        any |= b->documents[i] != NULL;
    if (!any)
        return STATUS_OK;
    status = stage(f, b, why, e);
    if (status == STATUS_OK)
        status = mark_staged(f, b, e);
    if (status != STATUS_OK)
        return status;
    order_flow_point(f, "staged");
    return write_all(f, b, e);
}

enum status order_flow_write(struct order_flow *f, int64_t *after, struct error *e)
{
    struct error asked = {0}, why = {0};
    /* An order that could not be settled stays as it is: recover runs once per pass, because it may
     * take long. */
    bool recover = f->unsettled && (*after == 0 || !f->asked);
    enum status status = recover ? order_flow_recover(f, e) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    struct batch *b = mem_alloc(sizeof *b);
    size_t max = f->writer ? f->writer_ops->batch : 0;
    if (max == 0 || max > ORDER_FLOW_BATCH)
        max = ORDER_FLOW_BATCH;
    status = orders_page(f->orders, ORDER_WAITING, *after, max, b->entries, &b->count, e);
    if (status != STATUS_OK) {
        batch_free(b);
        return status == STATUS_END ? status : order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    }
    *after = b->entries[b->count - 1].num;
    if (all_paused(f, b)) {
        batch_free(b);
        return STATUS_OK;
    }
    if (f->writer && f->may_write && !f->may_write(f->user, e)) {
        batch_free(b);
        return order_flow_failed(f, ORDER_SIDE_WRITER, STATUS_BUSY);
    }
    enum status decided = decide(f, b, &asked);
    enum order_side side = f->side;
    status = write_batch(f, b, &why, e);
    if (status == STATUS_OK && decided != STATUS_OK) {
        f->side = side;
        status = decided;
        if (e)
            *e = asked;
    } else if (status == STATUS_OK && why.status != STATUS_OK) {
        status = order_flow_failed(f, ORDER_SIDE_WRITER, why.status);
        if (e)
            *e = why;
    }
    batch_free(b);
    return status;
}
