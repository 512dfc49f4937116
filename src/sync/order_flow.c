/* Fetches orders, and applies people's decisions. Writing is in order_write.c, looking in
 * order_look.c, telling the shop in order_tell.c. */
#include "sync/order_flow_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "store/orders_read.h"

#define PAGES_MAX 1000

int64_t order_flow_now(const struct order_flow *f)
{
    return f->now(f->user);
}

void order_flow_point(const struct order_flow *f, const char *name)
{
    if (f->point)
        f->point(f->user, name);
}

bool order_flow_tick(const struct order_flow *f, const char *phase, uint64_t done)
{
    return !f->tick || f->tick(f->user, phase, done);
}

void order_flow_journal(const struct order_flow *f, const char *level, const char *code,
                        const struct order_entry *order, const char *format, ...)
{
    char said[ORDER_REASON_SAID + ORDER_REMEDY_SAID + 512];
    va_list args;
    if (!f->journal)
        return;
    va_start(args, format);
    said_vformat(said, sizeof said, NULL, 0, format, args);
    va_end(args);
    f->journal(f->user, level, code, order, said);
}

enum status order_flow_failed(struct order_flow *f, enum order_side side, enum status status)
{
    f->side = side;
    return status;
}

enum status order_flow_find(struct order_flow *f, const struct order_entry *entries, size_t count,
                            struct order_found *found, int *match, struct error *e)
{
    char(*markers)[ORDER_MARKER + 1] = mem_array(count + 1, sizeof *markers);
    size_t found_count = 0;
    for (size_t i = 0; i < count; i++) {
        text_copy(markers[i], sizeof markers[i], entries[i].marker);
        match[i] = -1;
    }
    enum status status = f->erp->find(f->erp->user, (const char(*)[ORDER_MARKER + 1]) markers,
                                      count, found, &found_count, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        for (size_t j = 0; j < found_count; j++)
            if (text_equal(found[j].marker, entries[i].marker))
                match[i] = (int)j;
    free(markers);
    return status == STATUS_OK ? status : order_flow_failed(f, ORDER_SIDE_ERP, status);
}

/* ---- fetching ------------------------------------------------------------------------------- */

struct stored {
    bool there;
    enum order_stored what;
    struct order_entry entry;
};

void order_flow_marker(const struct order_flow *f, const char *id, char marker[ORDER_MARKER + 1])
{
    struct buf key;
    buf_init(&key, 8 * ORDER_ID_MAX + 2048);
    order_key(&key, f->channel_type, f->account, id, f->document_type);
    order_marker(buf_text(&key), marker);
    buf_free(&key);
}

/* Store one order of the channel's answer. */
static enum status store(struct order_flow *f, json_t *json, struct stored *s, struct error *e)
{
    struct order *o = NULL;
    struct buf content;
    char marker[ORDER_MARKER + 1];
    json_t *faults = json_array();
    order_parse(json, &o, faults, NULL); /* its faults are reported when its turn comes */
    json_decref(faults);
    if (!o || !*o->id) {
        order_free(o);
        return STATUS_OK;
    }
    buf_init(&content, 32 << 20);
    order_flow_marker(f, o->id, marker);
    json_add(&content, json);
    struct order_arrival a = {
        .scope = f->scope,
        .id = o->id,
        .marker = marker,
        .number = *o->number ? o->number : o->id,
        .revision = o->revision,
        .digest = json_text(json, "digest", NULL),
        .cancelled = o->cancelled,
        .arrived_ms = clock_disagrees(f->ahead_ms) ? -1 : order_flow_now(f) + f->ahead_ms,
        .content = buf_text(&content),
        .length = content.length};
    enum status status =
        content.failed ? error_set(e, STATUS_FULL, "order_long", "an order is too long")
                       : orders_store(f->orders, &a, order_flow_now(f), &s->what, &s->entry, e);
    s->there = status == STATUS_OK;
    buf_free(&content);
    order_free(o);
    return status;
}

/* Report what came in to the journal, after it is durable. */
static void announce(struct order_flow *f, const json_t *json, const struct stored *s)
{
    const struct order_entry *n = &s->entry;
    if (!s->there) {
        char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
        order_flow_journal(
            f, "error", "order_no_id", NULL,
            "the shop sent an order without a usable id; it cannot be answered: %.300s",
            text ? text : "?");
        free(text);
        return;
    }
    f->count.received += s->what != STORED_SAME;
    if (s->what == STORED_REVISED)
        order_flow_unpause_one(f, n->num);
    if (s->what == STORED_NEW)
        order_flow_journal(f, "info", "order_received", n, "order %s: received", n->number);
    else if (s->what == STORED_REVISED)
        order_flow_journal(f, "info", "order_revised", n, "order %s: revision %lld took its place",
                           n->number, (long long)n->revision);
    else if (s->what == STORED_LATE)
        order_flow_journal(f, "warning",
                           n->cancelled ? "order_cancelled_late" : "order_revised_late", n,
                           "order %s: %-s – %-s", n->number, n->reason_said, n->remedy_said);
}

static enum status store_page(struct order_flow *f, json_t *list, const char *cursor,
                              struct error *e)
{
    size_t i, count = json_array_size(list);
    json_t *json;
    struct stored *stored = mem_array(count + 1, sizeof *stored);
    enum status status = ledger_begin(f->ledger, e);
    bool began = status == STATUS_OK;
    for (i = 0; i < count && status == STATUS_OK; i++)
        status = store(f, json_array_get(list, i), &stored[i], e);
    if (status == STATUS_OK)
        status = orders_set_cursor(f->orders, f->scope, cursor, e);
    if (status == STATUS_OK)
        status = ledger_commit(f->ledger, e);
    else if (began)
        ledger_rollback(f->ledger);
    if (status == STATUS_OK)
        json_array_foreach (list, i, json)
            announce(f, json, &stored[i]);
    free(stored);
    return status;
}

enum status order_flow_fetch(struct order_flow *f, const struct channel_ops *ops,
                             struct channel *channel, int64_t *retry_after_ms, struct error *e)
{
    struct buf cursor, next;
    json_t *list = NULL;
    size_t count = 1;
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    buf_init(&next, CHANNEL_CURSOR_MAX);
    *retry_after_ms = -1;
    enum status status = orders_cursor(f->orders, f->scope, &cursor, e);
    if (status != STATUS_OK)
        order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    for (int page = 0; page < PAGES_MAX && count > 0 && status == STATUS_OK; page++) {
        buf_reset(&next);
        status = ops->orders(channel, buf_text(&cursor), ORDER_FLOW_BATCH, &list, &next,
                             retry_after_ms, e);
        if (status != STATUS_OK) {
            order_flow_failed(f, ORDER_SIDE_CHANNEL, status);
            break;
        }
        f->ahead_ms = ops->clock_offset ? ops->clock_offset(channel) : 0;
        f->clock_heard = true;
        count = json_array_size(list);
        bool moved = !text_equal(buf_text(&next), buf_text(&cursor));
        if (moved || count)
            status = store_page(f, list, buf_text(&next), e);
        if (status != STATUS_OK)
            order_flow_failed(f, ORDER_SIDE_LEDGER, status);
        else if (count)
            order_flow_point(f, "order-stored");
        json_decref(list);
        list = NULL;
        if (!moved) /* a cursor that does not move would give the same for ever */
            break;
        buf_reset(&cursor);
        buf_add_text(&cursor, buf_text(&next));
        if (!order_flow_tick(f, "fetch", f->count.received) && status == STATUS_OK)
            status = error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
    }
    buf_free(&cursor);
    buf_free(&next);
    return status;
}

/* ---- people --------------------------------------------------------------------------------- */

static enum status by_hand(struct order_flow *f, struct order_entry *n, struct order_move *m,
                           struct error *e)
{
    m->change.by_hand = true;
    return move_commit(f, n, m, 1, e);
}

static enum status refuse_retry(const struct order_entry *n, struct error *e)
{
    char as[sizeof n->document + 40] = "";
    if (n->document[0])
        said_format(as, sizeof as, " as %s", n->document);
    error_set(e, STATUS_REFUSED, "order_state", "order %s is %s%-s: it is not written again", n->id,
              order_state_word(n->state), as);
    switch (n->state) {
    case ORDER_DONE: error_remedy(e, "Nothing needs to be done."); break;
    case ORDER_SENDING:
        error_remedy(
            e,
            "It is being written; look again in a moment. If it stays so: endpointctl order "
            "resolve %s --exists-as NUMBER (or --does-not-exist)",
            n->id);
        break;
    case ORDER_HANDED_OVER:
        error_remedy(e,
                     "Import its file in the ERP. If that is impossible: endpointctl order "
                     "resolve %s --does-not-exist (or --exists-as NUMBER)",
                     n->id);
        break;
    default:
        error_remedy(
            e,
            "Look for %s in the ERP, then: endpointctl order resolve %s --exists-as NUMBER (or "
            "--does-not-exist)",
            n->marker, n->id);
        break;
    }
    return STATUS_REFUSED;
}

enum status order_flow_retry(struct order_flow *f, const char *name, struct order_entry *n,
                             struct error *e)
{
    struct order_move m = {0};
    enum order_state to;
    enum status status = orders_get(f->orders, name, n, e);
    if (status != STATUS_OK)
        return status;
    if (!order_transition(n->state, CAUSE_RETRIED, &to))
        return refuse_retry(n, e);
    if (n->cancelled)
        return error_set(e, STATUS_REFUSED, "order_cancelled", "order %s was cancelled in the shop",
                         n->id);
    move_set(&m, CAUSE_RETRIED, "info", "order_retried", "tried again, as a person asked");
    return by_hand(f, n, &m, e);
}

enum status order_flow_resolve(struct order_flow *f, const char *name, const char *exists_as,
                               struct order_entry *n, struct error *e)
{
    struct order_move m = {0};
    enum order_cause cause = exists_as ? CAUSE_EXISTS_AS : CAUSE_DOES_NOT_EXIST;
    enum order_state to;
    enum status status = orders_get(f->orders, name, n, e);
    if (status != STATUS_OK)
        return status;
    if (exists_as && (!*exists_as || strlen(exists_as) >= sizeof m.document))
        return error_set(e, STATUS_INVALID, "order_document",
                         "\"%.80s\" is not a document's number: 1 to %zu bytes are expected",
                         exists_as, sizeof m.document - 1);
    if (exists_as && n->state == ORDER_DONE && text_equal(n->document, exists_as))
        return STATUS_OK; /* said twice */
    if (!order_transition(n->state, cause, &to)) {
        char as[sizeof n->document + 40] = "";
        if (n->document[0])
            said_format(as, sizeof as, " as %s", n->document);
        error_set(e, STATUS_REFUSED, "order_state", "order %s is %s%-s: that is settled", n->id,
                  order_state_word(n->state), as);
        if (!exists_as && (n->state == ORDER_REJECTED || n->state == ORDER_WAITING))
            error_remedy(e, "To have it written: endpointctl order retry %s", n->id);
        return STATUS_REFUSED;
    }
    if (exists_as) {
        move_set(&m, cause, "warning", "order_resolved", "resolved by hand: it is %s", exists_as);
        move_document(&m, exists_as, "", 0);
    } else {
        move_set(&m, cause, "warning", "order_resolved",
                 "resolved by hand: it is not in the ERP, so it is written");
    }
    return by_hand(f, n, &m, e);
}
