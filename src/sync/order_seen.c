#include "sync/order_seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "store/orders_read.h"

static void doubt_remedy(const struct order_entry *n, struct order_move *m)
{
    move_remedy(
        m,
        "Look for %s in the ERP and among the files to import, also on the other machine. "
        "Then: endpointctl order resolve %s --exists-as NUMBER, or --does-not-exist (then it "
        "is written)",
        n->marker, n->id);
}

/* What another start of this endpoint told the panel. */
static bool told_elsewhere(const struct order_entry *n, const json_t *json, struct order_move *m)
{
    const json_t *outcome = json_object_get(json, "outcome");
    const char *state = json_text(outcome, "state", ""),
               *document = json_text(outcome, "document", ""), *at = json_text(outcome, "at", "?");
    if (!json_is_object(outcome))
        return false;
    char why[ORDER_REASON_SAID];
    said_get(outcome, "reason", why, sizeof why);
    if (text_equal(state, "done") && *document)
        move_set(
            m, CAUSE_UNCLEAR, "error", "order_in_doubt",
            "the panel was told at %.40s that it is %.64s, and the ERP does not show that document",
            at, document);
    else if (text_equal(state, "done"))
        move_set(
            m, CAUSE_UNCLEAR, "error", "order_in_doubt",
            "the panel was told at %.40s that it is in the ERP, and the ERP does not show that document",
            at);
    else if (text_equal(state, "in-doubt"))
        move_set(m, CAUSE_UNCLEAR, "error", "order_in_doubt",
                 "the panel was told at %.40s that it is in doubt: %-s", at, why);
    else if (json_flag(outcome, "handed_over", false))
        move_set(
            m, CAUSE_UNCLEAR, "error", "order_in_doubt",
            "the panel was told at %.40s that another start of this endpoint gave it to the ERP, which "
            "does not show it yet",
            at);
    else
        return false;
    doubt_remedy(n, m);
    return true;
}

/* ---- another account ------------------------------------------------------------------------- */

static void account_scope(const struct order_flow *f, char *target, size_t size)
{
    text_copy(target, size, f->scope);
    char *shop = strchr(target, '/');
    shop = shop ? strchr(shop + 1, '/') : NULL;
    if (shop)
        *shop = '\0';
}

/* In the ledger, of an account that we had before. */
static enum status in_ledger(struct order_flow *f, const struct order_entry *n,
                             struct order_move *m, bool *doubtful, struct error *e)
{
    char account[240];
    struct order_entry other;
    account_scope(f, account, sizeof account);
    enum status status = orders_elsewhere(f->orders, account, n->id, n->number, &other, e);
    if (status == STATUS_NOT_FOUND)
        return STATUS_OK;
    if (status != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_LEDGER, status);
    *doubtful = true;
    char as[sizeof other.document + 40] = "";
    if (other.document[0])
        said_format(as, sizeof as, " as %s", other.document);
    move_set(
        m, CAUSE_UNCLEAR, "error", "order_in_doubt",
        "an order with this number came before, for another account of the panel, and is %s%-s",
        order_state_word(other.state), as);
    move_remedy(
        m,
        "If it is the same one: endpointctl order resolve %s --exists-as %s. If not: --does-not-exist, "
        "and it is written",
        n->id, other.document[0] ? other.document : "NUMBER");
    return STATUS_OK;
}

static enum status in_erp(struct order_flow *f, const struct order_entry *n, const struct order *o,
                          struct order_move *m, bool *doubtful, struct error *e)
{
    struct order_alike found = {0};
    enum status status =
        f->erp->alike ? f->erp->alike(f->erp->user, o, n->marker, &found, e) : STATUS_OK;
    if (status != STATUS_OK)
        return order_flow_failed(f, ORDER_SIDE_ERP, status);
    if (!found.document[0])
        return STATUS_OK;
    *doubtful = true;
    move_set(m, CAUSE_UNCLEAR, "error", "order_in_doubt",
             "the ERP has %s, an order with this number and another marker (%s): another account "
             "of the panel, or an earlier endpoint, may have written it",
             found.document, found.marker);
    move_remedy(m,
                "If it is the same one: endpointctl order resolve %s --exists-as \"%s\". If not: "
                "--does-not-exist, and it is written",
                n->id, found.document);
    return STATUS_OK;
}

enum status order_seen(struct order_flow *f, const struct order_entry *n, const struct order *o,
                       const json_t *json, struct order_move *m, bool *doubtful, struct error *e)
{
    *doubtful = false;
    if (n->by_hand)
        return STATUS_OK;
    *doubtful = told_elsewhere(n, json, m);
    if (*doubtful || o->placed_at_ms >= f->account_since_ms)
        return STATUS_OK;
    enum status status = in_ledger(f, n, m, doubtful, e);
    return status == STATUS_OK && !*doubtful ? in_erp(f, n, o, m, doubtful, e) : status;
}

/* ---- another endpoint ------------------------------------------------------------------------ */

enum status order_flow_estrange(struct order_flow *f, const char *before, struct error *e)
{
    struct order_entry *entries = mem_array(ORDER_FLOW_BATCH, sizeof *entries);
    struct order_move *moves = mem_array(ORDER_FLOW_BATCH, sizeof *moves);
    size_t count = 0;
    int64_t after = 0;
    enum status status;
    while ((status = orders_page(f->orders, ORDER_WAITING, after, ORDER_FLOW_BATCH, entries, &count,
                                 e)) == STATUS_OK) {
        memset(moves, 0, ORDER_FLOW_BATCH * sizeof *moves);
        after = entries[count - 1].num;
        for (size_t i = 0; i < count; i++) {
            move_set(
                &moves[i], CAUSE_UNCLEAR, "error", "order_in_doubt",
                "it came when this endpoint was registered as %.64s, which may have written it elsewhere",
                before);
            move_remedy(
                &moves[i],
                "If the panel delivers it again, or a copy of this endpoint has it: endpointctl order "
                "resolve %s --exists-as NUMBER. Else: --does-not-exist, and it is written",
                entries[i].id);
        }
        status = move_commit(f, entries, moves, count, e);
        if (status != STATUS_OK)
            break;
    }
    free(entries);
    free(moves);
    return status == STATUS_END ? STATUS_OK : status;
}
