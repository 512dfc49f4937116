#include "store/orders_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "store/db.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "store/orders_read.h"

#define QUERY_MAX 1500
#define WATCH_MS  INT64_C(604800000) /* a week: how long a finished order is still looked up */

/* arrived_ms is not among them: a reader may be newer than the ledger. */
#define COLUMNS                                                                                   \
    "num,id,marker,number,correlation,document,document_id,reason,remedy,state,staged,cancelled," \
    "by_hand,revision,late,received_ms,changed_ms,handed_ms,told_ms,copies" SAID
/* A ledger that an older version wrote and we only read has no such columns: see orders_statement. */
#define SAID    ",reason_said,remedy_said"
#define NO_SAID ",NULL,NULL"

/* INDEXED BY: if a query plan would ever scan all orders, that must be an error, not a slow pass. */
static const char *const queries[ORDER_QUERIES] = {
    [OQ_BY_SCOPE] = "SELECT " COLUMNS " FROM orders WHERE scope=?1 AND id=?2",
    [OQ_BY_ID] = "SELECT " COLUMNS " FROM orders INDEXED BY orders_id WHERE id=?1 LIMIT 2",
    [OQ_BY_NUMBER] =
        "SELECT " COLUMNS " FROM orders INDEXED BY orders_number WHERE number=?1 LIMIT 2",
    [OQ_INSERT] =
        "INSERT INTO orders(scope,id,marker,number,revision,cancelled,content,state,reason,"
        "correlation,received_ms,changed_ms,arrived_ms,reason_said) "
        "VALUES(?1,?2,?3,?4,?5,?6,?7,0,?8,?9,?10,?10,?11,?12)",
    [OQ_REPLACE] =
        "UPDATE orders SET number=?2,revision=?3,cancelled=?4,content=?5,late=0,late_content=NULL,"
        "faults=NULL WHERE num=?1",
    [OQ_LATE] = "UPDATE orders SET late=?2,cancelled=?3,late_content=?4 WHERE num=?1",
    [OQ_MOVE] =
        "UPDATE orders SET state=?3,staged=0,reason=?4,remedy=?5,document=?6,document_id=?7,"
        "faults=?8,changed_ms=?9,handed_ms=?10,told_ms=?11,copies=?12,by_hand=?13,"
        "watch_ms=?14,revision=?15,late=?16,"
        "content=CASE WHEN ?17 THEN coalesce(late_content,content) ELSE content END,"
        "late_content=CASE WHEN ?17 THEN NULL ELSE late_content END,done_ms=CASE WHEN ?3=3 AND "
        "?2<>3 THEN ?9 WHEN ?3=3 THEN done_ms ELSE 0 END,"
        "away=CASE WHEN ?3<>3 THEN 0 WHEN ?2<>3 AND (place IS NOT NULL OR ?18) THEN 1 ELSE away END,"
        "warned=CASE WHEN ?3=?2 THEN warned ELSE 0 END,reason_said=?19,remedy_said=?20"
        " WHERE num=?1 AND state=?2",
    [OQ_HISTORY] = "INSERT INTO order_history(num,at_ms,state,reason,remedy" SAID
                   ") VALUES(?1,?2,?3,?4,?5,?6,?7)",
    /* Tried again and again with the same result: the first and the last attempt stand for all of
     * them. */
    [OQ_HISTORY_AGAIN] =
        "DELETE FROM order_history WHERE seq IN (SELECT seq FROM order_history WHERE num=?1 ORDER BY "
        "seq DESC LIMIT 2) AND 4=(SELECT count(*) FROM (SELECT state,reason,row_number() OVER "
        "(ORDER BY seq DESC) AS back FROM order_history WHERE num=?1) WHERE (back IN (1,3) AND state=1) OR "
        "(back IN (2,4) AND state=0 AND reason IS ?2))",
    [OQ_UNTOLD_PUT] =
        "INSERT INTO order_outcomes(num) VALUES(?1) ON CONFLICT(num) DO UPDATE SET due_ms=0",
    [OQ_STAGED] = "UPDATE orders SET staged=?2,place=coalesce(?3,place) WHERE num=?1 AND state=1",
    [OQ_BLOCK_TELL] =
        "INSERT INTO order_outcomes(num) SELECT num FROM orders INDEXED BY orders_live "
        "WHERE state=0 AND content IS NOT NULL AND reason IS NOT ?1 "
        "ON CONFLICT(num) DO UPDATE SET due_ms=0",
    [OQ_BLOCK] =
        "UPDATE orders INDEXED BY orders_live SET reason=?1,remedy=?2,reason_said=?4,remedy_said=?5,"
        "told_ms=max(?3,told_ms+1) WHERE state=0 AND content IS NOT NULL AND reason IS NOT ?1",
    [OQ_PAGE] =
        "SELECT " COLUMNS " FROM orders INDEXED BY orders_live WHERE state=?1 AND num>?2 AND "
        "content IS NOT NULL ORDER BY num LIMIT ?3",
    [OQ_WATCHED] = "SELECT " COLUMNS " FROM orders INDEXED BY orders_watch WHERE watch_ms>0 AND "
                   "watch_ms>?1 AND num>?2 ORDER BY num LIMIT ?3",
    [OQ_CONTENT] = "SELECT content FROM orders WHERE num=?1 AND content IS NOT NULL",
    [OQ_DIGEST] = "SELECT CASE WHEN json_valid(coalesce(late_content,content)) "
                  "THEN json_extract(coalesce(late_content,content),'$.digest') END "
                  "FROM orders WHERE num=?1 AND content IS NOT NULL",
    [OQ_BY_MARKER] = "SELECT id FROM orders WHERE marker=?1",
    [OQ_COUNT_STATE] = "SELECT count(*) FROM orders INDEXED BY orders_live WHERE state=?1 "
                       "AND content IS NOT NULL",
    [OQ_COUNT_CLOSED] =
        "SELECT count(*) FROM orders INDEXED BY orders_live WHERE state=4 AND content IS NOT NULL "
        "AND (cancelled=1 OR (json_array_length(faults)=1 AND "
        "json_extract(faults,'$[0].code')='order_old'))",
    [OQ_COUNT_DONE] =
        "SELECT count(*) FROM orders INDEXED BY orders_done WHERE done_ms>0 AND done_ms>=?1",
    [OQ_COUNT_OUTCOMES] = "SELECT count(*) FROM order_outcomes",
    [OQ_TALLIES] = "SELECT name,n FROM order_tallies",
    [OQ_OLDEST_HANDED] = "SELECT min(handed_ms) FROM orders INDEXED BY orders_handed WHERE state=2",
    [OQ_REFUSED] = "SELECT count(*) FROM order_outcomes INDEXED BY outcomes_due WHERE due_ms>0",
    /* An outcome waits at most an hour: if it waits longer, it was postponed by a clock that was
     * ahead. */
    [OQ_UNTOLD] =
        "SELECT " COLUMNS " FROM order_outcomes INDEXED BY outcomes_due JOIN orders USING(num) "
        "WHERE (due_ms<=?1 OR due_ms>?1+3600000) ORDER BY due_ms,num LIMIT ?2",
    [OQ_TOLD] =
        "DELETE FROM order_outcomes WHERE num=?1 AND (SELECT told_ms FROM orders WHERE num=?1)=?2",
    [OQ_LATER] = "UPDATE order_outcomes SET due_ms=?2 WHERE num=?1",
    [OQ_TRIM_LIST] =
        "SELECT num FROM orders INDEXED BY orders_old WHERE changed_ms<?1 AND content IS NOT "
        "NULL AND state IN (3,4) AND num NOT IN (SELECT num FROM order_outcomes) LIMIT ?2",
    [OQ_TRIM] = "UPDATE orders SET content=NULL,late_content=NULL,faults=NULL,watch_ms=0,done_ms=0 "
                "WHERE num=?1",
    [OQ_TRIM_HISTORY] = "DELETE FROM order_history WHERE num=?1",
    [OQ_UNWATCH] =
        "UPDATE orders INDEXED BY orders_unwatch SET watch_ms=0 WHERE watch_ms>0 AND watch_ms<=?1",
    [OQ_CURSOR] = "SELECT cursor FROM order_cursors WHERE scope=?1",
    [OQ_SET_CURSOR] =
        "INSERT INTO order_cursors VALUES(?1,?2) ON CONFLICT(scope) DO UPDATE SET cursor=?2",
    [OQ_LIST] = "SELECT " COLUMNS
                ",faults FROM orders WHERE content IS NOT NULL ORDER BY num DESC LIMIT ?1",
    /* Search only the newest: nobody waits for a search through years. */
    [OQ_SEARCH] =
        "SELECT " COLUMNS ",faults FROM orders WHERE num>(SELECT max(num) FROM orders)-?4 AND "
        "content IS NOT NULL AND (?2<0 OR state=?2) AND (instr(lower(number),?1) OR "
        "instr(lower(id),?1) OR instr(lower(document),?1) OR instr(lower(reason),?1) OR "
        "instr(lower(marker),?1)) ORDER BY num DESC LIMIT ?3",
    [OQ_FAULTS] = "SELECT faults FROM orders WHERE num=?1",
    [OQ_READ_HISTORY] =
        "SELECT at_ms,state,reason,remedy" SAID " FROM order_history WHERE num=?1 ORDER BY seq "
        "DESC LIMIT 200",
    [OQ_ARRIVED] = "SELECT arrived_ms FROM orders WHERE num=?1",
    /* ?3: the account's own scope; its shops' are below it. */
    [OQ_ELSEWHERE] =
        "SELECT " COLUMNS
        " FROM orders WHERE num IN (SELECT num FROM orders INDEXED BY orders_id WHERE id=?1 "
        "UNION SELECT num FROM orders INDEXED BY orders_number WHERE number=?2) AND scope<>?3 AND "
        "substr(scope,1,length(?3)+1)<>?3||'/' AND state NOT IN (0,4) ORDER BY num DESC LIMIT 1",
    [OQ_PLACE] = "SELECT place FROM orders WHERE num=?1",
    [OQ_MARKED] = "SELECT " COLUMNS " FROM orders WHERE marker=?1",
    [OQ_AWAY] = "SELECT " COLUMNS
                " FROM orders INDEXED BY orders_away WHERE away>0 AND num>?1 ORDER BY num LIMIT ?2",
    [OQ_AWAY_DONE] = "UPDATE orders SET away=0 WHERE num=?1",
    [OQ_UNWARNED] = "SELECT " COLUMNS " FROM orders INDEXED BY orders_unwarned WHERE state=2 AND "
                    "warned=0 AND handed_ms<?1 ORDER BY handed_ms LIMIT ?2",
    [OQ_WARNED] = "UPDATE orders SET warned=1 WHERE num=?1",
    [OQ_COUNT_WARNED] = "SELECT count(*) FROM orders INDEXED BY orders_handed WHERE state=2 AND "
                        "handed_ms<?1",
    [OQ_FORGET_WARNED] = "UPDATE orders INDEXED BY orders_handed SET warned=0 WHERE state=2 AND "
                         "handed_ms>=?1 AND warned=1",
};

/* ---- statements ----------------------------------------------------------------------------- */

_Static_assert((int)ORDER_QUERIES <= ORDER_STATEMENTS, "room for every statement");

enum status orders_statement(struct orders *o, enum order_query q, sqlite3_stmt **s,
                             struct error *e)
{
    if (!o->statements[q]) {
        char sql[QUERY_MAX];
        const char *at = o->older ? strstr(queries[q], SAID) : NULL;
        if (at)
            text_format(sql, sizeof sql, "%.*s" NO_SAID "%s", (int)(at - queries[q]), queries[q],
                        at + strlen(SAID));
        enum status status = db_prepare(o->db, at ? sql : queries[q], &o->statements[q], e);
        if (status != STATUS_OK)
            return status;
    }
    *s = o->statements[q];
    return STATUS_OK;
}

enum status orders_open(struct ledger *l, struct orders **out, struct error *e)
{
    struct orders *o = mem_alloc(sizeof *o);
    sqlite3_stmt *s = NULL;
    *out = NULL;
    o->db = ledger_database(l);
    enum status status =
        db_prepare(o->db, "SELECT 1 FROM sqlite_schema WHERE name='order_cursors'", &s, e);
    if (status == STATUS_OK)
        status = db_step(s, e);
    sqlite3_finalize(s);
    o->older = !db_has_column(o->db, "orders", "reason_said");
    if (status == STATUS_END)
        status = error_set(e, STATUS_NOT_FOUND, "orders_none", "the ledger has no orders yet");
    if (status == STATUS_OK)
        *out = o;
    else
        free(o);
    return status;
}

void orders_close(struct orders *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < ORDER_QUERIES; i++)
        sqlite3_finalize(o->statements[i]);
    free(o);
}

static void bind_text(sqlite3_stmt *s, int i, const char *text)
{
    if (!text_empty(text))
        sqlite3_bind_text(s, i, text, -1, SQLITE_STATIC);
}

void orders_take(sqlite3_stmt *s, struct order_entry *n)
{
    int state = sqlite3_column_int(s, 9);
    memset(n, 0, sizeof *n);
    n->num = sqlite3_column_int64(s, 0);
    text_copy(n->id, sizeof n->id, db_text(s, 1));
    text_copy(n->marker, sizeof n->marker, db_text(s, 2));
    text_copy(n->number, sizeof n->number, db_text(s, 3));
    text_copy(n->correlation, sizeof n->correlation, db_text(s, 4));
    text_copy(n->document, sizeof n->document, db_text(s, 5));
    text_copy(n->document_id, sizeof n->document_id, db_text(s, 6));
    text_copy(n->reason, sizeof n->reason, db_text(s, 7));
    text_copy(n->remedy, sizeof n->remedy, db_text(s, 8));
    n->state = state < 0 || state >= ORDER_STATES ? ORDER_IN_DOUBT : (enum order_state)state;
    n->staged_by = sqlite3_column_int(s, 10);
    n->staged = n->staged_by != 0;
    n->cancelled = sqlite3_column_int(s, 11) != 0;
    n->by_hand = sqlite3_column_int(s, 12) != 0;
    n->revision = sqlite3_column_int64(s, 13);
    n->late_revision = sqlite3_column_int64(s, 14);
    n->received_ms = sqlite3_column_int64(s, 15);
    n->changed_ms = sqlite3_column_int64(s, 16);
    n->handed_ms = sqlite3_column_int64(s, 17);
    n->told_ms = sqlite3_column_int64(s, 18);
    n->copies = sqlite3_column_int(s, 19);
    text_copy(n->reason_said, sizeof n->reason_said, db_text(s, 20));
    text_copy(n->remedy_said, sizeof n->remedy_said, db_text(s, 21));
    if (n->reason[0] && !n->reason_said[0]) /* an older version wrote it */
        said_value(n->reason_said, sizeof n->reason_said, n->reason);
    if (n->remedy[0] && !n->remedy_said[0])
        said_value(n->remedy_said, sizeof n->remedy_said, n->remedy);
}

/* Step a statement of at most one row into entry. STATUS_END: none. */
static enum status one(sqlite3_stmt *s, struct order_entry *entry, struct error *e)
{
    enum status status = db_step(s, e);
    if (status == STATUS_OK)
        orders_take(s, entry);
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return status;
}

/* ---- changing ------------------------------------------------------------------------------- */

static enum status add_history(struct orders *o, const struct order_entry *n, int64_t now_ms,
                               struct error *e)
{
    sqlite3_stmt *s;
    enum status status = STATUS_OK;
    if (n->state == ORDER_WAITING) {
        status = orders_statement(o, OQ_HISTORY_AGAIN, &s, e);
        if (status != STATUS_OK)
            return status;
        sqlite3_bind_int64(s, 1, n->num);
        bind_text(s, 2, n->reason);
        status = db_run(s, e);
    }
    if (status == STATUS_OK)
        status = orders_statement(o, OQ_HISTORY, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, n->num);
    sqlite3_bind_int64(s, 2, now_ms);
    sqlite3_bind_int(s, 3, n->state);
    bind_text(s, 4, n->reason);
    bind_text(s, 5, n->remedy);
    bind_text(s, 6, n->reason_said);
    bind_text(s, 7, n->remedy_said);
    return db_run(s, e);
}

static enum status queue_outcome(struct orders *o, const struct order_entry *n, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_UNTOLD_PUT, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, n->num);
    return db_run(s, e);
}

static const char *named(const struct order_entry *n)
{
    return n->document[0] ? n->document : n->marker;
}

static void set_reason(struct order_entry *n, const char *said)
{
    text_copy(n->reason_said, sizeof n->reason_said, said);
    said_words(n->reason, sizeof n->reason, n->reason_said);
}

static void set_remedy(struct order_entry *n, const char *said)
{
    text_copy(n->remedy_said, sizeof n->remedy_said, said);
    said_words(n->remedy, sizeof n->remedy, n->remedy_said);
}

/* A change made in the shop after writing had begun is for a person: say so after the reason. */
static void add_late(struct order_entry *n)
{
    char said[ORDER_REASON_SAID], late[600], remedy[400];
    if (!n->cancelled && n->late_revision <= n->revision)
        return;
    if (n->cancelled) {
        said_format(late, sizeof late, "cancelled in the shop after it was given to the ERP (%s)",
                    named(n));
        said_format(remedy, sizeof remedy, "Cancel %s in the ERP by hand.", named(n));
    } else {
        said_format(late, sizeof late,
                    "revision %lld came after the order was given to the ERP (%s, revision %lld)",
                    (long long)n->late_revision, named(n), (long long)n->revision);
        said_format(remedy, sizeof remedy, "Change %s in the ERP by hand.", named(n));
    }
    set_remedy(n, remedy);
    if (n->reason_said[0])
        said_format(said, sizeof said, "%-s; %-s", n->reason_said, late);
    set_reason(n, n->reason_said[0] ? said : late);
}

static void take_change(struct order_entry *n, const struct order_change *c)
{
    set_reason(n, c->reason ? c->reason : "");
    set_remedy(n, c->remedy ? c->remedy : "");
    if (c->document)
        text_copy(n->document, sizeof n->document, c->document);
    if (c->document_id)
        text_copy(n->document_id, sizeof n->document_id, c->document_id);
    n->by_hand |= c->by_hand;
    if (c->copies > n->copies)
        n->copies = c->copies;
    if (n->state != ORDER_WAITING && n->state != ORDER_REJECTED)
        add_late(n);
}

/* Write `after` over the row that is in state `from`. */
static enum status put(struct orders *o, enum order_state from, struct order_entry *after,
                       const struct order_change *change, bool tell, int64_t now_ms,
                       struct error *e)
{
    sqlite3_stmt *s;
    const json_t *faults = change->faults;
    bool file = change->file;
    char *text = faults ? json_dumps(faults, JSON_COMPACT) : NULL;
    enum status status = orders_statement(o, OQ_MOVE, &s, e);
    if (status == STATUS_OK) {
        after->changed_ms = now_ms;
        if (tell) /* the panel keeps the latest one: the clock may have been set back */
            after->told_ms = now_ms > after->told_ms ? now_ms : after->told_ms + 1;
        sqlite3_bind_int64(s, 1, after->num);
        sqlite3_bind_int(s, 2, from);
        sqlite3_bind_int(s, 3, after->state);
        bind_text(s, 4, after->reason);
        bind_text(s, 5, after->remedy);
        bind_text(s, 6, after->document);
        bind_text(s, 7, after->document_id);
        bind_text(s, 8, text);
        sqlite3_bind_int64(s, 9, now_ms);
        sqlite3_bind_int64(s, 10, after->handed_ms);
        sqlite3_bind_int64(s, 11, after->told_ms);
        sqlite3_bind_int(s, 12, after->copies);
        sqlite3_bind_int(s, 13, after->by_hand);
        sqlite3_bind_int64(s, 14, after->state == ORDER_DONE ? now_ms + WATCH_MS : 0);
        /* Nothing was written after all: the late revision is now in time. */
        bool newer = after->state == ORDER_WAITING && after->late_revision > 0 &&
                     after->late_revision > after->revision;
        if (newer)
            after->revision = after->late_revision;
        if (after->state == ORDER_WAITING)
            after->late_revision = 0;
        sqlite3_bind_int64(s, 15, after->revision);
        sqlite3_bind_int64(s, 16, after->late_revision);
        sqlite3_bind_int(s, 17, newer);
        sqlite3_bind_int(s, 18, file);
        bind_text(s, 19, after->reason_said);
        bind_text(s, 20, after->remedy_said);
        status = db_run(s, e);
    }
    free(text);
    if (status == STATUS_OK && sqlite3_changes(o->db) != 1)
        status = error_set(e, STATUS_REFUSED, "order_state", "order %s is no longer %s", after->id,
                           order_state_word(from));
    if (status == STATUS_OK)
        status = add_history(o, after, now_ms, e);
    return status == STATUS_OK && tell ? queue_outcome(o, after, e) : status;
}

enum status orders_move(struct orders *o, struct order_entry *entry, enum order_cause cause,
                        const struct order_change *change, int64_t now_ms, struct error *e)
{
    struct order_entry after = *entry;
    if (!order_transition(entry->state, cause, &after.state))
        return error_set(e, STATUS_REFUSED, "order_state",
                         "order %s is %s: that is not possible "
                         "now",
                         entry->id, order_state_word(entry->state));
    take_change(&after, change);
    after.staged = false;
    after.staged_by = 0;
    if (cause == CAUSE_DOES_NOT_EXIST || cause == CAUSE_REVISED || cause == CAUSE_RETRIED) {
        after.document[0] = after.document_id[0] = '\0';
        after.by_hand = change->by_hand;
    }
    after.handed_ms = after.state == ORDER_HANDED_OVER ? now_ms : after.handed_ms;
    enum status status = put(o, entry->state, &after, change, cause != CAUSE_BEGUN, now_ms, e);
    if (status == STATUS_OK)
        *entry = after;
    return status;
}

enum status orders_note(struct orders *o, struct order_entry *entry,
                        const struct order_change *change, int64_t now_ms, struct error *e)
{
    struct order_entry after = *entry;
    take_change(&after, change);
    if (text_equal(after.reason, entry->reason) && text_equal(after.remedy, entry->remedy) &&
        text_equal(after.document, entry->document) && after.copies == entry->copies)
        return STATUS_OK;
    int staged_by = entry->staged_by;
    enum status status = put(o, entry->state, &after, change, true, now_ms, e);
    if (status == STATUS_OK && staged_by)
        status = orders_staged(o, &after, staged_by, "", e);
    if (status == STATUS_OK)
        *entry = after;
    return status;
}

enum status orders_staged(struct orders *o, struct order_entry *entry, int writer,
                          const char *place, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_STAGED, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, entry->num);
    sqlite3_bind_int(s, 2, writer);
    bind_text(s, 3, place);
    status = db_run(s, e);
    if (status == STATUS_OK && sqlite3_changes(o->db) != 1)
        return error_set(e, STATUS_REFUSED, "order_state", "order %s is not being sent", entry->id);
    if (status == STATUS_OK) {
        entry->staged = true;
        entry->staged_by = writer;
    }
    return status;
}

enum status orders_block(struct orders *o, const char *reason, const char *remedy, int64_t now_ms,
                         struct error *e)
{
    sqlite3_stmt *tell, *block;
    char words[ORDER_REASON], advice[ORDER_REMEDY];
    said_words(words, sizeof words, reason);
    said_words(advice, sizeof advice, remedy);
    enum status status = orders_statement(o, OQ_BLOCK_TELL, &tell, e);
    if (status == STATUS_OK)
        status = orders_statement(o, OQ_BLOCK, &block, e);
    if (status != STATUS_OK)
        return status;
    bind_text(tell, 1, words);
    status = db_run(tell, e);
    if (status != STATUS_OK)
        return status;
    bind_text(block, 1, words);
    bind_text(block, 2, advice);
    bind_text(block, 4, reason);
    bind_text(block, 5, remedy);
    sqlite3_bind_int64(block, 3, now_ms);
    return db_run(block, e);
}

/* ---- coming in ------------------------------------------------------------------------------ */

static enum status insert(struct orders *o, const struct order_arrival *a, int64_t now_ms,
                          struct order_entry *n, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_INSERT, &s, e);
    if (status != STATUS_OK)
        return status;
    memset(n, 0, sizeof *n);
    text_copy(n->id, sizeof n->id, a->id);
    text_copy(n->marker, sizeof n->marker, a->marker);
    text_copy(n->number, sizeof n->number, a->number);
    set_reason(n, N_("received"));
    crypto_random_id(n->correlation);
    n->revision = a->revision;
    n->cancelled = a->cancelled;
    n->received_ms = n->changed_ms = now_ms;
    sqlite3_bind_text(s, 1, a->scope, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, n->id, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 3, n->marker, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 4, n->number, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 5, a->revision);
    sqlite3_bind_int(s, 6, a->cancelled);
    sqlite3_bind_text(s, 7, a->content, (int)a->length, SQLITE_STATIC);
    bind_text(s, 8, n->reason);
    sqlite3_bind_text(s, 9, n->correlation, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 10, now_ms);
    sqlite3_bind_int64(s, 11, a->arrived_ms);
    bind_text(s, 12, n->reason_said);
    status = db_run(s, e);
    n->num = sqlite3_last_insert_rowid(o->db);
    return status == STATUS_OK ? add_history(o, n, now_ms, e) : status;
}

static enum status replace(struct orders *o, const struct order_arrival *a, struct order_entry *n,
                           int64_t now_ms, struct error *e)
{
    sqlite3_stmt *s;
    struct order_change change = {.reason = N_("a newer revision came; it is checked anew")};
    enum status status = orders_statement(o, OQ_REPLACE, &s, e);
    if (status != STATUS_OK)
        return status;
    text_copy(n->number, sizeof n->number, a->number);
    n->revision = a->revision;
    n->cancelled = a->cancelled;
    sqlite3_bind_int64(s, 1, n->num);
    sqlite3_bind_text(s, 2, n->number, -1, SQLITE_STATIC);
    sqlite3_bind_int64(s, 3, a->revision);
    sqlite3_bind_int(s, 4, a->cancelled);
    sqlite3_bind_text(s, 5, a->content, (int)a->length, SQLITE_STATIC);
    status = db_run(s, e);
    return status == STATUS_OK ? orders_move(o, n, CAUSE_REVISED, &change, now_ms, e) : status;
}

/* Writing has begun: changes made in the shop since then are for a person. */
static enum status too_late(struct orders *o, const struct order_arrival *a, struct order_entry *n,
                            int64_t now_ms, struct error *e)
{
    sqlite3_stmt *s;
    struct order_change change = {0};
    enum status status = orders_statement(o, OQ_LATE, &s, e);
    if (status != STATUS_OK)
        return status;
    n->late_revision = a->revision;
    n->cancelled = a->cancelled;
    sqlite3_bind_int64(s, 1, n->num);
    sqlite3_bind_int64(s, 2, a->revision);
    sqlite3_bind_int(s, 3, a->cancelled);
    sqlite3_bind_text(s, 4, a->content, (int)a->length, SQLITE_STATIC);
    status = db_run(s, e);
    return status == STATUS_OK ? orders_note(o, n, &change, now_ms, e) : status;
}

/* The revision of an order whose shop has none: a new number if its newest reading here differs.
 * One that was trimmed long ago counts as the same. */
static enum status count_revision(struct orders *o, const struct order_entry *n, const char *digest,
                                  int64_t *revision, struct error *e)
{
    sqlite3_stmt *s;
    int64_t newest = n->late_revision > n->revision ? n->late_revision : n->revision;
    enum status status = orders_statement(o, OQ_DIGEST, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, n->num);
    status = db_step(s, e);
    bool same = status == STATUS_END || (status == STATUS_OK && text_equal(db_text(s, 0), digest));
    sqlite3_reset(s);
    *revision = same ? newest : newest < 0 ? 1 : newest + 1;
    return status == STATUS_END ? STATUS_OK : status;
}

enum status orders_store(struct orders *o, const struct order_arrival *given, int64_t now_ms,
                         enum order_stored *what, struct order_entry *n, struct error *e)
{
    sqlite3_stmt *s;
    struct order_arrival counted = *given, *a = &counted;
    bool counts = given->revision <= 0 && given->digest;
    enum status status = orders_statement(o, OQ_BY_SCOPE, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, a->scope, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, a->id, -1, SQLITE_STATIC);
    status = one(s, n, e);
    if (status == STATUS_END) {
        *what = STORED_NEW;
        a->revision = counts ? 1 : a->revision;
        return insert(o, a, now_ms, n, e);
    }
    if (status == STATUS_OK && counts)
        status = count_revision(o, n, given->digest, &a->revision, e);
    if (status != STATUS_OK)
        return status;
    if (a->revision <= n->revision || (n->late_revision > 0 && a->revision <= n->late_revision)) {
        /* The shop delivers it again: it may have been restored from a copy and not know the
         * outcome. */
        *what = STORED_SAME;
        return n->told_ms ? queue_outcome(o, n, e) : STATUS_OK;
    }
    bool open = n->state == ORDER_WAITING || n->state == ORDER_REJECTED;
    *what = open ? STORED_REVISED : STORED_LATE;
    return open ? replace(o, a, n, now_ms, e) : too_late(o, a, n, now_ms, e);
}

enum status orders_cursor(struct orders *o, const char *scope, struct buf *cursor, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_CURSOR, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, scope, -1, SQLITE_STATIC);
    status = db_step(s, e);
    if (status == STATUS_OK)
        buf_add_text(cursor, db_text(s, 0));
    sqlite3_reset(s);
    return status == STATUS_END ? STATUS_OK : status;
}

enum status orders_set_cursor(struct orders *o, const char *scope, const char *cursor,
                              struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, OQ_SET_CURSOR, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_text(s, 1, scope, -1, SQLITE_STATIC);
    sqlite3_bind_text(s, 2, cursor, -1, SQLITE_STATIC);
    return db_run(s, e);
}

/* ---- keeping small -------------------------------------------------------------------------- */

enum status orders_run_on(struct orders *o, enum order_query q, int64_t value, struct error *e)
{
    sqlite3_stmt *s;
    enum status status = orders_statement(o, q, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, value);
    return db_run(s, e);
}

enum status orders_trim(struct orders *o, int64_t now_ms, int64_t keep_ms, size_t max,
                        size_t *trimmed, struct error *e)
{
    sqlite3_stmt *s;
    int64_t list[256];
    size_t count = 0;
    *trimmed = 0;
    enum status status = orders_run_on(o, OQ_UNWATCH, now_ms, e);
    if (status == STATUS_OK)
        status = orders_statement(o, OQ_TRIM_LIST, &s, e);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(s, 1, now_ms - keep_ms);
    sqlite3_bind_int64(s, 2, (int64_t)(max < COUNT_OF(list) ? max : COUNT_OF(list)));
    while (count < COUNT_OF(list) && (status = db_step(s, e)) == STATUS_OK)
        list[count++] = sqlite3_column_int64(s, 0);
    sqlite3_reset(s);
    if (status == STATUS_END)
        status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        status = orders_run_on(o, OQ_TRIM_HISTORY, list[i], e);
        if (status == STATUS_OK)
            status = orders_run_on(o, OQ_TRIM, list[i], e);
        if (status == STATUS_OK)
            ++*trimmed;
    }
    return status;
}
