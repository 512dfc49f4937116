#include "sync/move.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "store/orders_count.h"
#include "sync/order_flow_internal.h"

void move_plain(struct order_move *m, enum order_cause cause, const char *level, const char *code,
                const char *said)
{
    m->what = MOVE_CAUSE;
    m->cause = cause;
    m->level = level;
    m->code = code;
    text_copy(m->reason, sizeof m->reason, said);
}

void move_set(struct order_move *m, enum order_cause cause, const char *level, const char *code,
              const char *format, ...)
{
    va_list args;
    move_plain(m, cause, level, code, "");
    va_start(args, format);
    said_vformat(m->reason, sizeof m->reason, NULL, 0, format, args);
    va_end(args);
}

void move_note(struct order_move *m, const char *level, const char *code, const char *format, ...)
{
    va_list args;
    m->what = MOVE_NOTE;
    m->level = level;
    m->code = code;
    va_start(args, format);
    said_vformat(m->reason, sizeof m->reason, NULL, 0, format, args);
    va_end(args);
}

void move_remedy(struct order_move *m, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    said_vformat(m->remedy, sizeof m->remedy, NULL, 0, format, args);
    va_end(args);
}

void move_document(struct order_move *m, const char *document, const char *document_id, int copies)
{
    text_copy(m->document, sizeof m->document, document);
    text_copy(m->document_id, sizeof m->document_id, document_id);
    m->change.document = m->document;
    m->change.document_id = m->document_id;
    m->change.copies = copies;
}

void move_found(struct order_move *m, const struct order_found *found)
{
    bool twice = found->count > 1;
    if (!twice)
        move_plain(m, CAUSE_FOUND, "info", "order_done", "");
    if (twice) {
        move_set(m, CAUSE_FOUND, "error", "order_twice",
                 "the ERP has %d documents of this order, the first is %s", found->count,
                 found->document);
        move_remedy(m, "Look for %s in the ERP and cancel the extra documents.", found->marker);
    }
    move_document(m, found->document, found->document_id, found->count);
}

void move_written(struct order_move *m, enum written w, const struct writer_outcome *out,
                  const struct order_entry *n)
{
    switch (w) {
    case WRITTEN_LATER: return;
    case WRITTEN_NOT:
        move_plain(m, CAUSE_NOT_WRITTEN, NULL, NULL,
                   out->error.text[0] ? error_said(&out->error)
                                      : N_("it was not written; it is tried again"));
        break;
    case WRITTEN_HANDED_OVER:
        if (out->error.text[0])
            move_plain(m, CAUSE_HANDED_OVER, "info", "order_handed_over", error_said(&out->error));
        else
            move_set(m, CAUSE_HANDED_OVER, "info", "order_handed_over",
                     "given to the ERP as %s; it waits to be imported", n->marker);
        break;
    case WRITTEN_DONE:
        move_plain(m, CAUSE_WRITTEN, "info", "order_done", "");
        move_document(m, out->document, out->document_id, 1);
        break;
    case WRITTEN_REJECTED:
        move_plain(m, CAUSE_REFUSED, "error", "order_rejected", error_said(&out->error));
        break;
    case WRITTEN_UNKNOWN:
        move_plain(m, CAUSE_UNCLEAR, "error", "order_in_doubt",
                   out->error.text[0] ? error_said(&out->error)
                                      : N_("nobody knows whether it was written"));
        break;
    }
    if (out->error.remedy[0])
        text_copy(m->remedy, sizeof m->remedy, error_advice_said(&out->error));
    if (w == WRITTEN_HANDED_OVER && !m->remedy[0])
        move_remedy(m, "Import the file %s.epp in the ERP.", n->marker);
    if ((w == WRITTEN_NOT || w == WRITTEN_REJECTED) && !m->remedy[0] && out->error.text[0])
        text_copy(m->remedy, sizeof m->remedy, error_advice_said(&out->error));
    if (w == WRITTEN_UNKNOWN && !m->remedy[0])
        move_remedy(
            m,
            "Look for %s in the ERP, then: endpointctl order resolve %s --exists-as NUMBER or "
            "--does-not-exist",
            n->marker, n->id);
}

/* "order 7: done as ZK 1". */
static void say_state(char *said, size_t size, const struct order_entry *n)
{
    const char *name = n->number[0] ? n->number : n->id;
    switch (n->state) {
    case ORDER_WAITING: said_format(said, size, "order %s: waiting", name); break;
    case ORDER_SENDING: said_format(said, size, "order %s: sending", name); break;
    case ORDER_HANDED_OVER: said_format(said, size, "order %s: handed-over", name); break;
    case ORDER_DONE: said_format(said, size, "order %s: done as %s", name, n->document); break;
    case ORDER_REJECTED: said_format(said, size, "order %s: rejected", name); break;
    default: said_format(said, size, "order %s: in-doubt", name); break;
    }
}

static void count_move(struct order_flow *f, const struct order_entry *n)
{
    switch (n->state) {
    case ORDER_HANDED_OVER: f->count.handed_over++; break;
    case ORDER_DONE: f->count.done++; break;
    case ORDER_REJECTED: f->count.rejected++; break;
    case ORDER_IN_DOUBT: f->count.in_doubt++; break;
    default: break;
    }
}

static void tell_journal(struct order_flow *f, const struct order_entry *n,
                         const struct order_move *m)
{
    if (!m->level)
        return;
    char said[300];
    say_state(said, sizeof said, n);
    if (n->reason[0])
        order_flow_journal(f, m->level, m->code, n, "%-s – %-s", said, n->reason_said);
    else
        order_flow_journal(f, m->level, m->code, n, "%-s", said);
}

enum status move_commit(struct order_flow *f, struct order_entry *entries, struct order_move *moves,
                        size_t count, struct error *e)
{
    struct order_entry *before = mem_array(count + 1, sizeof *before);
    int64_t now = order_flow_now(f);
    enum status status = ledger_begin(f->ledger, e);
    bool began = status == STATUS_OK;
    memcpy(before, entries, count * sizeof *before);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct order_move *m = &moves[i];
        m->change.file = f->writer_ops && f->writer_ops->makes_files;
        m->change.reason = m->reason;
        m->change.remedy = m->remedy;
        if (m->what == MOVE_CAUSE)
            status = orders_move(f->orders, &entries[i], m->cause, &m->change, now, e);
        else if (m->what == MOVE_NOTE)
            status = orders_note(f->orders, &entries[i], &m->change, now, e);
        if (m->warned && status == STATUS_OK)
            status = orders_warned(f->orders, entries[i].num, e);
    }
    if (status == STATUS_OK)
        status = ledger_commit(f->ledger, e);
    else if (began)
        ledger_rollback(f->ledger);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        bool changed = entries[i].changed_ms != before[i].changed_ms ||
                       !text_equal(entries[i].reason, before[i].reason);
        if (moves[i].what == MOVE_CAUSE)
            count_move(f, &entries[i]);
        if (moves[i].what == MOVE_CAUSE || (moves[i].what == MOVE_NOTE && changed))
            tell_journal(f, &entries[i], &moves[i]);
    }
    if (status != STATUS_OK) { /* the durable state is unchanged */
        memcpy(entries, before, count * sizeof *before);
        f->side = ORDER_SIDE_LEDGER;
    }
    free(before);
    return status;
}
