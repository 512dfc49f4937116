/* The writer "sql": a document as rows in the ERP's own tables, if a mapping says how, without the
 * vendor's programs. It is off until the administrator confirms knowing the vendor's position.
 *
 * One transaction per document: lock, look for the marker, query what the document needs (including
 * its number), insert, find it, read it back, commit. If anything fails before the commit, nothing
 * is left. After a commit whose answer was lost, the ERP shows later what happened: a search with
 * the lock waits for a transaction that is still open, so a document that is not there then will
 * not come.
 */
#include "document/writer_sql.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "tds/guest.h"
#include "mapping/places.h"
#include "tds/session.h"
#include "mapping/mapping.h"
#include "document/order_lookup.h"
#include "document/insert.h"
#include "tds/session_query.h"

#define STATEMENT_MAX (1 << 18)
#define LOCK_MS       15000
#define LIMIT_MS      40000 /* of a statement in a transaction */

struct writer {
    const struct mapping *mapping;
    struct session *session;
    struct buf document, line; /* INSERTs with places */
    int64_t was_ms;            /* a statement's limit outside of transactions */
    char lock_timeout[48];
};

static const struct mapping_writer *rows_of(const struct writer *w)
{
    return &w->mapping->orders.sql;
}

/* ---- opening ----------------------------------------------------------------------------------- */

static void sql_close(struct writer *w)
{
    buf_free(&w->document);
    buf_free(&w->line);
    free(w);
}

static enum status check_allowed(const struct order_settings *o, const struct mapping *m,
                                 struct error *e)
{
    if (o->sql_unsupported_by_vendor)
        return STATUS_OK;
    error_set(
        e, STATUS_DENIED, "orders_sql_off",
        "rows are written into the ERP's tables only when orders.sql_unsupported_by_vendor is true. %s",
        m->orders.sql.position);
    error_remedy(
        e,
        "Try it with a copy of the database first; or use orders.writer = \"command\", which goes the "
        "vendor's way.");
    return STATUS_DENIED;
}

/* A transaction holds locks that others wait for: its statements have a shorter limit than reads. */
static void limit_time(struct writer *w)
{
    int64_t lock_ms = w->session->lock_timeout_ms;
    w->was_ms = w->session->query_timeout_ms;
    text_format(w->lock_timeout, sizeof w->lock_timeout, "SET LOCK_TIMEOUT %lld",
                (long long)(lock_ms > 0 && lock_ms < LOCK_MS ? lock_ms : LOCK_MS));
}

static enum status sql_open(const struct order_settings *o, const struct mapping *m,
                            struct session *s, struct writer **out, struct error *e)
{
    *out = NULL;
    enum status status = writer_offered(m, "sql", e);
    if (status == STATUS_OK)
        status = check_allowed(o, m, e);
    if (status != STATUS_OK)
        return status;
    if (!s)
        return error_set(e, STATUS_INTERNAL, "orders_sql", "there is no connection to the ERP");
    struct writer *w = mem_alloc(sizeof *w);
    w->mapping = m;
    w->session = s;
    limit_time(w);
    buf_init(&w->document, STATEMENT_MAX);
    buf_init(&w->line, STATEMENT_MAX);
    status = insert_compose(s, &m->orders.sql.document, &w->document, NULL, e);
    if (status == STATUS_OK)
        status = insert_compose(s, &m->orders.sql.lines, &w->line, NULL, e);
    if (status == STATUS_OK)
        status = insert_allowed(s, &m->orders.sql.document, e);
    if (status == STATUS_OK)
        status = insert_allowed(s, &m->orders.sql.lines, e);
    if (status == STATUS_OK && (w->document.failed || w->line.failed))
        status = error_set(e, STATUS_FULL, "orders_sql", "a statement is longer than %d bytes",
                           STATEMENT_MAX);
    if (status == STATUS_OK)
        *out = w;
    else
        sql_close(w);
    return status;
}

/* Only to look for a document, with the lock: nothing is inserted. */
static enum status sql_reopen(const struct order_settings *o, const struct mapping *m,
                              struct session *s, const char *place, struct writer **out,
                              struct error *e)
{
    (void)o;
    (void)place;
    *out = NULL;
    if (!s || !m->orders.sql.present)
        return error_set(e, STATUS_INVALID, "orders_sql",
                         "it was being written as rows, but the mapping of %s has no rows part",
                         mapping_title(m));
    struct writer *w = mem_alloc(sizeof *w);
    w->mapping = m;
    w->session = s;
    limit_time(w);
    buf_init(&w->document, 0);
    buf_init(&w->line, 0);
    *out = w;
    return STATUS_OK;
}

/* ---- transactions ------------------------------------------------------------------------------ */

static enum status run(struct writer *w, const char *sql, struct error *e)
{
    return session_change(w->session, sql, NULL, 0, e);
}

static enum status begin(struct writer *w, struct error *e)
{
    /* Inside another transaction a COMMIT would keep nothing. */
    const char *const steps[] = {"IF @@TRANCOUNT > 0 ROLLBACK", "SET XACT_ABORT ON",
                                 w->lock_timeout, "BEGIN TRANSACTION"};
    enum status status = STATUS_OK;
    if (LIMIT_MS < w->was_ms)
        w->session->query_timeout_ms = LIMIT_MS;
    for (size_t i = 0; i < COUNT_OF(steps) && status == STATUS_OK; i++)
        status = run(w, steps[i], e);
    return status;
}

/* After a transaction: restore the session. */
static void end(struct writer *w)
{
    struct error ignored = {0};
    if (!w->session->dead)
        guest_lock_timeout(w->session, &ignored);
    w->session->query_timeout_ms = w->was_ms;
}

/* Nothing stays, whatever this returns: a connection that breaks, or is no longer used, rolls back
 * as well. */
static void roll_back(struct writer *w)
{
    struct error ignored = {0};
    if (!w->session->dead && run(w, "IF @@TRANCOUNT > 0 ROLLBACK", &ignored) != STATUS_OK)
        w->session->dead = true; /* never again on a connection whose state is unknown */
    end(w);
}

/* ---- questions --------------------------------------------------------------------------------- */

struct answer {
    json_t *columns; /* of the first row, as texts */
    int rows;
};

static enum status take_answer(void *user, size_t columns, const char *const *names,
                               const char *const *values, struct error *e)
{
    struct answer *a = user;
    (void)e;
    if (a->rows++ > 0)
        return STATUS_OK;
    for (size_t i = 0; i < columns; i++)
        json_set_text(a->columns, names[i], values[i]);
    return STATUS_OK;
}

static enum status ask(struct writer *w, const struct mapping_sql *sql,
                       const struct place_values *values, struct answer *a, struct error *e)
{
    struct place_list list = {0};
    struct buf text;
    buf_init(&text, STATEMENT_MAX);
    places_fill(sql->sql, values, &text, &list);
    a->columns = json_object();
    a->rows = 0;
    enum status status =
        session_query(w->session, buf_text(&text), (const char *const *)list.values, list.count,
                      take_answer, a, e);
    buf_free(&text);
    places_free(&list);
    return status;
}

/* If a column "refuse" is not NULL, the document cannot be written, and that is why. */
static enum status check_refused(const struct answer *a, struct error *e)
{
    const char *why = json_text(a->columns, "refuse", "");
    if (!*why)
        return STATUS_OK;
    error_set(e, STATUS_REFUSED, "orders_sql_refused", "%s", why);
    return error_remedy(e, "It is tried again automatically; nothing was written.");
}

/* Is the marker there? From here on the lock is held. */
static enum status look(struct writer *w, const char *marker, bool *there, struct error *e)
{
    json_t *document = json_object();
    json_set_text(document, "marker", marker);
    const struct place_values values = {.document = document};
    struct answer a = {0};
    int64_t count = 0;
    enum status status = ask(w, &rows_of(w)->seen, &values, &a, e);
    if (status == STATUS_OK &&
        (a.rows != 1 || !text_to_i64(json_text(a.columns, "count", ""), &count)))
        status = error_set(e, STATUS_INVALID, "orders_seen",
                           "the mapping's orders.sql.seen must return one row with a number "
                           "\"count\"");
    *there = count > 0;
    json_decref(a.columns);
    json_decref(document);
    return status;
}

static enum status ask_contexts(struct writer *w, struct place_values *values, json_t *context,
                                struct error *e)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < rows_of(w)->context_count && status == STATUS_OK; i++) {
        const struct mapping_context *c = &rows_of(w)->contexts[i];
        struct answer a = {0};
        if (c->when && !places_has(c->when, values))
            continue;
        status = ask(w, &c->statement, values, &a, e);
        if (status == STATUS_OK && a.rows == 0) {
            error_set(e, STATUS_REFUSED, "orders_sql_refused", "%s", c->none);
            status = error_remedy(e, "It is tried again automatically; nothing was written.");
        } else if (status == STATUS_OK && a.rows > 1) {
            status = error_set(e, STATUS_INVALID, "orders_context",
                               "the mapping's %s (line %d) returned %d rows; it must return "
                               "one",
                               c->statement.name, c->statement.line, a.rows);
        }
        if (status == STATUS_OK)
            status = check_refused(&a, e);
        json_object_update(context, a.columns);
        json_decref(a.columns);
    }
    return status;
}

/* ---- writing ----------------------------------------------------------------------------------- */

static enum status insert(struct writer *w, const struct buf *sql,
                          const struct place_values *values, struct error *e)
{
    struct place_list list = {0};
    struct buf text;
    buf_init(&text, STATEMENT_MAX);
    places_fill(buf_text(sql), values, &text, &list);
    enum status status = session_change(w->session, buf_text(&text),
                                        (const char *const *)list.values, list.count, e);
    buf_free(&text);
    places_free(&list);
    return status;
}

/* Insert the document's row, then find it the way it will always be found: exactly once. */
static enum status insert_document(struct writer *w, const char *marker,
                                   struct place_values *values, json_t *context,
                                   struct order_found *found, struct error *e)
{
    enum status status = insert(w, &w->document, values, e);
    if (status == STATUS_OK)
        status = order_find_one(w->session, w->mapping, marker, found, e);
    if (status != STATUS_OK)
        return status;
    if (found->count != 1) {
        error_set(e, STATUS_REFUSED, "orders_sql_unseen",
                  "the inserted document was not found by its marker; it was rolled back");
        return error_remedy(
            e, "Do the mapping's orders.sql.document and orders.find use the same column?");
    }
    if (!found->document[0])
        return error_set(e, STATUS_REFUSED, "orders_sql_unnumbered",
                         "the inserted document has no number in the ERP; it was rolled back");
    json_set_text(context, "document_id", found->document_id);
    json_set_text(context, "document", found->document);
    return STATUS_OK;
}

static enum status read_back(struct writer *w, const struct place_values *values, struct error *e)
{
    struct answer a = {0};
    enum status status = ask(w, &rows_of(w)->written, values, &a, e);
    if (status == STATUS_OK && a.rows != 1)
        status = error_set(e, STATUS_REFUSED, "orders_written",
                           "the inserted document could not be read back; it was rolled back");
    if (status == STATUS_OK)
        status = check_refused(&a, e);
    json_decref(a.columns);
    return status;
}

/* Everything except the commit. */
static enum status fill(struct writer *w, const struct order_document *d, struct order_found *found,
                        struct error *e)
{
    json_t *context = json_object(), *line;
    size_t i;
    struct place_values values = {.document = d->fields, .context = context};
    enum status status = ask_contexts(w, &values, context, e);
    if (status == STATUS_OK)
        status = insert_document(w, d->marker, &values, context, found, e);
    json_array_foreach (json_object_get(d->fields, "lines"), i, line) {
        values.line = line;
        if (status == STATUS_OK)
            status = insert(w, &w->line, &values, e);
    }
    values.line = NULL;
    if (status == STATUS_OK)
        status = read_back(w, &values, e);
    json_decref(context);
    return status;
}

static enum written done(const struct order_found *found, struct writer_outcome *out)
{
    memset(out, 0, sizeof *out);
    text_copy(out->document, sizeof out->document, found->document);
    text_copy(out->document_id, sizeof out->document_id, found->document_id);
    return WRITTEN_DONE;
}

/* Nothing was written: either the order is faulty, or it is tried again. */
static enum written not_written(const struct writer *w, struct writer_outcome *out)
{
    if (text_equal(out->error.code, "erp_timeout") && LIMIT_MS < w->was_ms)
        error_remedy(
            &out->error,
            "A statement of a document may take %d s: is the SQL Server overloaded? Nothing "
            "was written; it is tried again automatically.",
            LIMIT_MS / 1000);
    return text_equal(out->error.code, "erp_long") ? WRITTEN_REJECTED : WRITTEN_NOT;
}

/* The marker was already there, or somebody was quicker. */
static enum written was_there(struct writer *w, const char *marker, struct writer_outcome *out)
{
    struct order_found found;
    if (order_find_one(w->session, w->mapping, marker, &found, &out->error) != STATUS_OK)
        return WRITTEN_LATER;
    if (found.count > 0)
        return done(&found, out);
    error_set(&out->error, STATUS_REFUSED, "orders_sql_unseen",
              "the ERP has the marker %s, but the mapping's orders.find does not see it", marker);
    return WRITTEN_NOT;
}

static enum written sql_recover(struct writer *w, const char *marker, bool staged,
                                struct writer_outcome *out)
{
    bool there = false;
    memset(out, 0, sizeof *out);
    if (!staged)
        return WRITTEN_NOT; /* it is begun only after that was noted */
    enum status status = begin(w, &out->error);
    if (status == STATUS_OK)
        status = look(w, marker, &there, &out->error);
    roll_back(w);
    if (status != STATUS_OK)
        return WRITTEN_LATER;
    if (there)
        return was_there(w, marker, out);
    error_set(&out->error, STATUS_OK, "orders_sql_none",
              "it was not written before this service was stopped, the ERP does not have it");
    return WRITTEN_NOT;
}

/* The commit was not confirmed. If the ERP can be asked at all, it shows what it kept. */
static enum written not_committed(struct writer *w, const char *marker, struct writer_outcome *out)
{
    struct error why = out->error;
    roll_back(w);
    enum written written = sql_recover(w, marker, true, out);
    if (written == WRITTEN_NOT)
        out->error = why;
    return written;
}

static enum written sql_write(struct writer *w, const struct order_document *d,
                              struct writer_outcome *out)
{
    struct order_found found = {0};
    bool there = false;
    memset(out, 0, sizeof *out);
    enum status status = begin(w, &out->error);
    if (status == STATUS_OK)
        status = look(w, d->marker, &there, &out->error);
    if (status == STATUS_OK && !there)
        status = fill(w, d, &found, &out->error);
    if (status != STATUS_OK || there) {
        roll_back(w);
        return status == STATUS_OK ? was_there(w, d->marker, out) : not_written(w, out);
    }
    status = run(w, "COMMIT TRANSACTION", &out->error);
    if (status == STATUS_OK) {
        end(w);
        return done(&found, out);
    }
    return not_committed(w, d->marker, out);
}

/* ---- the rest: nothing to prepare, each document is durable by itself ----------------------- */

static enum status sql_stage(struct writer *w, const struct order_document *d, struct error *e)
{
    (void)w;
    if (!d->marker[0] || !json_is_object(d->fields))
        return error_set(e, STATUS_INTERNAL, "orders_sql", "the document is incomplete");
    return STATUS_OK;
}

static enum status sql_nothing(struct writer *w, struct error *e)
{
    (void)w;
    (void)e;
    return STATUS_OK;
}

static void sql_unstage(struct writer *w, const char *marker)
{
    (void)w;
    (void)marker;
}

const struct writer_ops writer_sql = {
    .name = "sql",
    .code = 4,
    .batch = 1,
    .open = sql_open,
    .reopen = sql_reopen,
    .close = sql_close,
    .stage = sql_stage,
    .flush = sql_nothing,
    .write = sql_write,
    .settle = sql_nothing,
    .recover = sql_recover,
    .unstage = sql_unstage,
};
