#include "sync/flow_send.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "store/ledger_outbox.h"
#include "sync/flow.h"

#define BATCH_ROWS  5000 /* where the channel has no bound of its own */
#define BATCH_BYTES (4 << 20)
#define BATCH_MAX   (16 << 20)
#define REFUSED_AT_ONCE \
    100 /* rows in a row that are held; then it is not the rows that are at fault */

/* A row that was not taken, and why. */
struct note {
    size_t index;
    enum channel_result result;
    int64_t again_ms;
    bool fresh; /* it was not held before */
    struct error why;
};

struct flow_sender {
    struct flow *f;
    const struct channel_ops *ops;
    struct channel *channel;
    uint64_t refused; /* rows since the last one that was taken */
    struct ledger_changes changes;
    struct channel_record *records;
    uint8_t *fates;
    size_t room; /* of records and fates */
    struct note *notes;
    size_t note_count, note_room;
    struct buf mark;
};

struct flow_sender *flow_send_open(struct flow *f, const struct channel_ops *ops,
                                   struct channel *channel)
{
    struct flow_sender *s = mem_alloc(sizeof *s);
    s->f = f;
    s->ops = ops;
    s->channel = channel;
    ledger_changes_init(&s->changes, BATCH_MAX);
    buf_init(&s->mark, CHANNEL_MARK_MAX);
    return s;
}

void flow_send_close(struct flow_sender *s)
{
    if (!s)
        return;
    ledger_changes_free(&s->changes);
    free(s->records);
    free(s->fates);
    free(s->notes);
    buf_free(&s->mark);
    free(s);
}

/* ---- the batch ------------------------------------------------------------------------------------ */

static enum status read_batch(struct flow_sender *s, struct error *e)
{
    size_t rows = s->ops->batch_rows ? s->ops->batch_rows : BATCH_ROWS;
    size_t bytes = s->ops->batch_bytes ? s->ops->batch_bytes : BATCH_BYTES;
    enum status status = ledger_batch(s->f->ledger, rows, bytes, &s->changes, e);
    if (status != STATUS_OK)
        return status;
    if (s->changes.count > s->room) {
        s->room = s->changes.count;
        s->records = mem_resize(s->records, s->room, sizeof *s->records);
        s->fates = mem_resize(s->fates, s->room, sizeof *s->fates);
    }
    memset(s->fates, LEDGER_STAYS, s->changes.count);
    s->note_count = 0;
    for (size_t i = 0; i < s->changes.count; i++) {
        const struct ledger_change *c = &s->changes.rows[i];
        s->records[i] = (struct channel_record){.number = c->seq,
                                                .stream = c->stream,
                                                .op = c->op,
                                                .key = c->key,
                                                .data = c->data,
                                                .length = c->length};
    }
    return STATUS_OK;
}

/* ---- the answers ---------------------------------------------------------------------------------- */

static void note(struct flow_sender *s, size_t index, enum channel_result result, int64_t again_ms,
                 const struct error *why)
{
    if (s->note_count == s->note_room) {
        s->note_room = s->note_room ? 2 * s->note_room : 4;
        s->notes = mem_resize(s->notes, s->note_room, sizeof *s->notes);
    }
    struct note *n = &s->notes[s->note_count++];
    *n = (struct note){.index = index, .result = result, .again_ms = again_ms};
    if (why)
        n->why = *why;
}

static void on_answer(void *user, size_t index, enum channel_result result, const char *value,
                      const char *item, int64_t again_ms, const struct error *why)
{
    struct flow_sender *s = user;
    (void)value;
    (void)item;
    if (index >= s->changes.count || s->fates[index] != LEDGER_STAYS)
        return;
    switch (result) {
    case CHANNEL_UNTRIED: return;
    case CHANNEL_SENT:
    case CHANNEL_SAME: s->fates[index] = LEDGER_TAKEN; return;
    case CHANNEL_UNKNOWN:
    case CHANNEL_AMBIGUOUS:
    case CHANNEL_REFUSED:
    case CHANNEL_LATER:
        s->fates[index] = LEDGER_LEFT;
        note(s, index, result, again_ms, why);
        return;
    }
}

static int by_index(const void *a, const void *b)
{
    const struct note *x = a, *y = b;
    return x->index < y->index ? -1 : x->index > y->index;
}

static struct held_row held_of(const struct note *n, int64_t now_ms)
{
    static const enum held_reason reasons[] = {[CHANNEL_UNKNOWN] = HELD_UNKNOWN,
                                               [CHANNEL_AMBIGUOUS] = HELD_AMBIGUOUS,
                                               [CHANNEL_REFUSED] = HELD_REFUSED,
                                               [CHANNEL_LATER] = HELD_LATER};
    return (struct held_row){
        .reason = reasons[n->result], .why = &n->why, .now_ms = now_ms, .again_ms = n->again_ms};
}

/* What is held of the rows' keys, in the order of the rows: of two rows of one key the later one counts. */
static enum status hold_rows(struct flow_sender *s, struct error *e)
{
    const struct ledger_changes *c = &s->changes;
    struct ledger *l = s->f->ledger;
    int64_t now = clock_wall_ms();
    enum status status = STATUS_OK;
    size_t noted = 0;
    qsort(s->notes, s->note_count, sizeof *s->notes, by_index);
    for (size_t i = 0, to; i < c->count && status == STATUS_OK; i = to) {
        to = i + 1;
        if (s->fates[i] == LEDGER_LEFT) {
            struct note *n = &s->notes[noted++];
            struct held_row h = held_of(n, now);
            status = held_change(l, &c->rows[i], &h, &n->fresh, e);
        } else if (s->fates[i] == LEDGER_TAKEN) {
            while (to < c->count && s->fates[to] == LEDGER_TAKEN)
                to++;
            status = held_taken(l, (int64_t)c->rows[i].seq, (int64_t)c->rows[to - 1].seq, e);
        }
    }
    return status;
}

static void tell_held(const struct flow_sender *s)
{
    for (size_t i = 0; i < s->note_count && s->f->held; i++) {
        const struct ledger_change *c = &s->changes.rows[s->notes[i].index];
        struct held_row h = held_of(&s->notes[i], 0);
        h.stream = c->stream;
        h.op = c->op;
        h.name = c->key;
        h.column = "";
        if (s->notes[i].fresh)
            s->f->held(s->f->held_user, &h);
    }
}

/* How many rows were refused one after the other. */
static enum status count_refused(struct flow_sender *s, struct error *e)
{
    const struct error *last = NULL;
    size_t noted = 0;
    for (size_t i = 0; i < s->changes.count; i++) {
        if (s->fates[i] == LEDGER_TAKEN)
            s->refused = 0;
        if (s->fates[i] != LEDGER_LEFT)
            continue;
        const struct note *n = &s->notes[noted++];
        if (n->result == CHANNEL_REFUSED) {
            s->refused++;
            last = &n->why;
        }
    }
    if (!last || s->refused < REFUSED_AT_ONCE)
        return STATUS_OK;
    error_set(e, STATUS_REFUSED, "refused_all",
              "the shop refused %" PRIu64 " changes one after the other; the last: %-s", s->refused,
              error_said(last));
    return error_remedy(
        e, "So many are hardly the changes' own fault: is the panel of a version that knows "
           "this kind of plugin? They are held (endpointctl held), and it goes on slowly.");
}

/* One transaction with all answers and the mark. */
static enum status take_answers(struct flow_sender *s, uint64_t *sent, struct error *e)
{
    struct ledger *l = s->f->ledger;
    size_t taken = 0, left = 0;
    for (size_t i = 0; i < s->changes.count; i++) {
        taken += s->fates[i] == LEDGER_TAKEN;
        left += s->fates[i] == LEDGER_LEFT;
    }
    if (taken + left == 0 && s->mark.length == 0)
        return STATUS_OK;
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = hold_rows(s, e);
    if (status == STATUS_OK)
        status = ledger_answered(l, &s->changes, s->fates, e);
    if (status == STATUS_OK && s->mark.length)
        status = ledger_set_mark(l, buf_text(&s->mark), e);
    if (status != STATUS_OK) {
        ledger_rollback(l);
        return status;
    }
    status = ledger_commit(l, e);
    if (status != STATUS_OK)
        return status;
    *sent = taken;
    tell_held(s);
    return count_refused(s, e);
}

enum status flow_send(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                      struct error *e)
{
    struct error why = {0};
    *sent = 0;
    *retry_after_ms = -1;
    enum status status = read_batch(s, e);
    if (status != STATUS_OK)
        return status;
    buf_reset(&s->mark);
    status = s->ops->send(s->channel, s->records, s->changes.count, on_answer, s, &s->mark,
                          retry_after_ms, &why);
    enum status taken = status == STATUS_EXISTS ? ledger_resync(s->f->ledger, buf_text(&s->mark), e)
                                                : take_answers(s, sent, e);
    if (taken != STATUS_OK)
        return taken;
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}

enum status flow_send_finish(struct flow_sender *s, struct error *e)
{
    struct error why = {0};
    int64_t whole = 0;
    if (!s->ops->finish)
        return STATUS_OK;
    enum status status = ledger_fact(s->f->ledger, LEDGER_QUEUED_WHOLE, &whole, e);
    if (status != STATUS_OK)
        return status;
    buf_reset(&s->mark);
    status = s->ops->finish(s->channel, whole != 0, &s->mark, &why);
    if (status == STATUS_EXISTS) {
        enum status lost = ledger_resync(s->f->ledger, buf_text(&s->mark), e);
        if (lost != STATUS_OK)
            return lost;
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}
