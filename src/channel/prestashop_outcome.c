#include "channel/prestashop_outcome.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/prestashop_orders.h"
#include "channel/prestashop_rows.h"

static const struct prestashop_resource states = {"order_states", "order_state"};

/* The order's state now. NOT_FOUND (order_unknown): it is not there. */
static enum status read_state(struct prestashop *p, const char *id, char state[24],
                              int64_t *retry_after_ms, struct error *e)
{
    int64_t number = 0;
    json_t *order;
    struct error own = {0}, *told = e ? e : &own;
    enum status status = STATUS_NOT_FOUND;
    *state = '\0';
    if (text_to_i64(id, &number) && number > 0) {
        status =
            prestashop_rows_one(p, &prestashop_rows_orders, number, &order, retry_after_ms, told);
        if (status == STATUS_NOT_FOUND && text_equal(told->code, "shop_no_rest"))
            return status; /* that is about the shop, not about this order */
    }
    if (status == STATUS_NOT_FOUND)
        return error_set(told, status, "order_unknown",
                         "the shop does not have the order %.60s any more", id);
    if (status == STATUS_OK) {
        text_copy(state, 24, prestashop_rows_text(order, "current_state"));
        json_decref(order);
    }
    return status;
}

static enum status not_taken(const char *id, const char *state, struct error *e)
{
    return error_set(e, STATUS_REFUSED, "shop_status",
                     "the shop does not take the status \"%.60s\" for the order %.40s", state, id);
}

/* A state that the shop does not have would be a 500 without a word. */
static enum status state_exists(struct prestashop *p, const char *id, const char *state,
                                int64_t *retry_after_ms, struct error *e)
{
    int64_t number = 0;
    json_t *row;
    struct error own = {0}, *told = e ? e : &own;
    if (!text_to_i64(state, &number) || number <= 0)
        return not_taken(id, state, e);
    enum status status = prestashop_rows_one(p, &states, number, &row, retry_after_ms, told);
    if (status == STATUS_NOT_FOUND && text_equal(told->code, "shop_gone"))
        return not_taken(id, state, e);
    json_decref(row);
    return status;
}

/* The order gets a state that it is not in. */
static enum status write_state(struct prestashop *p, const char *id, const char *state,
                               int64_t *retry_after_ms, struct error *e)
{
    char now[24];
    struct error own = {0}, *told = e ? e : &own;
    json_t *answer;
    enum status status = state_exists(p, id, state, retry_after_ms, told);
    if (status != STATUS_OK)
        return status;
    json_t *body =
        json_pack("{s:{s:s,s:s}}", "order_history", "id_order", id, "id_order_state", state);
    struct prestashop_call call = {.method = "POST", .path = "/order_histories", .body = body};
    status = prestashop_http_call(p, &call, &answer, retry_after_ms, told);
    json_decref(answer);
    json_decref(body);
    if (!prestashop_http_unclear(status, told))
        return status;
    int64_t retry = *retry_after_ms;
    enum status read = read_state(p, id, now, retry_after_ms, NULL);
    *retry_after_ms = retry;
    if (read == STATUS_OK && text_equal(now, state)) {
        error_clear(told);
        return STATUS_OK;
    }
    /* A fault over this one order, while the shop goes on: it is not asked for ever. */
    return read == STATUS_OK && text_equal(told->code, "shop_error") ? not_taken(id, state, told)
                                                                     : status;
}

/* ---- outcome -------------------------------------------------------------------------------- */

enum status prestashop_outcome(struct prestashop *p, const char *order_id, const json_t *outcome,
                               int64_t *retry_after_ms, struct error *e)
{
    char now[24];
    const json_t *settings = p->place->settings;
    const char *wanted = json_text(settings, "status_done", "");
    *retry_after_ms = -1;
    if (!text_equal(json_text(outcome, "state", ""), "done") || !*wanted)
        return STATUS_OK; /* nothing that the shop has a place for */
    enum status status = read_state(p, order_id, now, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    /* Only from where it was taken: a person, or the shop, may have gone on meanwhile. */
    if (text_equal(now, wanted) || !prestashop_orders_taken(settings, now))
        return STATUS_OK;
    return write_state(p, order_id, wanted, retry_after_ms, e);
}

/* ---- states of documents -------------------------------------------------------------------- */

static enum status send_state(struct prestashop *p, size_t index, const json_t *data,
                              channel_answer *answer, void *user, int64_t *retry_after_ms,
                              struct error *e)
{
    char now[24];
    const char *id = json_text(data, "external_id", ""), *wanted = json_text(data, "state", "");
    struct error why = {0};
    bool changed = false;
    enum status status = read_state(p, id, now, retry_after_ms, &why);
    if (status == STATUS_OK && *wanted && !text_equal(now, wanted)) {
        changed = true;
        status = prestashop_orders_cancelled(p->place->settings, now)
                     ? error_set(&why, STATUS_REFUSED, "shop_order_closed",
                                 "the order %.40s is \"%.40s\" in the shop", id, now)
                     : write_state(p, id, wanted, retry_after_ms, &why);
    }
    bool unknown = status == STATUS_NOT_FOUND && text_equal(why.code, "order_unknown");
    if (status == STATUS_OK)
        answer(user, index, changed ? CHANNEL_SENT : CHANNEL_SAME, NULL, NULL, 0, NULL);
    else if (unknown || status == STATUS_REFUSED)
        answer(user, index, unknown ? CHANNEL_UNKNOWN : CHANNEL_REFUSED, NULL, NULL, 0, &why);
    else if (e)
        *e = why;
    return unknown || status == STATUS_REFUSED ? STATUS_OK : status;
}

enum status prestashop_outcome_states(struct prestashop *p, const struct channel_record *records,
                                      size_t count, channel_answer *answer, void *user,
                                      int64_t *retry_after_ms, struct error *e)
{
    enum status status = STATUS_OK;
    *retry_after_ms = -1;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        json_t *data =
            records[i].length ? json_parse(records[i].data, records[i].length, NULL) : NULL;
        if (!data || !*json_text(data, "external_id", ""))
            answer(user, i, CHANNEL_SAME, NULL, NULL, 0,
                   NULL); /* a document of no order, or one that is gone */
        else
            status = send_state(p, i, data, answer, user, retry_after_ms, e);
        json_decref(data);
    }
    return status;
}
