/* The outbox: what waits to be sent, and what becomes of it. */
#include "store/ledger_outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"
#include "store/db.h"
#include "store/ledger_internal.h"

#define MARK_LOST "?" /* as in channel/channel.h */

void ledger_changes_init(struct ledger_changes *c, size_t max_bytes)
{
    memset(c, 0, sizeof *c);
    buf_init(&c->text, max_bytes);
}

void ledger_changes_free(struct ledger_changes *c)
{
    free(c->rows);
    buf_free(&c->text);
    c->rows = NULL;
    c->count = c->capacity = 0;
}

static void add_change(struct ledger_changes *c, sqlite3_stmt *s)
{
    if (c->count == c->capacity) {
        c->capacity = c->capacity ? 2 * c->capacity : 64;
        c->rows = mem_resize(c->rows, c->capacity, sizeof *c->rows);
    }
    struct ledger_change *row = &c->rows[c->count++];
    row->seq = (uint64_t)sqlite3_column_int64(s, 0);
    for (int i = 1; i <= 4; i++) {
        buf_add_text(&c->text, db_text(s, i));
        buf_add_byte(&c->text, '\0');
    }
    row->length = strlen(db_text(s, 4));
}

/* Set the pointers once all texts are there: adding may have moved them. */
static void find_texts(struct ledger_changes *c)
{
    const char *text = buf_text(&c->text);
    for (size_t i = 0; i < c->count; i++) {
        struct ledger_change *row = &c->rows[i];
        row->stream = text;
        row->op = row->stream + strlen(row->stream) + 1;
        row->key = row->op + strlen(row->op) + 1;
        row->data = row->key + strlen(row->key) + 1;
        text = row->data + row->length + 1;
    }
}

/* The number of the last row that left. */
static enum status last_left(struct ledger *l, uint64_t *seq, struct error *e)
{
    int64_t acked = 0;
    enum status status = l->stale ? ledger_load_numbers(l, e) : STATUS_OK;
    if (status == STATUS_OK)
        status = ledger_fact(l, "acked", &acked, e);
    *seq = (uint64_t)acked + l->shift;
    return status;
}

enum status ledger_look(struct ledger *l, uint64_t after, size_t max_rows, size_t max_bytes,
                        struct ledger_changes *changes, struct error *e)
{
    sqlite3_stmt *s;
    uint64_t before = 0;
    changes->count = 0;
    buf_reset(&changes->text);
    enum status status = last_left(l, &before, e);
    if (status == STATUS_OK)
        status = ledger_prepare(l, Q_BATCH, &s, e);
    if (status != STATUS_OK)
        return status;
    before = after > before ? after : before;
    sqlite3_bind_int64(s, 1, (int64_t)max_rows);
    sqlite3_bind_int64(s, 2, (int64_t)after);
    while ((status = db_step(s, e)) == STATUS_OK) {
        bool follows = (uint64_t)sqlite3_column_int64(s, 0) == before + 1;
        if (!follows || !sqlite3_column_int(s, 5)) {
            status = ledger_is_damaged(e, "a queued change");
            break;
        }
        if (changes->count > 0 && changes->text.length >= max_bytes)
            break;
        add_change(changes, s);
        before++;
    }
    sqlite3_reset(s);
    if (status != STATUS_OK && status != STATUS_END)
        return status;
    if (changes->text.failed)
        return error_set(e, STATUS_FULL, "batch_long", "the queued rows do not fit into a batch");
    find_texts(changes);
    return changes->count ? STATUS_OK : STATUS_END;
}

enum status ledger_batch(struct ledger *l, size_t max_rows, size_t max_bytes,
                         struct ledger_changes *changes, struct error *e)
{
    enum status status = ledger_settle(l, e);
    return status == STATUS_OK ? ledger_look(l, 0, max_rows, max_bytes, changes, e) : status;
}

/* ---- what became of them ---- */

static enum status drop(struct ledger *l, uint64_t from, uint64_t to, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = ledger_prepare(l, Q_DROP, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, (int64_t)from);
    sqlite3_bind_int64(s, 2, (int64_t)to);
    return db_run(s, e);
}

static enum status renumber(struct ledger *l, uint64_t from, uint64_t to, struct error *e)
{
    sqlite3_stmt *s;
    if (from == to)
        return STATUS_OK;
    enum status status = ledger_prepare(l, Q_RENUMBER, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, (int64_t)from);
    sqlite3_bind_int64(s, 2, (int64_t)to);
    return db_run(s, e);
}

/* Rows that stay move up to the rows after them, so that no hole is left. end: rows that may have
 * to move. */
static enum status close_ranks(struct ledger *l, const struct ledger_changes *changes,
                               const uint8_t *fates, size_t end, struct error *e)
{
    uint64_t to = changes->rows[0].seq + end - 1;
    enum status status = STATUS_OK;
    for (size_t i = end; i-- > 0 && status == STATUS_OK;)
        if (fates[i] == LEDGER_STAYS)
            status = renumber(l, changes->rows[i].seq, to--, e);
    return status;
}

/* The end of the run of rows with the same fate. */
static size_t run_of(const uint8_t *fates, size_t from, size_t count)
{
    size_t to = from + 1;
    while (to < count && fates[to] == fates[from])
        to++;
    return to;
}

enum status ledger_answered(struct ledger *l, const struct ledger_changes *changes,
                            const uint8_t *fates, struct error *e)
{
    int64_t acked = 0;
    size_t end = 0, taken = 0, left = 0;
    enum status status = ledger_fact(l, "acked", &acked, e);
    for (size_t i = 0; i < changes->count && status == STATUS_OK;) {
        size_t to = run_of(fates, i, changes->count);
        uint64_t first = changes->rows[i].seq, last = first + (to - i) - 1;
        if (fates[i] != LEDGER_STAYS) {
            status = drop(l, first, last, e);
            *(fates[i] == LEDGER_TAKEN ? &taken : &left) += to - i;
            end = to;
        }
        i = to;
    }
    if (status == STATUS_OK && end > taken + left)
        status = close_ranks(l, changes, fates, end, e);
    l->shift += left;
    return status == STATUS_OK && taken ? ledger_set_fact(l, "acked", acked + (int64_t)taken, e)
                                        : status;
}

/* The existence of a mark is a separate fact, so a row that the disk lost does not look like "the
 * first time". */
enum status ledger_mark(struct ledger *l, char *mark, size_t size, struct error *e)
{
    int64_t marked = 0;
    enum status status = ledger_text(l, "mark", mark, size, e);
    if (status == STATUS_OK && !*mark)
        status = ledger_fact(l, "marked", &marked, e);
    if (status == STATUS_OK && marked)
        text_copy(mark, size, MARK_LOST);
    return status;
}

enum status ledger_set_mark(struct ledger *l, const char *mark, struct error *e)
{
    int64_t marked = 0;
    enum status status = ledger_set_text(l, "mark", mark, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "marked", &marked, e);
    return status == STATUS_OK && !marked ? ledger_set_fact(l, "marked", 1, e) : status;
}

/* The panel may have deleted rows again: queue every remembered deletion again. */
static enum status queue_graves(struct ledger *l, struct error *e)
{
    sqlite3_stmt *s;
    struct key key;
    char stream[64];
    int64_t now = clock_wall_ms();
    enum status status = ledger_prepare(l, Q_GRAVES, &s, e);
    if (status != STATUS_OK)
        return status;
    while ((status = db_step(s, e)) == STATUS_OK) {
        key.length = (size_t)sqlite3_column_bytes(s, 0);
        text_copy(stream, sizeof stream, db_text(s, 1));
        if (key.length > KEY_MAXIMUM) {
            status =
                error_set(e, STATUS_INVALID, "ledger_damaged", "a key in the ledger is damaged");
            break;
        }
        memcpy(key.bytes, sqlite3_column_blob(s, 0), key.length);
        const struct ledger_queued change = {stream, "delete", key.bytes, key.length, NULL, 0};
        status = ledger_queue(l, &change, now, e);
        if (status != STATUS_OK)
            break;
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status ledger_resync(struct ledger *l, const char *mark, struct error *e)
{
    int64_t acked = 0;
    enum status status = ledger_begin(l, e);
    if (status == STATUS_OK)
        status = ledger_fact(l, "acked", &acked, e);
    if (status == STATUS_OK)
        status = db_exec(
            l->db,
            "DELETE FROM outbox; UPDATE snapshot SET fingerprint=zeroblob(16); DELETE FROM texts "
            "WHERE name='stamp'; DELETE FROM facts WHERE name='mass_judged'",
            e);
    if (status == STATUS_OK && l->next_seq <= (uint64_t)acked) /* of a number that damage took */
        l->next_seq = (uint64_t)acked + 1;
    if (status == STATUS_OK)
        l->shift = l->next_seq - 1 - (uint64_t)acked;
    if (status == STATUS_OK)
        status = ledger_set_mark(l, mark, e);
    if (status == STATUS_OK)
        status = ledger_set_fact(l, LEDGER_QUEUED_WHOLE, 0, e);
    if (status == STATUS_OK)
        status = queue_graves(l, e);
    if (status == STATUS_OK)
        return ledger_commit(l, e);
    ledger_rollback(l);
    return status;
}

enum status ledger_start_afresh(struct ledger *l, struct error *e)
{
    return ledger_resync(l, MARK_LOST, e);
}
