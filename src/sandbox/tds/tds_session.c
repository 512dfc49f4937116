#include "sandbox/tds/tds_session.h"

#include "sandbox/tds/answers.h"
#include "sandbox/tds/tds.h"

#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/log.h"
#include "os/net.h"
#include "sandbox/sql/engine_call.h"
#include "sandbox/sql/type.h"
#include "sandbox/tds/tds_login.h"
#include "sandbox/tds/tds_packet.h"
#include "sandbox/tds/tds_parameter.h"
#include "sandbox/tds/tds_type.h"

enum { DONE_FINAL = 0, DONE_MORE = 1, DONE_ERROR = 2, DONE_COUNT = 0x10, DONE_ATTENTION = 0x20 };
enum { TOKEN_DONE = 0xFD, TOKEN_DONEPROC = 0xFE, TOKEN_DONEINPROC = 0xFF };

/* ---- tokens ------------------------------------------------------------------------------------ */

static void add_us(struct buf *b, const char *text, bool wide_length)
{
    struct buf units;
    buf_init(&units, 16384);
    text_to_utf16(&units, text, strlen(text));
    size_t n = units.length / 2;
    if (!wide_length && n > 255)
        n = 255;
    buf_add_byte(b, (int)(n & 0xFF));
    if (wide_length)
        buf_add_byte(b, (int)(n >> 8));
    buf_add(b, buf_text(&units), n * 2);
    buf_free(&units);
}

void tds_put_message(struct tds *t, const struct sql_message *m)
{
    struct buf b;
    buf_init(&b, 32768);
    for (int shift = 0; shift < 32; shift += 8)
        buf_add_byte(&b, m->number >> shift & 0xFF);
    buf_add_byte(&b, m->state);
    buf_add_byte(&b, m->severity);
    add_us(&b, m->text, true);
    add_us(&b, "SANDBOX", false);
    add_us(&b, "", false);
    for (int shift = 0; shift < 32; shift += 8)
        buf_add_byte(&b, m->line >> shift & 0xFF);
    tds_put8(t, m->severity > 10 ? 0xAA : 0xAB);
    tds_put16(t, (unsigned)b.length);
    tds_put(t, buf_text(&b), b.length);
    buf_free(&b);
}

void tds_put_done(struct tds *t, unsigned token, unsigned status, int64_t rows)
{
    tds_put8(t, token);
    tds_put16(t, status | (rows >= 0 ? DONE_COUNT : 0U));
    tds_put16(t, rows >= 0 ? 0xC1 : 0);
    tds_put64(t, rows >= 0 ? (uint64_t)rows : 0);
}

void tds_put_env(struct tds *t, unsigned type, const void *now, size_t now_length, const void *old,
                 size_t old_length)
{
    tds_put8(t, 0xE3);
    tds_put16(t, (unsigned)(3 + now_length + old_length));
    tds_put8(t, type);
    tds_put8(t, (unsigned)now_length);
    tds_put(t, now, now_length);
    tds_put8(t, (unsigned)old_length);
    tds_put(t, old, old_length);
}

void tds_put_env_text(struct tds *t, unsigned type, const char *now, const char *old)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_add_byte(&b, (int)type);
    add_us(&b, now, false);
    add_us(&b, old, false);
    tds_put8(t, 0xE3);
    tds_put16(t, (unsigned)b.length);
    tds_put(t, buf_text(&b), b.length);
    buf_free(&b);
}

void tds_transaction_changed(struct tds *t, bool before)
{
    static const uint8_t descriptor[8] = {1, 0, 0, 0, 1, 0, 0, 0};
    bool now = engine_in_transaction(t->session);
    if (now && !before)
        tds_put_env(t, 8, descriptor, sizeof descriptor, NULL, 0);
    else if (!now && before)
        tds_put_env(t, 9, NULL, 0, descriptor, sizeof descriptor);
}

/* ---- the engine's answers -------------------------------------------------------------------------- */

/* Something follows the last statement. */
static void put_waiting_done(struct tds *t)
{
    if (t->done_waits)
        tds_put_done(t, t->in_procedure ? TOKEN_DONEINPROC : TOKEN_DONE, DONE_MORE, t->done_rows);
    t->done_waits = false;
}

static bool on_columns(void *user, const struct sql_column *columns, size_t count)
{
    struct tds *t = user;
    put_waiting_done(t);
    t->columns = mem_resize(t->columns, count, sizeof t->columns[0]);
    memcpy(t->columns, columns, count * sizeof t->columns[0]);
    t->column_count = count;
    t->rows_sent = 0;
    tds_put_columns(t, columns, count);
    return !t->broken;
}

/* Faults that tests ask for: in the middle of a result the connection is cut, or nothing more
 * comes. */
static bool fault_now(struct tds *t)
{
    const struct tds_options *o = t->options;
    int64_t limit = o->drop_after_rows ? o->drop_after_rows : o->stall_after_rows;
    if (!limit || t->rows_sent <= limit || __atomic_exchange_n(o->fault_used, 1, __ATOMIC_SEQ_CST))
        return false;
    if (o->drop_after_rows) {
        log_info("fault: drop the connection after %lld rows", (long long)limit);
    } else {
        int type;
        log_info("fault: stall after %lld rows", (long long)limit);
        tds_read(t, &type); /* until the client gives up */
    }
    t->broken = true;
    return true;
}

/* Act like a server whose log is full: undo the transaction and say so. */
static void refuse_commit(struct tds *t, const struct engine_sink *sink)
{
    struct sql_message m = {.number = 9002, .severity = 17, .state = 2, .line = 1};
    engine_run(t->session, "ROLLBACK", 8, NULL, 0, sink);
    text_copy(m.text, sizeof m.text, "The transaction log for the database is full");
    sink->message(t, &m);
}

/* The connection breaks at a COMMIT: before it takes effect, or after it, so that only the answer
 * is missing. Or the COMMIT is refused. */
static bool lose_commit(struct tds *t, const char *sql, const struct engine_sink *sink)
{
    const struct tds_options *o = t->options;
    if (o->lose_commit == COMMIT_KEPT || text_compare_nocase_n(sql, "COMMIT", 6) != 0 ||
        __atomic_exchange_n(o->fault_used, 1, __ATOMIC_SEQ_CST))
        return false;
    if (o->lose_commit == COMMIT_REFUSED) {
        log_info("fault: a commit is refused");
        refuse_commit(t, sink);
        return true;
    }
    if (o->lose_commit == COMMIT_LOST_AFTER)
        engine_run(t->session, sql, strlen(sql), NULL, 0, sink);
    log_info("fault: the connection breaks %s a commit",
             o->lose_commit == COMMIT_LOST_AFTER ? "after" : "before");
    t->broken = true;
    return true;
}

static bool on_row(void *user, const struct sql_value *values, size_t count)
{
    struct tds *t = user;
    tds_put8(t, 0xD1);
    for (size_t i = 0; i < count; i++)
        tds_put_value(t, &t->columns[i], &values[i]);
    t->rows_sent++;
    if ((t->rows_sent & 255) == 0 && tds_poll_attention(t))
        return false;
    return !t->broken && !fault_now(t);
}

static bool on_done(void *user, int64_t affected, bool had_rows)
{
    struct tds *t = user;
    (void)had_rows;
    put_waiting_done(t);
    t->done_waits = true;
    t->done_rows = affected;
    return !t->broken;
}

static void on_message(void *user, const struct sql_message *m)
{
    struct tds *t = user;
    if (m->number == 0)
        return; /* interrupted: the attention's answer says it */
    put_waiting_done(t);
    tds_put_message(t, m);
    if (m->severity > 10) {
        t->failed = true;
        tds_put_done(t, t->in_procedure ? TOKEN_DONEINPROC : TOKEN_DONE, DONE_MORE | DONE_ERROR,
                     -1);
    }
}

static void on_result(void *user, const struct sql_parameter *p)
{
    struct tds *t = user;
    t->results = mem_resize(t->results, t->result_count + 1, sizeof t->results[0]);
    t->results[t->result_count++] = *p;
}

static void on_moved(void *user, const char *database, const char *before)
{
    put_waiting_done(user);
    tds_put_moved(user, database, before);
}

static bool on_wait(void *user)
{
    return tds_poll_attention(user);
}

struct engine_sink tds_sink(struct tds *t)
{
    return (struct engine_sink){on_columns, on_row,   on_done, on_message,
                                on_result,  on_moved, t,       on_wait};
}

/* End the response; when a client cancelled, the acknowledgement is a separate message. */
static void finish(struct tds *t, unsigned token)
{
    bool waits = t->done_waits && token == TOKEN_DONE;
    t->done_waits = false;
    tds_put_done(t, token, t->failed ? DONE_ERROR : DONE_FINAL, waits ? t->done_rows : -1);
    tds_flush(t);
    /* An attention that arrives from here on is the next message, see converse. */
    if (t->cancelled && !t->broken) {
        t->cancelled = false;
        tds_put_done(t, TOKEN_DONE, DONE_ATTENTION, -1);
        tds_flush(t);
    }
}

/* ---- requests ---------------------------------------------------------------------------------- */

/* ALL_HEADERS: a total length, then headers that we do not need. */
static void skip_headers(struct tds_in *in)
{
    if (in->end - in->at < 4)
        return;
    uint32_t total = tds_in32(in);
    if (total < 4 || total > (size_t)(in->end - in->at) + 4)
        in->bad = true;
    else
        tds_in_bytes(in, total - 4);
}

static struct tds_in open_message(struct tds *t)
{
    const uint8_t *start = (const uint8_t *)buf_text(&t->in);
    return (struct tds_in){start, start + t->in.length, false};
}

static void begin_response(struct tds *t, bool procedure)
{
    t->in_procedure = procedure;
    t->failed = t->done_waits = false;
    t->result_count = 0;
}

/* What a test prescribes instead of running a statement. */
static bool answer_batch(struct tds *t)
{
    enum answer answer = answers_send(t, t->options->batch_messages);
    if (answer == ANSWER_CUT) {
        tds_flush(t);
        t->broken = true;
    }
    t->failed |= answer != ANSWER_NONE;
    return answer != ANSWER_NONE;
}

void tds_batch(struct tds *t)
{
    struct tds_in in = open_message(t);
    struct engine_sink sink = tds_sink(t);
    struct buf sql;
    skip_headers(&in);
    if (in.bad) {
        t->broken = true;
        return;
    }
    buf_init(&sql, SQL_BATCH_MAX);
    text_from_utf16(&sql, in.at, (size_t)(in.end - in.at));
    begin_response(t, false);
    bool before = engine_in_transaction(t->session);
    if (sql.failed) {
        struct sql_message m = {.number = 40000, .severity = 16, .state = 1, .line = 1};
        text_copy(m.text, sizeof m.text, "The sandbox does not take a batch of more than 4 MiB");
        on_message(t, &m);
    } else if (!answer_batch(t) && !lose_commit(t, buf_text(&sql), &sink)) {
        engine_run(t->session, buf_text(&sql), sql.length, NULL, 0, &sink);
    }
    tds_transaction_changed(t, before);
    buf_free(&sql);
    finish(t, TOKEN_DONE);
}

static void fail_request(struct tds *t, int number, const char *text)
{
    struct sql_message m = {.number = number, .severity = 16, .state = 1, .line = 1};
    text_copy(m.text, sizeof m.text, text);
    on_message(t, &m);
}

/* Names of "@a int, @b nvarchar(10)" in order; parentheses hide commas. */
static void name_parameters(const char *declaration, struct sql_parameter *p, size_t count)
{
    size_t n = 0;
    int depth = 0;
    while (*declaration && n < count) {
        declaration += strspn(declaration, " \t\r\n,");
        size_t length = strcspn(declaration, " \t\r\n,(");
        if (length == 0)
            break;
        if (!p[n].name[0] && length < sizeof p[n].name) {
            memcpy(p[n].name, declaration, length);
            p[n].name[length] = '\0';
        }
        n++;
        for (; *declaration && (depth > 0 || *declaration != ','); declaration++)
            depth += *declaration == '(' ? 1 : *declaration == ')' && depth > 0 ? -1 : 0;
    }
}

static struct tds_prepared *find_prepared(struct tds *t, int64_t handle)
{
    for (size_t i = 0; i < t->prepared_count; i++)
        if (t->prepared[i].handle == handle)
            return &t->prepared[i];
    return NULL;
}

static int prepare(struct tds *t, const char *declaration, const char *statement)
{
    if (t->prepared_count >= TDS_PREPARED_MAX) {
        fail_request(t, 8179, "Too many prepared statements on this connection");
        return 0;
    }
    t->prepared = mem_resize(t->prepared, t->prepared_count + 1, sizeof t->prepared[0]);
    struct tds_prepared *p = &t->prepared[t->prepared_count++];
    p->handle = ++t->next_handle;
    p->declaration = mem_string(declaration);
    p->statement = mem_string(statement);
    return p->handle;
}

static void unprepare(struct tds *t, int64_t handle)
{
    struct tds_prepared *p = find_prepared(t, handle);
    if (!p)
        return;
    free(p->declaration);
    free(p->statement);
    *p = t->prepared[--t->prepared_count];
}

static void give_handle(struct tds *t, const char *name, int handle)
{
    struct sql_parameter p = {.type = {.type = SQLT_INT, .length = 4},
                              .value = {.integer = handle}};
    text_copy(p.name, sizeof p.name, name);
    on_result(t, &p);
}

static const char *text_of(const struct sql_parameter *p)
{
    return type_text(p->type.type) && !p->value.null ? p->value.bytes : NULL;
}

static void run(struct tds *t, const char *declaration, const char *statement,
                struct sql_parameter *p, size_t count)
{
    struct engine_sink sink = tds_sink(t);
    if (declaration)
        name_parameters(declaration, p, count);
    engine_run(t->session, statement, strlen(statement), p, count, &sink);
}

/* The procedures of the protocol itself; false: not one of them. */
static bool system_procedure(struct tds *t, const char *name, struct sql_parameter *p, size_t count)
{
    if (text_compare_nocase(name, "sp_executesql") == 0) {
        if (count < 1 || !text_of(&p[0]))
            fail_request(
                t, 214, "Procedure expects parameter '@statement' of type 'ntext/nchar/nvarchar'.");
        else
            run(t, count > 1 ? text_of(&p[1]) : NULL, text_of(&p[0]), p + 2,
                count > 2 ? count - 2 : 0);
    } else if (text_compare_nocase(name, "sp_prepare") == 0 ||
               text_compare_nocase(name, "sp_prepexec") == 0) {
        if (count < 3 || !text_of(&p[2])) {
            fail_request(t, 214,
                         "Procedure expects parameter '@stmt' of type 'ntext/nchar/nvarchar'.");
            return true;
        }
        const char *declaration = text_of(&p[1]) ? text_of(&p[1]) : "";
        int handle = prepare(t, declaration, text_of(&p[2]));
        if (handle && text_compare_nocase(name, "sp_prepexec") == 0)
            run(t, declaration, text_of(&p[2]), p + 3, count - 3);
        give_handle(t, p[0].name, handle);
    } else if (text_compare_nocase(name, "sp_execute") == 0) {
        struct tds_prepared *found = count ? find_prepared(t, p[0].value.integer) : NULL;
        if (!found)
            fail_request(t, 8179, "Could not find prepared statement with that handle.");
        else
            run(t, found->declaration, found->statement, p + 1, count - 1);
    } else if (text_compare_nocase(name, "sp_unprepare") == 0) {
        if (count)
            unprepare(t, p[0].value.integer);
    } else if (text_compare_nocase_n(name, "sp_cursor", 9) == 0) {
        fail_request(t, 40000, "The sandbox does not take server cursors");
    } else {
        return false;
    }
    return true;
}

static const char *procedure_by_number(unsigned number)
{
    static const char *const names[] = {"",
                                        "sp_cursor",
                                        "sp_cursoropen",
                                        "sp_cursorprepare",
                                        "sp_cursorexecute",
                                        "sp_cursorprepexec",
                                        "sp_cursorunprepare",
                                        "sp_cursorfetch",
                                        "sp_cursoroption",
                                        "sp_cursorclose",
                                        "sp_executesql",
                                        "sp_prepare",
                                        "sp_execute",
                                        "sp_prepexec",
                                        "sp_prepexecrpc",
                                        "sp_unprepare"};
    return number < COUNT_OF(names) ? names[number] : "";
}

static void put_results(struct tds *t)
{
    put_waiting_done(t);
    tds_put8(t, 0x79);
    tds_put32(t, t->failed ? 1 : 0);
    for (size_t i = 0; i < t->result_count; i++) {
        tds_put8(t, 0xAC);
        tds_put16(t, (unsigned)i);
        tds_put_name(t, t->results[i].name);
        tds_put8(t, 1);
        tds_put32(t, 0);
        tds_put16(t, 0);
        tds_put_type(t, &t->results[i].type);
        tds_put_value(t, &t->results[i].type, &t->results[i].value);
    }
}

static bool read_name(struct tds_in *in, size_t units, char *target, size_t size)
{
    struct buf b;
    const uint8_t *bytes = tds_in_bytes(in, units * 2);
    buf_init(&b, 4096);
    if (bytes)
        text_from_utf16(&b, bytes, units * 2);
    bool ok = bytes && !b.failed && text_copy(target, size, buf_text(&b));
    buf_free(&b);
    return ok;
}

static size_t read_parameters(struct tds_in *in, struct sql_parameter *p, struct buf *store)
{
    size_t count = 0;
    while (!in->bad && in->at < in->end && count < TDS_PARAMETER_MAX) {
        if (*in->at == 0x80 || *in->at == 0xFF)
            break; /* another request in the same message */
        struct sql_parameter *one = &p[count];
        if (!read_name(in, tds_in8(in), one->name, sizeof one->name))
            in->bad = true;
        one->output = tds_in8(in) & 1;
        if (!in->bad && tds_read_parameter(in, one, store))
            count++;
    }
    for (size_t i = 0; i < count; i++) {
        bool in_store =
            !type_exact(p[i].type.type) && !type_float(p[i].type.type) && !p[i].value.null;
        if (in_store)
            p[i].value.bytes = buf_text(store) + p[i].value.integer;
    }
    return count;
}

static void run_rpc(struct tds *t, struct tds_in *in)
{
    struct engine_sink sink = tds_sink(t);
    struct sql_parameter *p = mem_array(TDS_PARAMETER_MAX, sizeof *p);
    struct buf store;
    char name[SQL_NAME * 4];
    unsigned units = tds_in16(in);
    buf_init(&store, 2 * TDS_MESSAGE_MAX);
    if (units == 0xFFFF)
        text_copy(name, sizeof name, procedure_by_number(tds_in16(in)));
    else if (units > 4 * SQL_NAME || !read_name(in, units, name, sizeof name))
        in->bad = true;
    tds_in16(in);
    size_t count = in->bad ? 0 : read_parameters(in, p, &store);
    if (in->bad) {
        fail_request(
            t, 8009,
            "The incoming tabular data stream (TDS) remote procedure call is incorrect, or "
            "has a value of more than the sandbox's 18 digits.");
    } else {
        bool before = engine_in_transaction(t->session);
        if (!system_procedure(t, name, p, count))
            engine_call(t->session, name, p, count, &sink);
        tds_transaction_changed(t, before);
    }
    put_results(t);
    buf_free(&store);
    free(p);
}

void tds_rpc(struct tds *t)
{
    struct tds_in in = open_message(t);
    int guard = 0;
    begin_response(t, true);
    skip_headers(&in);
    if (in.bad) {
        t->broken = true;
        return;
    }
    do {
        run_rpc(t, &in);
        if (in.bad || in.at >= in.end || ++guard > 1000)
            break;
        tds_in8(&in);
        tds_put_done(t, TOKEN_DONEPROC, DONE_MORE | (t->failed ? DONE_ERROR : 0U), -1);
        t->result_count = 0;
    } while (!t->broken);
    finish(t, TOKEN_DONEPROC);
}

void tds_transaction(struct tds *t)
{
    struct tds_in in = open_message(t);
    struct engine_sink sink = tds_sink(t);
    skip_headers(&in);
    unsigned what = tds_in16(&in);
    begin_response(t, false);
    bool before = engine_in_transaction(t->session);
    if (in.bad)
        t->broken = true;
    else if (what == 5)
        engine_begin(t->session, &sink);
    else if (what == 7)
        engine_commit(t->session, &sink);
    else if (what == 8 && before)
        engine_rollback(t->session, &sink);
    else if (what != 8)
        fail_request(t, 40000, "The sandbox does not take this transaction manager request");
    tds_transaction_changed(t, before);
    finish(t, TOKEN_DONE);
}

static void converse(struct tds *t)
{
    int type;
    while (!t->broken && tds_read(t, &type)) {
        switch (type) {
        case TDS_BATCH: tds_batch(t); break;
        case TDS_RPC: tds_rpc(t); break;
        case TDS_TRANSACTION: tds_transaction(t); break;
        case TDS_ATTENTION:
            tds_put_done(t, TOKEN_DONE, DONE_ATTENTION, -1);
            tds_flush(t);
            break;
        default: t->broken = true; break;
        }
    }
}

void tds_serve(int fd, struct engine *engine, const struct tds_options *options)
{
    struct tds *t = mem_alloc(sizeof *t);
    struct error e = {0};
    t->fd = fd;
    t->options = options;
    t->engine = engine;
    t->out = mem_alloc(65536);
    t->out_used = 8;
    t->packet_size = 4096;
    buf_init(&t->in, TDS_MESSAGE_MAX);
    buf_init(&t->scratch, TDS_MESSAGE_MAX * 2);
    if (tds_login(t)) {
        if (engine_connect(engine, &t->session, &e) == STATUS_OK &&
            engine_use(t->session, t->database))
            converse(t);
        else
            log_problem(LOG_ERROR, "a session could not be opened", &e);
    }
    engine_disconnect(t->session);
    while (t->prepared_count)
        unprepare(t, t->prepared[0].handle);
    free(t->prepared);
    free(t->results);
    free(t->columns);
    free(t->out);
    buf_free(&t->in);
    buf_free(&t->scratch);
    SSL_free(t->ssl);
    ERR_clear_error();
    net_close(&fd);
    free(t);
}

enum status tds_tls_open(const char *cert, const char *key, SSL_CTX **ctx, struct error *e)
{
    *ctx = SSL_CTX_new(TLS_server_method());
    if (!*ctx || SSL_CTX_set_max_proto_version(*ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_min_proto_version(*ctx, TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate_chain_file(*ctx, cert) != 1 ||
        SSL_CTX_use_PrivateKey_file(*ctx, key, SSL_FILETYPE_PEM) != 1) {
        SSL_CTX_free(*ctx);
        *ctx = NULL;
        error_set(e, STATUS_INVALID, "tls_files",
                  "the certificate %s and the key %s cannot be used: %s", cert, key,
                  ERR_reason_error_string(ERR_get_error()));
        return error_remedy(e, "Give PEM files that belong together, or --make-cert DIR.");
    }
    /* Session tickets would be sent after the handshake, where TDS has no room for them. */
    SSL_CTX_set_options(*ctx, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(*ctx, SSL_SESS_CACHE_OFF);
    return STATUS_OK;
}
