#include "channel/panel.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/zip.h"
#include "link/identity.h"
#include "link/link.h"

#define ZIP_FROM    1024 /* bytes: below this, compression does not pay */
#define TIMEOUT_MS  60000
#define BATCH_ROWS  5000
#define BATCH_BYTES (4 << 20)
#define LINES_MAX   (16 << 20)
#define LINE_FEW    60                  /* bytes of a line beside key and data, about */
#define SEQ_MAX     (UINT64_C(1) << 53) /* the largest number that JSON carries exactly */
/* A number that no panel has reached: a batch after it makes a hole, and the panel's answer says
 * how far it is. */
#define SEQ_ASK (UINT64_C(1) << 50)

struct channel {
    struct link link;
    struct http_client *client;
    struct http_options options;
    const volatile int *cancel;
    char plugin[80];
    char account[200];
    bool singly; /* the panel takes outcomes one at a time */

    uint64_t acked; /* the number of the last change that the panel has */
    bool lost;      /* that is not known */
    /* Used while searching for a row that the panel refuses; all 0 at the start. */
    struct {
        uint64_t from, to; /* one of these is refused; to 0: none is known */
        size_t rows;       /* of a batch; 0: as many as allowed */
    } trial;
    struct buf lines, packed; /* of a batch; if packed, lines has one line at a time */
    struct zip *zip;
};

static void take_mark(struct channel *c, const char *mark)
{
    char *end = NULL;
    c->acked = strtoull(mark, &end, 10);
    c->lost = *mark && (*end || *mark < '0' || *mark > '9' || c->acked > SEQ_MAX);
}

static enum status open_panel(const struct channel_place *place, struct channel **out,
                              struct error *e)
{
    struct identity id;
    const char *shop = json_text(place->settings, "shop", NULL);
    *out = NULL;
    enum status status = identity_load(place->state_dir, &id, e);
    if (status != STATUS_OK)
        return status;
    if (!id.endpoint_id[0]) {
        error_set(e, STATUS_DENIED, "not_registered",
                  "this endpoint is not registered with a panel yet");
        return error_remedy(e, "Get a token from the panel, then: endpointctl register");
    }
    struct channel *c = mem_alloc(sizeof *c);
    link_init(&c->link, place->panel_url, &id);
    identity_wipe(&id);
    c->link.incarnation = place->incarnation;
    c->cancel = place->cancel;
    take_mark(c, place->mark ? place->mark : "");
    buf_init(&c->lines, LINES_MAX);
    buf_init(&c->packed, LINES_MAX);
    c->zip = zip_open();
    text_copy(c->plugin, sizeof c->plugin, place->plugin_id);
    /* The setting distinguishes two shops of one account, whose orders may have the same ids. */
    text_format(c->account, sizeof c->account, "%s%s%s", c->link.id.account_id, shop ? "/" : "",
                shop ? shop : "");
    status = http_client_open(place->http, &c->client, e);
    if (status != STATUS_OK) {
        channel_panel.close(c);
        return status;
    }
    *out = c;
    return STATUS_OK;
}

static void close_panel(struct channel *c)
{
    if (!c)
        return;
    http_client_close(c->client);
    link_wipe(&c->link);
    buf_free(&c->lines);
    buf_free(&c->packed);
    zip_close(c->zip);
    free(c);
}

/* ---- changes -------------------------------------------------------------------------------------- */

/* What one request carries. */
struct batch {
    uint64_t first, last;
    bool packed;
};

/* How many rows the next batch may have. While searching for a refused row: those before it, then
 * the row alone; if only a range is known, its first half. */
static size_t batch_rows(const struct channel *c, uint64_t first)
{
    uint64_t from = c->trial.from, to = c->trial.to;
    if (c->lost)
        return 1; /* the panel will not take it */
    if (to < first || to == 0)
        return c->trial.rows ? c->trial.rows : BATCH_ROWS;
    if (from > first)
        return (size_t)(from - first);
    return from == to || first == to ? 1 : (size_t)((to - first + 1) / 2);
}

/* How many of the records to send, and are they so few that compression does not pay? */
static size_t choose(struct channel *c, const struct channel_record *records, size_t count,
                     struct batch *b)
{
    size_t most, i = 0, length = 0;
    b->first = c->lost ? SEQ_ASK + 1 : c->acked + 1;
    for (most = batch_rows(c, b->first); i < count && i < most && (i == 0 || length < BATCH_BYTES);
         i++)
        length += LINE_FEW + strlen(records[i].key) + records[i].length;
    b->last = b->first + i - 1;
    b->packed = length >= ZIP_FROM;
    return i;
}

static void write_line(struct buf *line, uint64_t seq, const struct channel_record *r)
{
    buf_printf(line, "{\"seq\":%" PRIu64 ",\"stream\":\"%s\",\"op\":\"%s\",\"key\":", seq,
               r->stream, r->op);
    json_add_string(line, r->key, strlen(r->key));
    if (r->length) {
        buf_add_text(line, ",\"data\":");
        buf_add(line, r->data, r->length);
    }
    buf_add_text(line, "}\n");
}

/* NDJSON lines {"seq","stream","op","key","data"} of the oldest records; compressed one by one,
 * because all of them are in memory once already. */
static enum status write_lines(struct channel *c, const struct channel_record *records,
                               size_t count, struct batch *b, struct error *e)
{
    size_t chosen = choose(c, records, count, b);
    bool failed = false;
    buf_reset(&c->lines);
    buf_reset(&c->packed);
    if (b->packed)
        zip_begin(c->zip, &c->packed);
    for (size_t i = 0; i < chosen; i++) {
        write_line(&c->lines, b->first + i, &records[i]);
        failed |= c->lines.failed;
        if (!b->packed)
            continue;
        zip_add(c->zip, buf_text(&c->lines), c->lines.length);
        buf_reset(&c->lines);
    }
    if (failed)
        return error_set(e, STATUS_FULL, "batch_long", "the queued rows do not fit into a batch");
    return b->packed ? zip_end(c->zip, e) : STATUS_OK;
}

static enum status read_acked(const json_t *json, uint64_t *acked, struct error *e)
{
    const json_t *value = json_object_get(json, "acked");
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return error_set(e, STATUS_UNREACHABLE, "panel_answer",
                         "the panel's answer has no \"acked\"");
    *acked = (uint64_t)json_integer_value(value);
    if (*acked > SEQ_MAX)
        return error_set(e, STATUS_UNREACHABLE, "panel_answer",
                         "the panel says that it has %llu changes, which is impossible",
                         (unsigned long long)*acked);
    return STATUS_OK;
}

/* Post the lines. OK and EXISTS (a hole): *acked says what the panel has. INVALID: the panel will
 * never take one of the rows, and took none; *acked is that row's number; 0: the panel does not
 * say. */
static enum status post_lines(struct channel *c, const struct batch *b, uint64_t *acked,
                              int64_t *retry_after_ms, struct error *e)
{
    char range[96], path[160];
    const struct buf *body = b->packed ? &c->packed : &c->lines;
    struct link_reply reply;
    text_format(path, sizeof path, "/plugins/%s/changes", c->plugin);
    text_format(range, sizeof range, "Endpoint-Batch: %" PRIu64 "-%" PRIu64, b->first, b->last);
    const struct link_ask ask = {.method = "POST",
                                 .path = path,
                                 .type = "application/x-ndjson",
                                 .body = body->data,
                                 .length = body->length,
                                 .extra = {range, b->packed ? "Content-Encoding: zstd" : NULL},
                                 .timeout_ms = TIMEOUT_MS};
    enum status status = link_call(&c->link, c->client, &ask, c->cancel, &reply, e);
    *retry_after_ms = reply.retry_after_ms;
    json_t *json = reply.json;
    /* 422: a row; 413: the batch, or a single row, is too long for the panel. */
    bool long_body = status == STATUS_FULL && !text_equal(e->code, "http_long");
    if (long_body || (status == STATUS_REFUSED && json)) {
        int64_t row = json_number(json, "row", 0);
        *acked = row > 0 ? (uint64_t)row : 0;
        status = STATUS_INVALID;
    } else if (status == STATUS_OK || status == STATUS_EXISTS) {
        struct error parse = {0};
        if (read_acked(json, acked, &parse) != STATUS_OK) {
            *e = parse;
            status = STATUS_UNREACHABLE;
        }
    }
    json_decref(json);
    return status;
}

static void set_mark(struct channel *c, uint64_t acked, struct buf *mark)
{
    c->acked = acked;
    c->lost = false;
    buf_printf(mark, "%" PRIu64, acked);
}

static enum status resync(struct channel *c, uint64_t acked, const char *why, struct buf *mark,
                          struct error *e)
{
    memset(&c->trial, 0, sizeof c->trial);
    set_mark(c, acked, mark);
    return error_set(e, STATUS_EXISTS, "resync", "%-s; everything is sent again", why);
}

/* The panel took the rows up to acked: after refusals the next batch may grow again. */
static void batch_taken(struct channel *c, uint64_t acked)
{
    if (c->trial.to && c->trial.to > acked)
        return;
    c->trial.from = c->trial.to = 0;
    c->trial.rows *= 2;
    if (c->trial.rows >= BATCH_ROWS)
        c->trial.rows = 0;
}

/* The panel took a batch, or told what it has. */
static enum status take_acked(struct channel *c, const struct batch *b, uint64_t acked,
                              enum status status, channel_answer *answer, void *user,
                              struct buf *mark, struct error *e)
{
    if (c->lost && acked < b->first) { /* that was the question */
        set_mark(c, acked, mark);
        return STATUS_OK;
    }
    if (status == STATUS_EXISTS && acked >= b->first && acked <= b->last)
        status = STATUS_OK; /* it has a part; the rest is the next batch */
    /* The panel has less than it confirmed: it was restored from a copy. We no longer have those rows. */
    if (acked + 1 < b->first || (status == STATUS_EXISTS && acked < b->first))
        return resync(c, acked,
                      N_("the panel has less than it had confirmed (restored from a copy?)"), mark,
                      e);
    /* It has more than we ever sent: our ledger is older, and the panel would take our new rows for
     * old ones and drop them. */
    if (acked > b->last)
        return resync(
            c, acked,
            N_("the panel has more than this ledger ever sent (ledger restored from a copy?)"),
            mark, e);
    if (acked + 1 == b->first)
        return error_set(e, STATUS_UNREACHABLE, "panel_stuck",
                         "the panel stored nothing that was sent to it");
    for (uint64_t seq = b->first; seq <= acked; seq++)
        answer(user, (size_t)(seq - b->first), CHANNEL_SENT, NULL, NULL, 0, NULL);
    set_mark(c, acked, mark);
    batch_taken(c, acked);
    return STATUS_OK;
}

/* A batch was refused. named: the faulty row according to the panel; 0: it does not say. A row is
 * given up only after it was sent alone. */
static void narrow(struct channel *c, const struct batch *b, uint64_t named,
                   const struct error *refusal, channel_answer *answer, void *user)
{
    uint64_t rows = b->last - b->first + 1;
    if (rows == 1) {
        struct error why = *refusal;
        if (!why.remedy[0])
            error_remedy(&why, "Correct the value in the ERP: it is sent again when it changes. If "
                               "the panel was fixed: endpointctl held retry");
        c->trial.from = c->trial.to = 0;
        answer(user, 0, CHANNEL_REFUSED, NULL, NULL, 0, &why);
        return;
    }
    if (c->trial.to == 0) /* the next one may have a faulty row, too: send less at once */
        c->trial.rows = (size_t)(rows / 2);
    bool says = named >= b->first && named <= b->last;
    c->trial.from = says ? named : b->first;
    c->trial.to = says ? named : b->last;
}

/* Send one request. A refused row is narrowed down from call to call, and answered alone: the rows
 * after it may use its number only when the ledger knows that the row was removed. */
static enum status send_panel(struct channel *c, const struct channel_record *records, size_t count,
                              channel_answer *answer, void *user, struct buf *mark,
                              int64_t *retry_after_ms, struct error *e)
{
    struct batch b;
    struct error why = {0};
    uint64_t acked = 0;
    *retry_after_ms = -1;
    enum status status = write_lines(c, records, count, &b, &why);
    if (status == STATUS_OK)
        status = post_lines(c, &b, &acked, retry_after_ms, &why);
    if (status == STATUS_OK || status == STATUS_EXISTS)
        return take_acked(c, &b, acked, status, answer, user, mark, e);
    if (status == STATUS_INVALID) {
        narrow(c, &b, acked, &why, answer, user);
        return STATUS_OK;
    }
    if (e)
        *e = why;
    return status;
}

/* ---- orders --------------------------------------------------------------------------------------- */

static const char *account_panel(const struct channel *c)
{
    return c->account;
}

static int64_t clock_offset_panel(const struct channel *c)
{
    return c->link.clock_offset_ms;
}

static enum status bad_answer(struct error *e, const char *what)
{
    return error_set(e, STATUS_UNREACHABLE, "panel_answer", "the panel's answer %-s", what);
}

static enum status orders_panel(struct channel *c, const char *cursor, int limit, json_t **orders,
                                struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    struct buf path;
    struct link_reply reply;
    *orders = NULL;
    buf_init(&path, 4 * CHANNEL_CURSOR_MAX);
    buf_printf(&path, "/plugins/%s/orders?limit=%d&wait=0&after=", c->plugin, limit);
    text_percent(&path, cursor);
    const struct link_ask ask = {
        .method = "GET", .path = buf_text(&path), .timeout_ms = TIMEOUT_MS};
    enum status status = link_call(&c->link, c->client, &ask, c->cancel, &reply, e);
    *retry_after_ms = reply.retry_after_ms;
    json_t *json = reply.json;
    buf_free(&path);
    const char *after = json_text(json, "cursor", NULL);
    json_t *list = json_object_get(json, "orders");
    if (status == STATUS_OK && !json_is_array(list))
        status = bad_answer(e, "has no \"orders\"");
    else if (status == STATUS_OK && json_array_size(list) > 2 * (size_t)limit)
        status = bad_answer(e, "has more orders than were asked for");
    else if (status == STATUS_OK && (!after || strlen(after) > CHANNEL_CURSOR_MAX))
        status = bad_answer(e, "has no \"cursor\", or too long a one");
    if (status == STATUS_OK) {
        buf_add_text(next, after);
        *orders = json_incref(list);
    }
    json_decref(json);
    return status;
}

static enum status outcome_panel(struct channel *c, const char *order_id, const json_t *outcome,
                                 int64_t *retry_after_ms, struct error *e)
{
    struct buf path, body;
    struct link_reply reply;
    buf_init(&path, 1024);
    buf_init(&body, 65536);
    buf_printf(&path, "/plugins/%s/orders/", c->plugin);
    text_percent(&path, order_id);
    buf_add_text(&path, "/outcome");
    json_add(&body, outcome);
    const struct link_ask ask = {.method = "POST",
                                 .path = buf_text(&path),
                                 .type = "application/json",
                                 .body = body.data,
                                 .length = body.length,
                                 .timeout_ms = TIMEOUT_MS};
    enum status status = link_call(&c->link, c->client, &ask, c->cancel, &reply, e);
    *retry_after_ms = reply.retry_after_ms;
    json_decref(reply.json);
    buf_free(&path);
    buf_free(&body);
    return status;
}

/* Take the panel's answer for each outcome of a batch, in the batch's order. */
static enum status take_results(const json_t *json, const json_t *outcomes, struct error *answers,
                                struct error *e)
{
    const json_t *results = json_object_get(json, "results"), *outcome;
    size_t i;
    if (json_array_size(results) != json_array_size(outcomes))
        return bad_answer(e, "does not have as many \"results\" as there were outcomes");
    json_array_foreach (outcomes, i, outcome) {
        const json_t *result = json_array_get(results, i);
        const char *code = json_text(result, "code", "outcome_refused");
        bool unknown = text_equal(code, "order_unknown");
        if (!text_equal(json_text(result, "order", NULL), json_text(outcome, "order", "")))
            return bad_answer(e, "names orders that the outcomes did not have");
        error_clear(&answers[i]);
        if (json_flag(result, "ok", false))
            continue;
        error_set(&answers[i], unknown ? STATUS_NOT_FOUND : STATUS_REFUSED, code,
                  "the panel says: %.500s", json_text(result, "detail", "no reason given"));
    }
    return STATUS_OK;
}

/* The panel (or a proxy in front of it) does not know the call, or refuses this batch as a whole:
 * send one by one, so that a single outcome does not block all the others. */
static bool not_as_batch(enum status status, const struct error *why)
{
    return status == STATUS_REFUSED || status == STATUS_FULL || status == STATUS_EXISTS ||
           (status == STATUS_NOT_FOUND && !text_equal(why->code, "plugin_unknown"));
}

static enum status outcomes_panel(struct channel *c, const json_t *outcomes, struct error *answers,
                                  int64_t *retry_after_ms, struct error *e)
{
    struct buf body;
    char path[160];
    struct link_reply reply = {.retry_after_ms = -1};
    struct error why = {0};
    *retry_after_ms = -1;
    if (c->singly)
        return STATUS_END;
    text_format(path, sizeof path, "/plugins/%s/orders/outcomes", c->plugin);
    buf_init(&body, 16 << 20);
    buf_add_text(&body, "{\"outcomes\":");
    json_add(&body, outcomes);
    buf_add_text(&body, "}");
    const struct link_ask ask = {.method = "POST",
                                 .path = path,
                                 .type = "application/json",
                                 .body = body.data,
                                 .length = body.length,
                                 .timeout_ms = TIMEOUT_MS};
    enum status status =
        body.failed ? STATUS_FULL : link_call(&c->link, c->client, &ask, c->cancel, &reply, &why);
    *retry_after_ms = reply.retry_after_ms;
    buf_free(&body);
    if (status == STATUS_OK)
        status = take_results(reply.json, outcomes, answers, &why);
    json_decref(reply.json);
    if (not_as_batch(status, &why)) {
        c->singly = true;
        return STATUS_END;
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}

const struct channel_ops channel_panel = {.type = "panel",
                                          .batch_rows = BATCH_ROWS,
                                          .batch_bytes = BATCH_BYTES,
                                          .open = open_panel,
                                          .close = close_panel,
                                          .send = send_panel,
                                          .account = account_panel,
                                          .clock_offset = clock_offset_panel,
                                          .orders = orders_panel,
                                          .outcome = outcome_panel,
                                          .outcomes = outcomes_panel};
