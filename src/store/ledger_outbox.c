/* The outbox: what waits to be sent, and what becomes of it. */
#include "store/ledger_outbox.h"

#include "os/clock.h"
#include "store/ledger_internal.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "store/db.h"
#include "store/held.h"

enum status ledger_batch(struct ledger *l, size_t max_rows, size_t max_bytes, struct buf *lines,
                         uint64_t *first, uint64_t *last, struct error *e)
{
    sqlite3_stmt *s;
    size_t count = 0;
    enum status status = ledger_settle(l, e);
    if (status == STATUS_OK && l->stale)
        status = ledger_load_numbers(l, e); /* the shift */
    if (status == STATUS_OK)
        status = ledger_prepare(l, Q_BATCH, &s, e);
    if (status != STATUS_OK)
        return status;
    buf_reset(lines);
    sqlite3_bind_int64(s, 1, (int64_t)max_rows);
    while ((status = db_step(s, e)) == STATUS_OK) {
        uint64_t seq = (uint64_t)sqlite3_column_int64(s, 0) - l->shift;
        if (!sqlite3_column_int(s, 5)) {
            status = ledger_is_damaged(e, "a queued change");
            break;
        }
        if (count > 0 && (lines->length >= max_bytes || seq != *last + 1))
            break;
        if (count++ == 0)
            *first = seq;
        *last = seq;
        const char *key = db_text(s, 3), *data = db_text(s, 4);
        buf_printf(lines, "{\"seq\":%" PRIu64 ",\"stream\":\"%s\",\"op\":\"%s\",\"key\":", seq,
                   db_text(s, 1), db_text(s, 2));
        json_add_string(lines, key, strlen(key));
        if (*data) {
            buf_add_text(lines, ",\"data\":");
            buf_add_text(lines, data);
        }
        buf_add_text(lines, "}\n");
    }
    sqlite3_reset(s);
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    if (lines->failed)
        return error_set(e, STATUS_FULL, "batch_long", "the queued rows do not fit into a batch");
    return count ? STATUS_OK : STATUS_END;
}

enum status ledger_acknowledge(struct ledger *l, uint64_t seq, struct error *e)
{
    sqlite3_stmt *s;
    int64_t own = (int64_t)(seq + l->shift);
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = held_taken(l, own, e);
    if (status == STATUS_OK)
        status = ledger_prepare(l, Q_DROP, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, own);
        status = db_run(s, e);
    }
    if (status == STATUS_OK)
        status = ledger_set_fact(l, "acked", (int64_t)seq, e);
    if (status == STATUS_OK)
        return ledger_commit(l, e);
    ledger_rollback(l);
    return status;
}

enum status ledger_drop_oldest(struct ledger *l, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_DROP_OLDEST, &s, e);
    if (status == STATUS_OK)
        status = db_run(s, e);
    if (status == STATUS_OK)
        l->shift += (uint64_t)sqlite3_changes(l->db);
    return status;
}

/* The panel may have again what was deleted: say every deletion that is remembered once more. */
static enum status queue_graves(struct ledger *l, struct error *e)
{
    sqlite3_stmt *s;
    struct key key;
    char stream[64];
    int64_t now = clock_wall_ms();
    enum status status = l->graves ? ledger_prepare(l, Q_GRAVES, &s, e) : STATUS_END;
    if (status != STATUS_OK)
        return status == STATUS_END ? STATUS_OK : status;
    while ((status = db_step(s, e)) == STATUS_OK) {
        key.length = (size_t)sqlite3_column_bytes(s, 0);
        text_copy(stream, sizeof stream, db_text(s, 1));
        if (key.length > KEY_MAXIMUM) {
            status =
                error_set(e, STATUS_INVALID, "ledger_damaged", "a key in the ledger is damaged");
            break;
        }
        memcpy(key.bytes, sqlite3_column_blob(s, 0), key.length);
        status = ledger_queue(l, stream, "delete", key.bytes, key.length, NULL, 0, now, e);
        if (status != STATUS_OK)
            break;
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* acked >= LEDGER_AFRESH: what the channel has is not known. */
static enum status begin_again(struct ledger *l, uint64_t acked, struct error *e)
{
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = db_exec(
            l->db,
            "DELETE FROM outbox; UPDATE snapshot SET fingerprint=zeroblob(16); DELETE FROM texts "
            "WHERE name='stamp'",
            e);
    if (status == STATUS_OK) {
        l->next_seq = acked + 1;
        l->shift = 0;
        if (acked < LEDGER_AFRESH)
            status = ledger_set_fact(l, "acked", (int64_t)acked, e);
    }
    if (status == STATUS_OK)
        status = queue_graves(l, e);
    if (status == STATUS_OK)
        return ledger_commit(l, e);
    ledger_rollback(l);
    return status;
}

enum status ledger_resync(struct ledger *l, uint64_t acked, struct error *e)
{
    return begin_again(l, acked, e);
}

enum status ledger_start_afresh(struct ledger *l, struct error *e)
{
    return begin_again(l, LEDGER_AFRESH, e);
}
