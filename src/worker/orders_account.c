#include "worker/orders_account.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"
#include "link/identity.h"
#include "link/link.h"
#include "sync/order_seen.h"

#define ALWAYS 1 /* the ledger had the account before this was asked */

static void fact_name(const struct order_flow *f, char name[64])
{
    uint8_t hash[CRYPTO_HASH];
    char hex[2 * CRYPTO_HASH + 1];
    crypto_sha256(f->scope, strlen(f->scope), hash);
    crypto_hex(hex, hash, 8);
    text_format(name, 64, "account_since/%s", hex);
}

enum status orders_account_known(struct worker *w, struct order_flow *f, struct error *e)
{
    char name[64];
    struct buf cursor;
    int64_t since = 0;
    fact_name(f, name);
    f->account_new = false;
    enum status status = ledger_fact(w->ledger, name, &since, e);
    if (status != STATUS_OK || since) {
        f->account_since_ms = since;
        return status;
    }
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    status = orders_cursor(f->orders, f->scope, &cursor, e);
    f->account_new = cursor.length == 0;
    f->account_since_ms = f->account_new ? clock_wall(w->clock) : ALWAYS;
    buf_free(&cursor);
    return status == STATUS_OK ? ledger_set_fact(w->ledger, name, f->account_since_ms, e) : status;
}

enum status orders_account_corrected(struct worker *w, struct order_flow *f, struct error *e)
{
    char name[64];
    if (!f->account_new)
        return STATUS_OK;
    fact_name(f, name);
    f->account_new = false;
    f->account_since_ms += f->ahead_ms;
    return ledger_set_fact(w->ledger, name, f->account_since_ms, e);
}

enum status orders_account_endpoint(struct worker *w, struct order_flow *f, struct error *e)
{
    struct identity id;
    char before[sizeof id.endpoint_id] = "";
    enum status status = ledger_text(w->ledger, "orders_endpoint", before, sizeof before, e);
    if (status != STATUS_OK)
        return status;
    if (identity_load(w->state_dir, &id, NULL) != STATUS_OK || !id.endpoint_id[0])
        return STATUS_OK; /* nobody now: it is asked again at the next start */
    identity_wipe(&id);
    if (text_equal(before, id.endpoint_id))
        return STATUS_OK;
    if (before[0])
        status = order_flow_estrange(f, before, e);
    return status == STATUS_OK ? ledger_set_text(w->ledger, "orders_endpoint", id.endpoint_id, e)
                               : status;
}
