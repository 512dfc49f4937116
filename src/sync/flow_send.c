#include "sync/flow_send.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "store/items.h"
#include "store/ledger_outbox.h"
#include "sync/flow.h"
#include "sync/mass.h"
#include "sync/match.h"
#include "sync/sweep.h"

#define BATCH_ROWS      5000 /* if the channel has no limit of its own */
#define SHOP_ROWS       1000
#define BATCH_BYTES     (4 << 20)
#define BATCH_MAX       (16 << 20)
#define REFUSED_AT_ONCE 100 /* rows held one after another; then the rows are not to blame */
#define IDLE_MOST       200 /* calls without an answer; a refused row among thousands is found in fewer */
#define TEXTS_MAX       (4 << 20)
#define NOTES_MOST \
    200 /* rows of a batch that are held before it is sent: each has an error of some KiB */

/* A row that was not accepted, and why. */
struct note {
    size_t index;
    enum channel_result result;
    int64_t again_ms;
    bool fresh; /* it was not held before */
    bool seek;  /* it goes by itself once the catalogue has its product, without an obstacle */
    struct error why;
};

/* What is known of a row of a channel with a catalogue: places in `texts`, of what was told in `told`; 0: none. */
struct shop_row {
    uint32_t item, value, sought;
    uint32_t told_item, told_value;
    bool answered; /* taken by the shop, or not there any more */
};

struct flow_sender {
    struct flow *f;
    const struct channel_ops *ops;
    struct channel *channel;
    uint64_t refused; /* rows since the last one that was taken */
    unsigned idle;    /* calls since a row left, or the mark moved */
    struct ledger_changes changes;
    struct channel_record *records; /* those that go to the channel */
    uint32_t *rows;                 /* of each of them: its place among the changes */
    size_t record_count;
    uint8_t *fates;
    struct shop_row *shop;
    size_t room; /* of the four */
    struct note *notes;
    size_t note_count, note_room;
    int64_t later_ms; /* a row that stays queued is not to be tried before; 0: none */
    struct buf mark;
    /* ---- of channels with a catalogue; items NULL: it has none ---- */
    struct items *items;
    struct sweep *sweep;
    bool wanted;    /* a product was not found: the catalogue may be old */
    bool page_turn; /* while the catalogue is read again, pages and batches take turns */
    struct buf texts, told, value;
    uint64_t rounded;
    struct error rounded_first;
};

static enum status open_shop(struct flow_sender *s, struct error *e)
{
    if (!s->ops->has_catalogue || !match_needed(s->f))
        return STATUS_OK;
    buf_init(&s->texts, TEXTS_MAX);
    buf_init(&s->told, TEXTS_MAX);
    buf_init(&s->value, CHANNEL_VALUE);
    enum status status = items_open(s->f->ledger, &s->items, e);
    return status == STATUS_OK ? sweep_open(s->f, s->ops, s->channel, s->items, &s->sweep, e)
                               : status;
}

enum status flow_send_open(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                           struct flow_sender **out, struct error *e)
{
    struct flow_sender *s = mem_alloc(sizeof *s);
    s->f = f;
    s->ops = ops;
    s->channel = channel;
    ledger_changes_init(&s->changes, BATCH_MAX);
    buf_init(&s->mark, CHANNEL_MARK_MAX);
    enum status status = open_shop(s, e);
    if (status != STATUS_OK) {
        flow_send_close(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void flow_send_close(struct flow_sender *s)
{
    if (!s)
        return;
    sweep_close(s->sweep);
    items_close(s->items);
    ledger_changes_free(&s->changes);
    free(s->records);
    free(s->rows);
    free(s->fates);
    free(s->shop);
    free(s->notes);
    buf_free(&s->mark);
    buf_free(&s->texts);
    buf_free(&s->told);
    buf_free(&s->value);
    free(s);
}

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

/* ---- the batch ------------------------------------------------------------------------------------ */

static enum status read_batch(struct flow_sender *s, struct error *e)
{
    size_t rows = s->ops->batch_rows ? s->ops->batch_rows : s->items ? SHOP_ROWS : BATCH_ROWS;
    size_t bytes = s->ops->batch_bytes ? s->ops->batch_bytes : BATCH_BYTES;
    enum status status = ledger_batch(s->f->ledger, rows, bytes, &s->changes, e);
    if (status != STATUS_OK)
        return status;
    size_t count = s->changes.count;
    if (count > s->room) {
        s->room = count;
        s->records = mem_resize(s->records, count, sizeof *s->records);
        s->rows = mem_resize(s->rows, count, sizeof *s->rows);
        s->fates = mem_resize(s->fates, count, sizeof *s->fates);
        if (s->items)
            s->shop = mem_resize(s->shop, count, sizeof *s->shop);
    }
    memset(s->fates, LEDGER_STAYS, count);
    if (s->items)
        memset(s->shop, 0, count * sizeof *s->shop);
    s->note_count = s->record_count = 0;
    s->later_ms = 0;
    return STATUS_OK;
}

static void add_record(struct flow_sender *s, size_t index, const char *item)
{
    const struct ledger_change *c = &s->changes.rows[index];
    s->rows[s->record_count] = (uint32_t)index;
    s->records[s->record_count++] = (struct channel_record){.number = c->seq,
                                                            .stream = c->stream,
                                                            .op = c->op,
                                                            .key = c->key,
                                                            .data = c->data,
                                                            .length = c->length,
                                                            .item = item};
}

/* Keep a text until the batch is done with; its place. */
static uint32_t keep(struct buf *texts, const char *text)
{
    if (texts->length == 0)
        buf_add_byte(texts, '\0'); /* the place 0 is none */
    size_t at = texts->length;
    buf_add_text(texts, text);
    buf_add_byte(texts, '\0');
    return texts->failed ? 0 : (uint32_t)at;
}

static const char *kept(const struct buf *texts, uint32_t at)
{
    return at ? texts->data + at : NULL;
}

/* What the shop would show of a row; and whether that is less than what the ERP says. */
static enum status express(struct flow_sender *s, size_t index, const char *item, struct error *why)
{
    const struct ledger_change *c = &s->changes.rows[index];
    const struct channel_record r = {.stream = c->stream,
                                     .op = c->op,
                                     .key = c->key,
                                     .data = c->data,
                                     .length = c->length,
                                     .item = item};
    error_clear(why);
    buf_reset(&s->value);
    enum status status = s->ops->express(s->channel, &r, &s->value, why);
    if (status == STATUS_OK)
        s->shop[index].value = keep(&s->texts, buf_text(&s->value));
    if (status == STATUS_OK && why->code[0] && s->rounded++ == 0) {
        s->rounded_first = *why;
        error_prefix(&s->rounded_first, "%s", c->key);
    }
    return status == STATUS_END ? STATUS_OK : status;
}

static void leave(struct flow_sender *s, size_t index, enum channel_result result, bool seek,
                  const struct error *why)
{
    s->fates[index] = LEDGER_LEFT;
    note(s, index, result, 0, why);
    s->notes[s->note_count - 1].seek = seek;
}

/* Of a channel with a catalogue: which product, and what it would show. What cannot be sent is held. */
static enum status prepare_row(struct flow_sender *s, size_t index, struct error *e)
{
    const struct ledger_change *c = &s->changes.rows[index];
    struct match m;
    struct error why = {0};
    enum status status = match_change(s->f, s->items, c, &m, &why);
    if (status != STATUS_OK) {
        if (e)
            *e = why;
        return status;
    }
    if (m.sought[0])
        s->shop[index].sought = keep(&s->texts, m.sought);
    switch (m.result) {
    case MATCH_NOTHING: s->fates[index] = LEDGER_TAKEN; return STATUS_OK;
    case MATCH_UNKNOWN:
        s->wanted = true;
        leave(s, index, CHANNEL_UNKNOWN, true, &why);
        return STATUS_OK;
    case MATCH_AMBIGUOUS: leave(s, index, CHANNEL_AMBIGUOUS, true, &why); return STATUS_OK;
    case MATCH_OBSTACLE: leave(s, index, CHANNEL_REFUSED, true, &why); return STATUS_OK;
    case MATCH_NEW:
    case MATCH_ITEM: break;
    }
    if (m.item[0])
        s->shop[index].item = keep(&s->texts, m.item);
    if (!text_equal(c->op, "delete") && express(s, index, m.item, &why) != STATUS_OK)
        leave(s, index, CHANNEL_REFUSED, false, &why);
    return STATUS_OK;
}

/* Of several rows of one key in a batch only the last one is sent. */
static bool is_superseded(const struct flow_sender *s, size_t index)
{
    const char *key = s->changes.rows[index].key;
    for (size_t i = index + 1; i < s->changes.count; i++)
        if (text_equal(s->changes.rows[i].key, key))
            return true;
    return false;
}

static enum status prepare_batch(struct flow_sender *s, struct error *e)
{
    enum status status = STATUS_OK;
    size_t count = s->changes.count, i = 0;
    if (s->items) {
        buf_reset(&s->texts);
        buf_reset(&s->told);
        for (; i < count && status == STATUS_OK && s->note_count < NOTES_MOST; i++) {
            if (is_superseded(s, i))
                s->fates[i] = LEDGER_TAKEN;
            else
                status = prepare_row(s, i, e);
        }
        count = i; /* the rest is another batch's */
    }
    if (status != STATUS_OK)
        return status;
    /* The texts do not move any more. */
    for (i = 0; i < count; i++)
        if (s->fates[i] == LEDGER_STAYS)
            add_record(s, i, s->items ? kept(&s->texts, s->shop[i].item) : NULL);
    return STATUS_OK;
}

/* ---- the answers ---------------------------------------------------------------------------------- */

/* The shop took a row, or has no such thing any more. */
static void note_shop(struct flow_sender *s, size_t i, const char *value, const char *item)
{
    if (!s->items)
        return;
    s->shop[i].answered = true;
    if (value)
        s->shop[i].told_value = keep(&s->told, value);
    if (item)
        s->shop[i].told_item = keep(&s->told, item);
}

static void on_answer(void *user, size_t index, enum channel_result result, const char *value,
                      const char *item, int64_t again_ms, const struct error *why)
{
    struct flow_sender *s = user;
    if (index >= s->record_count || s->fates[s->rows[index]] != LEDGER_STAYS)
        return;
    size_t i = s->rows[index];
    bool deletion = text_equal(s->changes.rows[i].op, "delete");
    if (result == CHANNEL_UNTRIED)
        return;
    if (result == CHANNEL_LATER && deletion) { /* no pass would queue it again */
        s->later_ms = again_ms;
        return;
    }
    if (result == CHANNEL_SENT || result == CHANNEL_SAME ||
        (result == CHANNEL_UNKNOWN && deletion)) {
        s->fates[i] = LEDGER_TAKEN;
        note_shop(s, i, value, item);
        return;
    }
    s->fates[i] = LEDGER_LEFT;
    note(s, i, result, again_ms, why);
    s->notes[s->note_count - 1].seek = result == CHANNEL_UNKNOWN || result == CHANNEL_AMBIGUOUS;
    if (result == CHANNEL_UNKNOWN)
        note_shop(s, i, NULL, NULL);
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

/* Hold or release the rows' keys, in the order of the rows: of two rows with the same key the later
 * one counts. */
static enum status hold_rows(struct flow_sender *s, struct error *e)
{
    const struct ledger_changes *c = &s->changes;
    struct ledger *l = s->f->ledger;
    int64_t now = clock_wall(s->f->clock);
    enum status status = STATUS_OK;
    size_t noted = 0;
    if (s->note_count > 0) /* there may be no array yet */
        qsort(s->notes, s->note_count, sizeof *s->notes, by_index);
    for (size_t i = 0, to; i < c->count && status == STATUS_OK; i = to) {
        to = i + 1;
        if (s->fates[i] == LEDGER_LEFT) {
            struct note *n = &s->notes[noted++];
            struct held_row h = held_of(n, now);
            h.sought = s->items && n->seek ? kept(&s->texts, s->shop[i].sought) : NULL;
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
              "the shop refused %llu changes one after the other; the last: %-s",
              (unsigned long long)s->refused, error_said(last));
    return error_remedy(
        e, "With so many, the changes are hardly to blame: does the panel's version know this "
           "kind of plugin? They are held (endpointctl held), and sending continues slowly.");
}

/* What the shop has now of the rows that it answered. */
static enum status take_shop(struct flow_sender *s, struct error *e)
{
    int64_t now = clock_wall(s->f->clock);
    enum status status = STATUS_OK;
    for (size_t i = 0; i < s->changes.count && status == STATUS_OK; i++) {
        const struct shop_row *row = &s->shop[i];
        const char *key = s->changes.rows[i].key, *item = kept(&s->told, row->told_item);
        const char *value = kept(&s->told, row->told_value);
        item = item ? item : kept(&s->texts, row->item);
        value = value ? value : kept(&s->texts, row->value);
        if (!row->answered)
            continue;
        bool gone = s->fates[i] == LEDGER_LEFT; /* UNKNOWN: somebody deleted it there */
        if (gone && item)
            status = items_drop(s->items, item, e);
        if (status == STATUS_OK && (gone || text_equal(s->changes.rows[i].op, "delete")))
            status = items_drop_sent(s->items, key, e);
        else if (status == STATUS_OK && item)
            status = items_note_sent(s->items, key, item, value, now, e);
        if (status == STATUS_OK && !gone && item && value)
            status = items_show(s->items, item, value, e);
    }
    return status;
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
    s->idle = taken + left || s->mark.length ? 0 : s->idle + 1;
    if (s->idle)
        return STATUS_OK;
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = hold_rows(s, e);
    if (status == STATUS_OK && s->items)
        status = take_shop(s, e);
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

/* ---- one call ------------------------------------------------------------------------------------- */

/* Before a batch: is it the turn of a page of the catalogue? Then *done. Nothing is sent before all that is queued was
 * judged. */
static enum status shop_turn(struct flow_sender *s, bool *done, int64_t *retry_after_ms,
                             struct error *e)
{
    *done = sweep_due(s->sweep, s->wanted);
    if (*done && sweep_done_once(s->sweep) && !s->wanted) /* it goes on beside */
        *done = s->page_turn = !s->page_turn;
    if (*done)
        return sweep_step(s->sweep, retry_after_ms, e);
    s->wanted = false;
    return mass_judge(s->f, s->ops, s->channel, s->items, e);
}

/* A catalogue that the disk damaged is read again. */
static enum status mend_shop(struct flow_sender *s, enum status status, struct error *e)
{
    return status == STATUS_INVALID && text_equal(e->code, "items_damaged")
               ? sweep_anew(s->sweep, e)
               : status;
}

static enum status send_records(struct flow_sender *s, int64_t *retry_after_ms, struct error *e)
{
    buf_reset(&s->mark);
    if (s->record_count == 0)
        return STATUS_OK;
    return s->ops->send(s->channel, s->records, s->record_count, on_answer, s, &s->mark,
                        retry_after_ms, e);
}

/* The channel answered for nothing, call after call; or all that is left is to be sent later. */
static enum status is_stuck(struct flow_sender *s, int64_t *retry_after_ms, struct error *e)
{
    if (s->idle && s->later_ms) {
        int64_t wait = s->later_ms - clock_wall(s->f->clock);
        *retry_after_ms = wait > 1000 ? wait : 1000;
        return error_set(e, STATUS_BUSY, "shop_later", "the shop wants the rest later");
    }
    if (s->idle < IDLE_MOST)
        return STATUS_OK;
    return error_set(e, STATUS_UNREACHABLE, "shop_stuck",
                     "the shop accepted nothing that was sent to it and did not say why");
}

static enum status send_batch(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                              struct error *e)
{
    struct error why = {0};
    enum status status = read_batch(s, e);
    if (status == STATUS_END && s->items && sweep_due(s->sweep, false))
        return sweep_step(s->sweep, retry_after_ms, e);
    if (status == STATUS_OK)
        status = prepare_batch(s, e);
    if (status != STATUS_OK)
        return status;
    if (s->wanted && sweep_due(s->sweep, true)) /* the product may be new there */
        return STATUS_OK;
    s->wanted = false;
    status = send_records(s, retry_after_ms, &why);
    enum status taken = status == STATUS_EXISTS ? ledger_resync(s->f->ledger, buf_text(&s->mark), e)
                                                : take_answers(s, sent, e);
    if (taken == STATUS_OK && status == STATUS_OK)
        taken = is_stuck(s, retry_after_ms, e);
    if (taken != STATUS_OK)
        return taken;
    if (status != STATUS_OK)
        *e = why;
    return status;
}

enum status flow_send(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                      struct error *e)
{
    struct error own;
    bool done = false;
    *sent = 0;
    *retry_after_ms = -1;
    e = e ? e : &own;
    enum status status = s->items ? shop_turn(s, &done, retry_after_ms, e) : STATUS_OK;
    if (status == STATUS_OK && !done)
        status = send_batch(s, sent, retry_after_ms, e);
    return s->items ? mend_shop(s, status, e) : status;
}

uint64_t flow_send_rounded(const struct flow_sender *s, struct error *first)
{
    *first = s->rounded_first;
    return s->rounded;
}
static enum status keep_mark(struct flow_sender *s, struct error *e)
{
    struct ledger *l = s->f->ledger;
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = ledger_set_mark(l, buf_text(&s->mark), e);
    if (status == STATUS_OK)
        return ledger_commit(l, e);
    ledger_rollback(l);
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
    } else if (status == STATUS_OK && s->mark.length) {
        status = keep_mark(s, &why);
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}
