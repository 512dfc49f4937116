/* Sending the outbox, batch by batch, and finding in a batch that was refused the row that is at fault. */
#include "sync/flow_send.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "os/clock.h"
#include "store/ledger_outbox.h"
#include "sync/flow.h"

#define BATCH_ROWS  5000
#define BATCH_BYTES (4 << 20)
#define REFUSED_AT_ONCE \
    100 /* rows in a row that are held; then it is not the rows that are at fault */
#define SEQ_MAX (UINT64_C(1) << 53) /* what JSON carries exactly */

static enum status resync(struct flow *f, uint64_t acked, const char *why, struct error *e)
{
    enum status status = ledger_resync(f->ledger, acked, e);
    if (status != STATUS_OK)
        return status;
    memset(&f->trial, 0, sizeof f->trial);
    return error_set(e, STATUS_EXISTS, "resync", "%s; everything is sent again", why);
}

/* ---- looking for the row that is refused --------------------------------------------------------- */

/* How many rows the next batch may have. While a refused row is looked for: those before it, then it alone; where
 * only a range is known, the first half of it. */
static size_t batch_rows(const struct flow *f)
{
    uint64_t next = f->trial.next, from = f->trial.from, to = f->trial.to;
    if (to < next || to == 0)
        return f->trial.rows ? f->trial.rows : BATCH_ROWS;
    if (from > next)
        return (size_t)(from - next);
    return from == to || next == to ? 1 : (size_t)((to - next + 1) / 2);
}

/* A batch was taken up to acked: were many refused just now, the next may be larger again. */
static void batch_taken(struct flow *f, uint64_t acked)
{
    f->trial.next = acked + 1;
    f->trial.one_by_one = 0;
    if (f->trial.to && f->trial.to > acked)
        return;
    f->trial.from = f->trial.to = 0;
    f->trial.rows *= 2;
    if (f->trial.rows >= BATCH_ROWS)
        f->trial.rows = 0;
}

/* The shop refuses the oldest row, which was all of the batch. */
static enum status hold_row(struct flow *f, uint64_t seq, const struct error *refusal,
                            struct error *e)
{
    struct held_room room;
    struct held_row row;
    struct error why = *refusal;
    bool fresh;
    if (f->trial.one_by_one >= REFUSED_AT_ONCE) {
        error_set(e, STATUS_REFUSED, "refused_all",
                  "the shop refused %" PRIu64 " changes one after the other; the last: %s",
                  f->trial.one_by_one, refusal->text);
        return error_remedy(
            e, "So many are hardly the changes' own fault: is the panel of a version that knows "
               "this kind of plugin? They are held (endpointctl held), and it goes on slowly.");
    }
    if (!why.remedy[0])
        error_remedy(
            &why,
            "Correct the value in the ERP: it is sent again when it changes. If the panel was mended: "
            "endpointctl held retry");
    enum status status =
        held_refused(f->ledger, HELD_REFUSED, &why, clock_wall_ms(), 0, &room, &row, &fresh, e);
    if (status != STATUS_OK)
        return status;
    f->trial.one_by_one++;
    f->trial.from = f->trial.to = 0;
    f->trial.next = seq; /* the row behind it has this number now */
    if (fresh && f->held)
        f->held(f->held_user, &row);
    return STATUS_OK;
}

/* named: the row that the shop says is at fault; 0: it does not say. */
static enum status narrow(struct flow *f, const struct channel_batch *batch, uint64_t named,
                          const struct error *refusal, struct error *e)
{
    uint64_t rows = batch->last - batch->first + 1;
    if (rows == 1)
        return hold_row(f, batch->first, refusal, e);
    if (f->trial.to ==
        0) /* the next one may have as bad a row as this: do not send so much in vain */
        f->trial.rows = (size_t)(rows / 2);
    bool says = named >= batch->first && named <= batch->last;
    f->trial.next = batch->first;
    f->trial.from = says ? named : batch->first;
    f->trial.to = says ? named : batch->last;
    return STATUS_OK;
}

/* ---- one batch ----------------------------------------------------------------------------------- */

/* The shop took a batch, or says what it has. */
static enum status take_acked(struct flow *f, const struct channel_batch *batch, uint64_t acked,
                              enum status status, uint64_t *sent, struct error *e)
{
    if (acked > SEQ_MAX)
        return error_set(e, STATUS_UNREACHABLE, "panel_answer",
                         "the panel says that it has %" PRIu64 " changes, "
                         "which cannot be",
                         acked);
    if (status == STATUS_EXISTS && acked >= batch->first && acked <= batch->last)
        status = STATUS_OK; /* it has a part: the rest is the next batch */
    if (batch->first > LEDGER_AFRESH && acked < batch->first)
        return resync(f, acked, "the ledger was mended, and the panel says how far it is", e);
    /* The panel has less than it confirmed: it was restored from a copy. We no longer have those rows. */
    if (acked + 1 < batch->first || (status == STATUS_EXISTS && acked < batch->first))
        return resync(f, acked, "the panel has less than it had confirmed (restored from a copy?)",
                      e);
    /* It has more than we ever sent: our ledger is the older one, and the panel would take our new rows for
     * old ones and drop them. */
    if (acked > batch->last)
        return resync(
            f, acked,
            "the panel has more than this ledger ever sent (ledger restored from a copy?)", e);
    if (acked + 1 == batch->first)
        return error_set(e, STATUS_UNREACHABLE, "panel_stuck",
                         "the panel stored nothing of what it was sent");
    status = ledger_acknowledge(f->ledger, acked, e);
    if (status != STATUS_OK)
        return status;
    *sent = acked + 1 - batch->first;
    batch_taken(f, acked);
    return STATUS_OK;
}

enum status flow_send(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                      struct buf *scratch, uint64_t *sent, int64_t *retry_after_ms, struct error *e)
{
    struct channel_batch batch = {0};
    struct error refusal = {0};
    uint64_t acked = 0;
    *sent = 0;
    *retry_after_ms = -1;
    enum status status =
        ledger_batch(f->ledger, batch_rows(f), BATCH_BYTES, scratch, &batch.first, &batch.last, e);
    if (status != STATUS_OK)
        return status;
    batch.lines = buf_text(scratch);
    batch.length = scratch->length;
    status = ops->send(channel, &batch, &acked, retry_after_ms, &refusal);
    if (status == STATUS_OK || status == STATUS_EXISTS)
        return take_acked(f, &batch, acked, status, sent, e);
    if (status == STATUS_INVALID)
        return narrow(f, &batch, acked, &refusal, e);
    if (e)
        *e = refusal;
    return status;
}
