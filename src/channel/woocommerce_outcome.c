#include "channel/woocommerce_outcome.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/woocommerce_order.h"

#define INVOICE_KEY "_endpoint_invoice"
#define NOTE_MAX    1500

/* ---- an order of the shop ------------------------------------------------------------------- */

/* Read its status and meta data; json_decref it. NOT_FOUND (order_unknown): it does not exist, or
 * is in the trash. */
static enum status read_order(struct woocommerce *w, const char *id, json_t **order,
                              int64_t *retry_after_ms, struct error *e)
{
    char path[120];
    int64_t number = 0;
    struct error own = {0}, *told = e ? e : &own;
    *order = NULL;
    *retry_after_ms = -1;
    enum status status = STATUS_NOT_FOUND;
    if (text_to_i64(id, &number) && number > 0) {
        text_format(path, sizeof path, "/orders/%" PRId64 "?_fields=id,status,meta_data", number);
        status = woocommerce_http_get(w, path, order, retry_after_ms, told);
        if (status == STATUS_NOT_FOUND && text_equal(told->code, "shop_no_rest"))
            return status; /* this concerns the shop, not this order */
    }
    if (status == STATUS_OK && text_equal(woocommerce_http_text(*order, "status"), "trash")) {
        json_decref(*order);
        *order = NULL;
        status = STATUS_NOT_FOUND;
    }
    if (status == STATUS_NOT_FOUND)
        return error_set(told, status, "order_unknown",
                         "the shop does not have the order %.60s any more", id);
    return status;
}

static const char *meta_of(const json_t *order, const char *key)
{
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(order, "meta_data"), i, row)
        if (text_equal(woocommerce_http_text(row, "key"), key))
            return woocommerce_http_text(row, "value");
    return "";
}

/* The wanted changes; those that the order shows already are left out. */
struct change {
    const char *status;             /* NULL or "": unchanged */
    const char *document, *invoice; /* "": none */
};

static void add_meta(json_t *list, const json_t *order, const char *key, const char *value)
{
    if (!*value || text_equal(meta_of(order, key), value))
        return;
    json_t *row = json_object();
    json_set_text(row, "key", key);
    json_set_text(row, "value", value);
    json_array_append_new(list, row);
}

static enum status write_order(struct woocommerce *w, const char *id, const json_t *order,
                               const struct change *change, bool *changed, int64_t *retry_after_ms,
                               struct error *e)
{
    char path[64];
    json_t *body = json_object(), *meta = json_array(), *answer = NULL;
    struct error own = {0}, *told = e ? e : &own;
    enum status status = STATUS_OK;
    if (!text_empty(change->status) &&
        !text_equal(woocommerce_http_text(order, "status"), change->status))
        json_set_text(body, "status", change->status);
    add_meta(meta, order, WOOCOMMERCE_ORDER_DOCUMENT, change->document);
    add_meta(meta, order, INVOICE_KEY, change->invoice);
    if (json_array_size(meta))
        json_object_set(body, "meta_data", meta);
    *changed = json_object_size(body) > 0;
    if (*changed) {
        /* One order a call: a batch turns an unknown status into "pending" and returns the stock. */
        text_format(path, sizeof path, "/orders/%.40s", id);
        struct woocommerce_call call = {.method = "PUT", .path = path, .body = body};
        status = woocommerce_http_call(w, &call, &answer, retry_after_ms, told);
        if (status == STATUS_REFUSED && json_object_get(body, "status"))
            error_set(told, status, "shop_status",
                      "the shop does not accept the status \"%.60s\" for the order %.40s "
                      "(%.60s)",
                      change->status, id, call.code);
        else if (status == STATUS_OK && json_object_get(body, "status") &&
                 !text_equal(woocommerce_http_text(answer, "status"), change->status))
            status = error_set(told, STATUS_REFUSED, "shop_other_value",
                               "%.200s: the shop was given %s and shows %s", id, change->status,
                               woocommerce_http_text(answer, "status"));
        json_decref(call.problem);
    }
    json_decref(answer);
    json_decref(meta);
    json_decref(body);
    return status;
}

static bool in_list(const json_t *list, const char *const *otherwise, const char *word)
{
    size_t i;
    const json_t *item;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    for (i = 0; !json_array_size(list) && otherwise[i]; i++)
        if (text_equal(otherwise[i], word))
            return true;
    return false;
}

/* ---- outcome -------------------------------------------------------------------------------- */

/* Every POST adds another note, so check first whether ours is there. */
static enum status note_once(struct woocommerce *w, const char *id, const char *note,
                             int64_t *retry_after_ms, struct error *e)
{
    char path[80], plain[NOTE_MAX], ours[NOTE_MAX];
    json_t *notes = NULL, *row, *body, *answer = NULL;
    bool there = false;
    size_t i;
    text_format(path, sizeof path, "/orders/%.40s/notes", id);
    enum status status = woocommerce_http_get(w, path, &notes, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    woocommerce_http_plain(ours, sizeof ours, note);
    json_array_foreach (notes, i, row) {
        woocommerce_http_plain(plain, sizeof plain, woocommerce_http_text(row, "note"));
        there |= text_equal(plain, ours);
    }
    json_decref(notes);
    if (there)
        return STATUS_OK;
    body = json_object();
    json_set_text(body, "note", ours);
    json_set_flag(body, "customer_note", false); /* true would send an e-mail to the buyer */
    struct woocommerce_call call = {.method = "POST", .path = path, .body = body};
    status = woocommerce_http_call(w, &call, &answer, retry_after_ms, e);
    json_decref(call.problem);
    json_decref(answer);
    json_decref(body);
    return status;
}

static void note_of(const struct woocommerce *w, const json_t *outcome, char *note, size_t size)
{
    const char *state = json_text(outcome, "state", ""),
               *notes = json_text(w->place->settings, "notes", "done");
    *note = '\0';
    if (text_equal(state, "done") && !text_equal(notes, "none") &&
        *json_text(outcome, "document", ""))
        text_format(note, size, "Endpoint: %.400s", json_text(outcome, "document", ""));
    else if (text_equal(state, "rejected") && text_equal(notes, "all"))
        text_format(note, size, "Endpoint: %.1000s", json_text(outcome, "reason", ""));
}

enum status woocommerce_outcome(struct woocommerce *w, const char *order_id, const json_t *outcome,
                                int64_t *retry_after_ms, struct error *e)
{
    static const char *const taken[] = {"processing", NULL};
    const json_t *settings = w->place->settings;
    bool done = text_equal(json_text(outcome, "state", ""), "done"), changed;
    struct change change = {.document = "", .invoice = ""};
    char note[NOTE_MAX];
    json_t *order;
    note_of(w, outcome, note, sizeof note);
    *retry_after_ms = -1;
    if (!done && !*note)
        return STATUS_OK; /* it is under way: nothing that concerns the shop's staff */
    enum status status = read_order(w, order_id, &order, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    if (done)
        change.document = json_text(outcome, "document", "");
    /* Change the status only from one that we take: a person, or the shop, may have changed it in
     * the meantime. */
    if (done && in_list(json_object_get(settings, "statuses"), taken,
                        woocommerce_http_text(order, "status")))
        change.status = json_text(settings, "status_done", "");
    status = write_order(w, order_id, order, &change, &changed, retry_after_ms, e);
    json_decref(order);
    return status == STATUS_OK && *note ? note_once(w, order_id, note, retry_after_ms, e) : status;
}

/* ---- states of documents -------------------------------------------------------------------- */

/* Does the order keep its status? It has ended in the shop, or is further than the ERP knows. */
static bool stays(const struct woocommerce *w, const char *now, const char *wanted, bool *closed)
{
    static const char *const cancelled[] = {"cancelled", "failed", "refunded", NULL},
                             *const open[] = {"pending", "processing", "on-hold", NULL};
    *closed = in_list(json_object_get(w->place->settings, "cancelled_statuses"), cancelled, now);
    return *closed || (text_equal(now, "completed") && in_list(NULL, open, wanted));
}

static enum status send_state(struct woocommerce *w, size_t index, const json_t *data,
                              channel_answer *answer, void *user, int64_t *retry_after_ms,
                              struct error *e)
{
    const char *id = woocommerce_http_text(data, "external_id");
    struct change change = {.status = woocommerce_http_text(data, "state"),
                            .document = woocommerce_http_text(data, "document"),
                            .invoice = woocommerce_http_text(data, "invoice")};
    struct error why = {0};
    json_t *order;
    bool changed = false, closed = false;
    enum status status = read_order(w, id, &order, retry_after_ms, &why);
    if (status == STATUS_OK) {
        const char *now = woocommerce_http_text(order, "status");
        if (text_equal(now, change.status) || stays(w, now, change.status, &closed))
            change.status = "";
        status = closed ? error_set(&why, STATUS_REFUSED, "shop_order_closed",
                                    "the order %.40s is \"%.40s\" in the shop", id, now)
                        : write_order(w, id, order, &change, &changed, retry_after_ms, &why);
        json_decref(order);
    }
    if (status == STATUS_OK)
        answer(user, index, changed ? CHANNEL_SENT : CHANNEL_SAME, NULL, NULL, 0, NULL);
    else if (status == STATUS_NOT_FOUND && text_equal(why.code, "order_unknown"))
        answer(user, index, CHANNEL_UNKNOWN, NULL, NULL, 0, &why);
    else if (status == STATUS_REFUSED)
        answer(user, index, CHANNEL_REFUSED, NULL, NULL, 0, &why);
    else if (e)
        *e = why;
    return status == STATUS_REFUSED ||
                   (status == STATUS_NOT_FOUND && text_equal(why.code, "order_unknown"))
               ? STATUS_OK
               : status;
}

enum status woocommerce_outcome_states(struct woocommerce *w, const struct channel_record *records,
                                       size_t count, channel_answer *answer, void *user,
                                       int64_t *retry_after_ms, struct error *e)
{
    enum status status = STATUS_OK;
    *retry_after_ms = -1;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        json_t *data =
            records[i].length ? json_parse(records[i].data, records[i].length, NULL) : NULL;
        if (!data || !*woocommerce_http_text(data, "external_id"))
            answer(user, i, CHANNEL_SAME, NULL, NULL, 0,
                   NULL); /* a document without an order, or the order is gone */
        else
            status = send_state(w, i, data, answer, user, retry_after_ms, e);
        json_decref(data);
    }
    return status;
}
