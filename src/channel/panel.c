/* The panel as a channel: changes go out, orders come in, outcomes go back (doc/panel-api.yaml). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/zip.h"
#include "channel/channel.h"
#include "link/link.h"
#include "link/identity.h"

#define ZIP_FROM   1024 /* bytes: below this compressing does not pay */
#define TIMEOUT_MS 60000

struct channel {
    struct link link;
    struct http_client *client;
    struct http_options options;
    const volatile int *cancel;
    char plugin[80];
    char account[200];
    bool singly; /* the panel takes outcomes one at a time */
    struct buf packed;
};

static enum status open_panel(const char *plugin_id, const json_t *settings, const char *state_dir,
                              const char *panel_url, int64_t incarnation,
                              const struct http_options *http, const volatile int *cancel,
                              struct channel **out, struct error *e)
{
    struct identity id;
    const char *shop = json_text(settings, "shop", NULL);
    *out = NULL;
    enum status status = identity_load(state_dir, &id, e);
    if (status != STATUS_OK)
        return status;
    if (!id.endpoint_id[0]) {
        error_set(e, STATUS_DENIED, "not_registered",
                  "this endpoint is not registered with a panel yet");
        return error_remedy(e, "Get a token from the panel, then: endpointctl register");
    }
    struct channel *c = mem_alloc(sizeof *c);
    link_init(&c->link, panel_url, &id);
    identity_wipe(&id);
    c->link.incarnation = incarnation;
    c->cancel = cancel;
    buf_init(&c->packed, 32 << 20);
    text_copy(c->plugin, sizeof c->plugin, plugin_id);
    /* Two shops of one account, whose orders may have the same ids, are told apart by the setting. */
    text_format(c->account, sizeof c->account, "%s%s%s", c->link.id.account_id, shop ? "/" : "",
                shop ? shop : "");
    status = http_client_open(http, &c->client, e);
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
    buf_free(&c->packed);
    free(c);
}

static enum status take_acked(const json_t *json, uint64_t *acked, struct error *e)
{
    const json_t *value = json_object_get(json, "acked");
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return error_set(e, STATUS_UNREACHABLE, "panel_answer",
                         "the panel's answer has no \"acked\"");
    *acked = (uint64_t)json_integer_value(value);
    return STATUS_OK;
}

static enum status send_panel(struct channel *c, const struct channel_batch *batch, uint64_t *acked,
                              int64_t *retry_after_ms, struct error *e)
{
    char range[96], path[160];
    const char *body = batch->lines, *encoding = NULL;
    size_t length = batch->length;
    json_t *json = NULL;
    *retry_after_ms = -1;
    struct error own;
    e = e ? e : &own;
    text_format(path, sizeof path, "/plugins/%s/changes", c->plugin);
    text_format(range, sizeof range, "Endpoint-Batch: %" PRIu64 "-%" PRIu64, batch->first,
                batch->last);
    if (length >= ZIP_FROM) {
        buf_reset(&c->packed);
        if (zip_pack(&c->packed, batch->lines, batch->length, NULL) == STATUS_OK) {
            body = buf_text(&c->packed);
            length = c->packed.length;
            encoding = "Content-Encoding: zstd";
        }
    }
    enum status status =
        link_call(&c->link, c->client, "POST", path, "application/x-ndjson", body, length, range,
                  encoding, TIMEOUT_MS, c->cancel, &json, retry_after_ms, e);
    /* 422: a row; 413: the batch, or a single row, is too long for the panel. */
    bool long_body = status == STATUS_FULL && !text_equal(e->code, "http_long");
    if (long_body || (status == STATUS_REFUSED && json)) {
        int64_t row = json_number(json, "row", 0);
        *acked = row > 0 ? (uint64_t)row : 0;
        status = STATUS_INVALID;
    } else if (status == STATUS_OK || status == STATUS_EXISTS) {
        struct error parse = {0};
        if (take_acked(json, acked, &parse) != STATUS_OK) {
            *e = parse;
            status = STATUS_UNREACHABLE;
        }
    }
    json_decref(json);
    return status;
}

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
    return error_set(e, STATUS_UNREACHABLE, "panel_answer", "the panel's answer %s", what);
}

static enum status orders_panel(struct channel *c, const char *cursor, int limit, json_t **orders,
                                struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    struct buf path;
    json_t *json = NULL;
    *orders = NULL;
    *retry_after_ms = -1;
    buf_init(&path, 4 * CHANNEL_CURSOR_MAX);
    buf_printf(&path, "/plugins/%s/orders?limit=%d&wait=0&after=", c->plugin, limit);
    text_percent(&path, cursor);
    enum status status = link_call(&c->link, c->client, "GET", buf_text(&path), NULL, NULL, 0, NULL,
                                   NULL, TIMEOUT_MS, c->cancel, &json, retry_after_ms, e);
    buf_free(&path);
    const char *after = json_text(json, "cursor", NULL);
    json_t *list = json_object_get(json, "orders");
    if (status == STATUS_OK && !json_is_array(list))
        status = bad_answer(e, "has no \"orders\"");
    else if (status == STATUS_OK && json_array_size(list) > 2 * (size_t)limit)
        status = bad_answer(e, "has more orders than were asked for");
    else if (status == STATUS_OK && (!after || strlen(after) > CHANNEL_CURSOR_MAX))
        status = bad_answer(e, "has no \"cursor\", or one that is too long");
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
    json_t *json = NULL;
    *retry_after_ms = -1;
    buf_init(&path, 1024);
    buf_init(&body, 65536);
    buf_printf(&path, "/plugins/%s/orders/", c->plugin);
    text_percent(&path, order_id);
    buf_add_text(&path, "/outcome");
    json_add(&body, outcome);
    enum status status =
        link_call(&c->link, c->client, "POST", buf_text(&path), "application/json", body.data,
                  body.length, NULL, NULL, TIMEOUT_MS, c->cancel, &json, retry_after_ms, e);
    json_decref(json);
    buf_free(&path);
    buf_free(&body);
    return status;
}

/* What the panel says about each of a batch, in the batch's order. */
static enum status take_results(const json_t *json, const json_t *outcomes, struct error *answers,
                                struct error *e)
{
    const json_t *results = json_object_get(json, "results"), *outcome;
    size_t i;
    if (json_array_size(results) != json_array_size(outcomes))
        return bad_answer(e, "has not as many \"results\" as there were outcomes");
    json_array_foreach (outcomes, i, outcome) {
        const json_t *result = json_array_get(results, i);
        const char *code = json_text(result, "code", "outcome_refused");
        bool unknown = text_equal(code, "order_unknown");
        if (!text_equal(json_text(result, "order", NULL), json_text(outcome, "order", "")))
            return bad_answer(e, "names other orders than the outcomes were of");
        error_clear(&answers[i]);
        if (json_flag(result, "ok", false))
            continue;
        error_set(&answers[i], unknown ? STATUS_NOT_FOUND : STATUS_REFUSED, code,
                  "the panel says: %.500s", json_text(result, "detail", "no reason given"));
    }
    return STATUS_OK;
}

/* A panel (or a proxy before it) that does not know the call, or does not like this batch as a whole:
 * one by one, so that a single outcome does not stand in the way of all. */
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
    json_t *json = NULL;
    struct error why = {0};
    *retry_after_ms = -1;
    if (c->singly)
        return STATUS_END;
    text_format(path, sizeof path, "/plugins/%s/orders/outcomes", c->plugin);
    buf_init(&body, 16 << 20);
    buf_add_text(&body, "{\"outcomes\":");
    json_add(&body, outcomes);
    buf_add_text(&body, "}");
    enum status status = body.failed
                             ? STATUS_FULL
                             : link_call(&c->link, c->client, "POST", path, "application/json",
                                         body.data, body.length, NULL, NULL, TIMEOUT_MS, c->cancel,
                                         &json, retry_after_ms, &why);
    buf_free(&body);
    if (status == STATUS_OK)
        status = take_results(json, outcomes, answers, &why);
    json_decref(json);
    if (not_as_batch(status, &why)) {
        c->singly = true;
        return STATUS_END;
    }
    if (e && status != STATUS_OK)
        *e = why;
    return status;
}

const struct channel_ops channel_panel = {.type = "panel",
                                          .open = open_panel,
                                          .close = close_panel,
                                          .send = send_panel,
                                          .account = account_panel,
                                          .clock_offset = clock_offset_panel,
                                          .orders = orders_panel,
                                          .outcome = outcome_panel,
                                          .outcomes = outcomes_panel};
