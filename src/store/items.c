#include "store/items.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "store/db.h"
#include "store/held.h"
#include "store/ledger_internal.h"
#include "store/ledger_proof.h"
#include "store/orders_internal.h"

const char items_schema[] =
    "CREATE TABLE items(id TEXT PRIMARY KEY, sku TEXT NOT NULL, ean TEXT NOT NULL, name TEXT NOT NULL,"
    " sku_fold TEXT NOT NULL, ean_fold TEXT NOT NULL, value TEXT, obstacle TEXT NOT NULL,"
    " sweep INTEGER NOT NULL, proof INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX items_sku ON items(sku_fold) WHERE sku_fold<>'';"
    "CREATE INDEX items_ean ON items(ean_fold) WHERE ean_fold<>'';"
    "CREATE TABLE sent(key TEXT PRIMARY KEY, item TEXT NOT NULL, value TEXT, before TEXT,"
    " sent_ms INTEGER NOT NULL, proof INTEGER NOT NULL) WITHOUT ROWID;"
    "ALTER TABLE held ADD COLUMN sought TEXT NOT NULL DEFAULT ''";

enum item_query {
    I_FIND_SKU,
    I_FIND_EAN,
    I_PUT,
    I_DROP,
    I_SHOW,
    I_SHOWN,
    I_SENT,
    I_NOTE_SENT,
    I_DROP_SENT,
    I_QUERIES
};

static const char *const queries[I_QUERIES] = {
    [I_FIND_SKU] =
        "SELECT id,sku,ean,name,value,obstacle,proof IS proof(id,sku,ean,obstacle) FROM items "
        "WHERE sku_fold=?1 AND sku_fold<>'' ORDER BY sku=?2 DESC,id LIMIT 4",
    [I_FIND_EAN] =
        "SELECT id,sku,ean,name,value,obstacle,proof IS proof(id,sku,ean,obstacle) FROM items "
        "WHERE ean_fold=?1 AND ean_fold<>'' ORDER BY ean=?2 DESC,id LIMIT 4",
    [I_PUT] = "INSERT INTO items(id,sku,ean,name,sku_fold,ean_fold,value,obstacle,sweep,proof) "
              "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,proof(?1,?2,?3,?8)) ON CONFLICT(id) DO UPDATE SET "
              "sku=?2,ean=?3,name=?4,sku_fold=?5,ean_fold=?6,value=?7,obstacle=?8,sweep=?9,"
              "proof=proof(?1,?2,?3,?8)",
    [I_DROP] = "DELETE FROM items WHERE id=?1",
    [I_SHOW] = "UPDATE items SET value=?2 WHERE id=?1",
    [I_SHOWN] = "SELECT value FROM items WHERE id=?1",
    [I_SENT] = "SELECT item,value,proof IS proof(key,item,value) FROM sent WHERE key=?1",
    [I_NOTE_SENT] =
        "INSERT INTO sent(key,item,value,before,sent_ms,proof) VALUES(?1,?2,?3,NULL,?4,proof(?1,?2,?3)) "
        "ON CONFLICT(key) DO UPDATE SET before=CASE WHEN item=?2 THEN value END,item=?2,value=?3,"
        "sent_ms=?4,proof=proof(?1,?2,?3)",
    [I_DROP_SENT] = "DELETE FROM sent WHERE key=?1"};

struct items {
    struct ledger *ledger;
    sqlite3 *db;
    sqlite3_stmt *statements[I_QUERIES];
    struct buf fold;
};

enum status items_open(struct ledger *l, struct items **out, struct error *e)
{
    /* A ledger that is open for reading only has no such function yet. */
    enum status status = l->proofs ? STATUS_OK : ledger_proof_open(ledger_database(l), e);
    if (status != STATUS_OK)
        return status;
    struct items *it = mem_alloc(sizeof *it);
    it->ledger = l;
    it->db = ledger_database(l);
    buf_init(&it->fold, 4096);
    *out = it;
    return STATUS_OK;
}

void items_close(struct items *it)
{
    if (!it)
        return;
    for (size_t i = 0; i < I_QUERIES; i++)
        sqlite3_finalize(it->statements[i]);
    buf_free(&it->fold);
    free(it);
}

/* A statement with texts as its first parameters; NULL: none. */
static enum status prepare(struct items *it, enum item_query q, const char *first,
                           const char *second, sqlite3_stmt **s, struct error *e)
{
    enum status status = STATUS_OK;
    if (!it->statements[q])
        status = db_prepare(it->db, queries[q], &it->statements[q], e);
    *s = it->statements[q];
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(*s, 1, first, -1, SQLITE_TRANSIENT);
    if (second)
        sqlite3_bind_text(*s, 2, second, -1, SQLITE_TRANSIENT);
    return STATUS_OK;
}

/* ---- one form of what is written in many ways ---- */

/* Blanks at the ends and case do not count. */
static const char *fold_sku(struct items *it, const char *text)
{
    size_t length;
    while (*text == ' ')
        text++;
    for (length = strlen(text); length && text[length - 1] == ' ';)
        length--;
    buf_reset(&it->fold);
    text_case(&it->fold, text, length, false);
    return buf_text(&it->fold);
}

/* Twelve digits and thirteen with a zero before them are the same number. */
static const char *fold_ean(struct items *it, const char *text)
{
    const char *folded = fold_sku(it, text);
    while (*folded == '0')
        folded++;
    return folded;
}

static const char *fold(struct items *it, enum items_by by, const char *text)
{
    return by == ITEMS_BY_SKU ? fold_sku(it, text) : fold_ean(it, text);
}

/* ---- the catalogue ---- */

static void name_another(struct items_found *f, sqlite3_stmt *s)
{
    size_t used = strlen(f->several);
    text_format(f->several + used, sizeof f->several - used, "%s%s (%.60s)", used ? ", " : "",
                db_text(s, 0), db_text(s, 3));
}

static void take_first(struct items_found *f, sqlite3_stmt *s)
{
    text_copy(f->id, sizeof f->id, db_text(s, 0));
    text_copy(f->value, sizeof f->value, db_text(s, 4));
    text_copy(f->obstacle, sizeof f->obstacle, db_text(s, 5));
    f->has_value = sqlite3_column_type(s, 4) != SQLITE_NULL;
}

enum status items_find(struct items *it, enum items_by by, const char *text,
                       struct items_found *found, struct error *e)
{
    sqlite3_stmt *s;
    int exact = 0;
    memset(found, 0, sizeof *found);
    enum status status =
        prepare(it, by == ITEMS_BY_SKU ? I_FIND_SKU : I_FIND_EAN, fold(it, by, text), text, &s, e);
    if (status != STATUS_OK)
        return status;
    while ((status = db_step(s, e)) == STATUS_OK) {
        if (!sqlite3_column_int(s, 6)) {
            status = error_set(e, STATUS_INVALID, "items_damaged",
                               "the copy of the shop's catalogue is damaged on the disk");
            break;
        }
        exact += text_equal(db_text(s, by == ITEMS_BY_SKU ? 1 : 2), text);
        if (found->count++ == 0)
            take_first(found, s);
        name_another(found, s);
    }
    sqlite3_reset(s);
    if (exact == 1)
        found->count = 1;
    return status == STATUS_END ? STATUS_OK : status;
}

enum status items_put(struct items *it, const struct items_row *row, int64_t sweep, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = prepare(it, I_PUT, row->id, row->sku, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 3, row->ean, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, row->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 5, fold_sku(it, row->sku), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(s, 6, fold_ean(it, row->ean), -1, SQLITE_TRANSIENT);
    if (row->value)
        sqlite3_bind_text(s, 7, row->value, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 8, row->obstacle ? row->obstacle : "", -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 9, sweep);
    return db_run(s, e);
}

enum status items_drop(struct items *it, const char *id, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = prepare(it, I_DROP, id, NULL, &s, e);
    return status == STATUS_OK ? db_run(s, e) : status;
}

/* Where a word that begins so ("place=", or the whole word) stands in a value; NULL: nowhere. */
static const char *find_word(const char *value, const char *word, size_t length, bool whole)
{
    for (const char *at = value; *at; at += *at == ' ') {
        size_t own = strcspn(at, " ");
        if (own >= length && memcmp(at, word, length) == 0 && (!whole || own == length))
            return at;
        at += own;
    }
    return NULL;
}

bool items_shows(const char *shown, const char *value)
{
    for (const char *at = value; *at; at += *at == ' ') {
        size_t own = strcspn(at, " ");
        if (!find_word(shown, at, own, true))
            return false;
        at += own;
    }
    return true;
}

/* What an item shows once it shows the words of value: words of other places stay. */
static void merge_values(struct buf *b, const char *shown, const char *value)
{
    for (const char *at = shown; *at && strchr(value, '='); at += *at == ' ') {
        size_t own = strcspn(at, " ");
        const char *equals = memchr(at, '=', own);
        if (equals && !find_word(value, at, (size_t)(equals - at) + 1, false)) {
            buf_add(b, at, own);
            buf_add_text(b, " ");
        }
        at += own;
    }
    buf_add_text(b, value);
}

enum status items_show(struct items *it, const char *id, const char *value, struct error *e)
{
    sqlite3_stmt *s;
    struct buf merged;
    buf_init(&merged, 4096);
    enum status status = prepare(it, I_SHOWN, id, NULL, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        merge_values(&merged, db_text(s, 0), value);
    if (s)
        sqlite3_reset(s);
    if (status == STATUS_OK)
        status = prepare(it, I_SHOW, id, buf_text(&merged), &s, e);
    if (status == STATUS_OK)
        status = db_run(s, e);
    buf_free(&merged);
    return status == STATUS_END ? STATUS_OK : status; /* an item that no sweep has seen yet */
}

static enum status run_with(struct items *it, const char *sql, int64_t number, struct error *e)
{
    sqlite3_stmt *s = NULL;
    enum status status = db_prepare(it->db, sql, &s, e);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(s, 1, number);
        status = db_run(s, e);
    }
    sqlite3_finalize(s);
    return status;
}

enum status items_swept(struct items *it, int64_t sweep, struct error *e)
{
    return run_with(it, "DELETE FROM items WHERE sweep<?1-1", sweep, e);
}

enum status items_clear(struct items *it, struct error *e)
{
    return db_exec(it->db, "DELETE FROM items", e);
}

static enum status count_of(struct items *it, const char *sql, int64_t *count, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *count = 0;
    enum status status = db_prepare(it->db, sql, &s, e);
    if (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK)
        *count = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return status;
}

enum status items_count(struct items *it, int64_t *count, struct error *e)
{
    return count_of(it, "SELECT count(*) FROM items", count, e);
}

/* ---- what was sent ---- */

enum status items_sent(struct items *it, const char *key, struct items_sent *sent, struct error *e)
{
    sqlite3_stmt *s;
    memset(sent, 0, sizeof *sent);
    enum status status = prepare(it, I_SENT, key, NULL, &s, e);
    if (status != STATUS_OK)
        return status;
    status = db_step(s, e);
    if (status == STATUS_OK) {
        sent->found = true;
        text_copy(sent->item, sizeof sent->item, db_text(s, 0));
        text_copy(sent->value, sizeof sent->value, db_text(s, 1));
        sent->has_value = sqlite3_column_type(s, 1) != SQLITE_NULL;
        if (!sqlite3_column_int(s, 2))
            status = ledger_is_damaged(e, N_("what was sent"));
    }
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status items_note_sent(struct items *it, const char *key, const char *item, const char *value,
                            int64_t now_ms, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = prepare(it, I_NOTE_SENT, key, item, &s, e);
    if (status != STATUS_OK)
        return status;
    if (value)
        sqlite3_bind_text(s, 3, value, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 4, now_ms);
    return db_run(s, e);
}

enum status items_drop_sent(struct items *it, const char *key, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = prepare(it, I_DROP_SENT, key, NULL, &s, e);
    return status == STATUS_OK ? db_run(s, e) : status;
}

enum status items_clear_sent(struct items *it, struct error *e)
{
    return db_exec(it->db, "DELETE FROM sent", e);
}

enum status items_count_sent(struct items *it, int64_t *count, struct error *e)
{
    return count_of(it, "SELECT count(*) FROM sent", count, e);
}

enum status items_differences(struct items *it, int64_t sweep,
                              void (*tell)(void *user, const struct items_difference *d),
                              void *user, struct error *e)
{
    sqlite3_stmt *s = NULL;
    enum status status = db_prepare(
        it->db,
        "SELECT s.key,i.id,i.name,s.value,i.value,s.before FROM sent s JOIN "
        "items i ON i.id=s.item WHERE i.sweep=?1 AND s.value IS NOT NULL "
        "AND i.value IS NOT NULL AND i.value<>s.value AND s.key NOT IN (SELECT key FROM outbox) ORDER BY s.key",
        &s, e);
    if (status == STATUS_OK)
        sqlite3_bind_int64(s, 1, sweep);
    while (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        const struct items_difference d = {.key = db_text(s, 0),
                                           .item = db_text(s, 1),
                                           .name = db_text(s, 2),
                                           .sent = db_text(s, 3),
                                           .shown = db_text(s, 4),
                                           .never_arrived =
                                               sqlite3_column_type(s, 5) != SQLITE_NULL &&
                                               items_shows(db_text(s, 4), db_text(s, 5))};
        if (!items_shows(d.shown, d.sent))
            tell(user, &d);
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

/* ---- again ---- */

enum status items_retry_held(struct items *it, enum items_by by, int64_t *count, struct error *e)
{
    sqlite3_stmt *s = NULL;
    *count = 0;
    enum status status =
        db_prepare(it->db, "SELECT key,sought FROM held WHERE sought<>'' AND op='upsert'", &s, e);
    while (status == STATUS_OK && (status = db_step(s, e)) == STATUS_OK) {
        struct items_found found;
        struct key key;
        key.length = (size_t)sqlite3_column_bytes(s, 0);
        if (key.length > KEY_MAXIMUM)
            continue;
        memcpy(key.bytes, sqlite3_column_blob(s, 0), key.length);
        status = items_find(it, by, db_text(s, 1), &found, e);
        if (status == STATUS_OK && found.count == 1 && !found.obstacle[0]) {
            status = held_forget(it->ledger, &key, e);
            ++*count;
        }
    }
    sqlite3_finalize(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status items_send_again(struct items *it, const char *name, struct error *e)
{
    struct key key;
    held_find_key(it->ledger, name, &key);
    return held_forget(it->ledger, &key, e);
}
