/* Tells the shop what became of its orders: many in one request, or one by one to a shop that knows
 * no other way. */
#include "sync/order_tell.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "sync/order_flow_internal.h"
#include "store/orders_read.h"

#define REFUSED_AGAIN INT64_C(3600000)
#define BODY_BYTES    (512 << 10) /* a batch ends with the outcome that passes this */

struct telling {
    struct order_flow *f;
    const struct channel_ops *ops;
    struct channel *channel;
    bool singly; /* the shop takes no batches */
    int64_t *retry_after_ms;
    struct order_entry entries[CHANNEL_OUTCOMES];
    struct error
        answers[CHANNEL_OUTCOMES]; /* of the entry; status OK: it was told, or never will be */
    size_t count, answered;
};

static json_t *outcome_json(const struct order_entry *n)
{
    char at[CLOCK_TEXT];
    json_t *o = json_object();
    const char *outward = order_state_outward(n->state);
    bool reason_missing = !n->reason[0] && n->state == ORDER_SENDING;
    clock_format(at, n->told_ms);
    json_set_text(o, "order", n->id);
    json_set_text(o, "state", outward);
    json_set_text(o, "at", at);
    if (n->document[0])
        json_set_text(o, "document", n->document);
    said_set(o, "reason", reason_missing ? N_("it is being written") : n->reason_said);
    said_set_text(o, "remedy", n->remedy, n->remedy_said);
    json_set_text(o, "correlation", n->correlation);
    /* For whoever takes our place and finds neither file nor document. */
    if (n->state == ORDER_HANDED_OVER || n->state == ORDER_SENDING)
        json_set_flag(o, "handed_over", true);
    if (n->revision > 0)
        json_set_number(o, "revision", n->revision);
    return o;
}

/* The shop's answer about one outcome. False: the answer is about all of them, not about this one. */
static bool judge(struct telling *t, const struct order_entry *n, struct error *answer)
{
    struct order_flow *f = t->f;
    if (answer->status == STATUS_OK) {
        f->count.told++;
    } else if (answer->status == STATUS_NOT_FOUND && text_equal(answer->code, "order_unknown")) {
        order_flow_journal(
            f, "warning", "order_unknown", n,
            "order %s: the shop no longer knows it; its outcome (%s %s) was not accepted",
            n->number, order_state_word(n->state), n->document);
        error_clear(answer);
    } else if (answer->status == STATUS_REFUSED || answer->status == STATUS_FULL ||
               answer->status == STATUS_EXISTS) {
        order_flow_journal(f, "error", "outcome_refused", n,
                           "order %s: the shop refused its outcome: %-s", n->number,
                           error_said(answer));
    } else {
        return false;
    }
    return true;
}

/* The next ones in one request. STATUS_END: the shop takes no batches. */
static enum status tell_batch(struct telling *t, struct error *e)
{
    struct buf size;
    json_t *list = json_array();
    size_t count = 0;
    buf_init(&size, 64 << 20);
    while (t->answered + count < t->count && size.length < BODY_BYTES) {
        json_t *o = outcome_json(&t->entries[t->answered + count++]);
        json_add(&size, o);
        json_array_append_new(list, o);
    }
    buf_free(&size);
    enum status status =
        t->ops->outcomes(t->channel, list, &t->answers[t->answered], t->retry_after_ms, e);
    json_decref(list);
    if (status != STATUS_OK)
        return status;
    order_flow_point(t->f, "outcome-sent");
    for (; count > 0 && status == STATUS_OK; count--) {
        struct error *answer = &t->answers[t->answered];
        if (judge(t, &t->entries[t->answered], answer)) {
            t->answered++;
            continue;
        }
        status = answer->status;
        if (e)
            *e = *answer;
    }
    return status;
}

static enum status tell_one(struct telling *t, struct error *e)
{
    const struct order_entry *n = &t->entries[t->answered];
    struct error *answer = &t->answers[t->answered];
    json_t *o = outcome_json(n);
    json_object_del(o, "order"); /* the path says it */
    error_clear(answer);
    enum status status = t->ops->outcome(t->channel, n->id, o, t->retry_after_ms, answer);
    json_decref(o);
    answer->status = status;
    if (status == STATUS_OK)
        order_flow_point(t->f, "outcome-sent");
    if (!judge(t, n, answer)) {
        if (e)
            *e = *answer;
        return status;
    }
    t->answered++;
    return STATUS_OK;
}

/* All entries, until one step fails for all of them. */
static enum status tell_page(struct telling *t, struct error *e)
{
    enum status status = STATUS_OK;
    t->answered = 0;
    while (t->answered < t->count && status == STATUS_OK) {
        status = t->singly ? tell_one(t, e) : tell_batch(t, e);
        if (status == STATUS_END) {
            t->singly = true;
            status = STATUS_OK;
            continue;
        }
        if (status == STATUS_OK && !order_flow_tick(t->f, "tell", t->f->count.told))
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    return status;
}

/* Remember what was answered, in one transaction. */
static enum status remember(struct telling *t, struct error *e)
{
    struct order_flow *f = t->f;
    enum status status = ledger_begin(f->ledger, e);
    bool began = status == STATUS_OK;
    for (size_t i = 0; i < t->answered && status == STATUS_OK; i++)
        status = t->answers[i].status == STATUS_OK
                     ? orders_told(f->orders, &t->entries[i], e)
                     : orders_tell_later(f->orders, &t->entries[i],
                                         order_flow_now(f) + REFUSED_AGAIN, e);
    if (status == STATUS_OK)
        status = ledger_commit(f->ledger, e);
    else if (began)
        ledger_rollback(f->ledger);
    return status;
}

enum status order_flow_tell(struct order_flow *f, const struct channel_ops *ops,
                            struct channel *channel, int64_t *retry_after_ms, struct error *e)
{
    struct telling *t = mem_alloc(sizeof *t);
    enum status status = STATUS_OK, ledger = STATUS_OK;
    struct error kept = {0};
    t->f = f;
    t->ops = ops;
    t->channel = channel;
    t->singly = !ops->outcomes;
    t->retry_after_ms = retry_after_ms;
    *retry_after_ms = -1;
    while (status == STATUS_OK && ledger == STATUS_OK) {
        ledger =
            orders_untold(f->orders, order_flow_now(f), CHANNEL_OUTCOMES, t->entries, &t->count, e);
        if (ledger != STATUS_OK)
            break;
        status = tell_page(t, &kept);
        ledger = remember(t, e);
    }
    free(t);
    if (status != STATUS_OK) {
        if (e)
            *e = kept;
        return order_flow_failed(f, ORDER_SIDE_CHANNEL, status);
    }
    return ledger == STATUS_END ? STATUS_OK : order_flow_failed(f, ORDER_SIDE_LEDGER, ledger);
}
