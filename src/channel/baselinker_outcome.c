#include "channel/baselinker_outcome.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "channel/baselinker_orders.h"
#include "channel/loose.h"

#define FIELD_MOST \
    50 /* characters of extra_field_1 and _2, by the documentation of setOrderFields */
#define COMMENTS_MOST 200
#define MOVED_ON_MS   10000 /* two clocks never agree more closely */

/* ---- fields --------------------------------------------------------------------------------------- */

static bool is_custom(const char *field)
{
    return *field && strspn(field, "0123456789") == strlen(field);
}

/* The content of an order's field. A custom field may be a file: then it is not ours. */
static const char *field_of(const json_t *order, const char *field)
{
    return is_custom(field) ? loose_text(loose_object(order, "custom_extra_fields"), field)
                            : loose_text(order, field);
}

/* Put text into a field of the request, unless the order has it already. */
static enum status put_field(const json_t *order, json_t *fields, const char *field,
                             const char *text, struct error *e)
{
    const char *there = field_of(order, field);
    if (!*field || !*text || text_equal(there, text))
        return STATUS_OK;
    if (*there) {
        error_set(e, STATUS_REFUSED, "shop_field_taken",
                  "the field %s of the order already holds \"%.80s\"", field, there);
        return error_remedy(
            e, "Empty the field in BaseLinker, or choose another one in the channel's settings.");
    }
    if (is_custom(field))
        json_object_set_new(fields, "custom_extra_fields", json_pack("{s:s}", field, text));
    else
        json_set_text(fields, field, text);
    return STATUS_OK;
}

/* Cut a text to so many characters. */
static void cut(char *target, size_t size, const char *text, size_t most)
{
    size_t length = 0, used;
    for (size_t n = 0; text[length] && n < most; n++) {
        text_decode(text + length, strlen(text + length), &used);
        if (length + used >= size)
            break;
        length += used;
    }
    memcpy(target, text, length);
    target[length] = '\0';
}

static size_t most_of(const char *field)
{
    return text_equal(field, "admin_comments") ? COMMENTS_MOST : FIELD_MOST;
}

/* The document's number must be readable again completely; a reason is for people and may be cut. */
static enum status put_words(const struct baselinker_shop *s, const json_t *order,
                             const json_t *outcome, json_t *fields, struct error *e)
{
    const char *number_field = json_text(s->settings, "document_field", "extra_field_1"),
               *reason_field = json_text(s->settings, "reason_field", "");
    const char *document = json_text(outcome, "document", ""),
               *reason = json_text(outcome, "reason", "");
    char shortened[4 * COMMENTS_MOST + 1];
    if (text_equal(number_field, "none"))
        number_field = "";
    if (*number_field && !is_custom(number_field) &&
        text_points(document, strlen(document)) > most_of(number_field))
        return error_set(e, STATUS_REFUSED, "shop_value",
                         "the document's number is longer than the %zu characters of %s",
                         most_of(number_field), number_field);
    enum status status = put_field(order, fields, number_field, document, e);
    if (status != STATUS_OK || *document || !*reason_field ||
        text_equal(reason_field, number_field))
        return status;
    /* Reasons change; the first one stays, so that no person's text is overwritten. */
    cut(shortened, sizeof shortened, reason, most_of(reason_field));
    return *field_of(order, reason_field) ? STATUS_OK
                                          : put_field(order, fields, reason_field, shortened, e);
}

/* The status that an outcome asks for; "": none. */
static const char *status_for(const struct baselinker_shop *s, const json_t *outcome)
{
    static const char *const names[][2] = {
        {"done", "status_done"}, {"rejected", "status_rejected"}, {"in-doubt", "status_in_doubt"}};
    const char *state = json_text(outcome, "state", "");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_equal(state, names[i][0]))
            return json_text(s->settings, names[i][1], "");
    return "";
}

/* ---- reading and writing -------------------------------------------------------------------------- */

/* Read the order's present state; *order: json_decref it. NOT_FOUND: the shop does not have it (any
 * more). */
static enum status read_order(struct baselinker_shop *s, const char *id, json_t **order,
                              int64_t *retry_after_ms, struct error *e)
{
    json_t *answer = NULL, *list, *row;
    size_t i;
    *order = NULL;
    json_t *parameters = json_pack("{s:s,s:b,s:b}", "order_id", id, "get_unconfirmed_orders", 1,
                                   "include_custom_extra_fields", 1);
    enum status status =
        baselinker_call_json(&s->link, "getOrders", parameters, &answer, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    list = loose_list(answer, "orders");
    json_array_foreach (list, i, row)
        if (!*order && text_equal(loose_text(row, "order_id"), id))
            *order = json_incref(row);
    json_decref(list);
    json_decref(answer);
    return *order ? STATUS_OK
                  : error_set(e, STATUS_NOT_FOUND, "order_unknown",
                              "BaseLinker has no order %.60s (any more)", id);
}

static enum status write(struct baselinker_shop *s, const char *id, const char *method,
                         json_t *parameters, int64_t *retry_after_ms, struct error *e)
{
    json_t *answer = NULL;
    baselinker_orders_unsee(s, id);
    json_set_text(parameters, "order_id", id);
    enum status status =
        baselinker_call_json(&s->link, method, parameters, &answer, retry_after_ms, e);
    json_decref(answer);
    return status;
}

/* Has somebody changed the order's status since the outcome, or cancelled it? Then we leave the
 * status alone. */
static bool is_moved_on(const struct baselinker_shop *s, const json_t *order, const json_t *outcome)
{
    const json_t *cancelled = json_object_get(s->settings, "cancelled_statuses"), *item;
    int64_t since, at_ms;
    size_t i;
    json_array_foreach (cancelled, i, item)
        if (text_equal(json_string_value(item), loose_text(order, "order_status_id")))
            return true;
    if (!loose_integer(order, "date_in_status", &since) || since <= 0 ||
        !clock_parse(json_text(outcome, "at", ""), &at_ms))
        return false;
    return since * 1000 > at_ms + s->link.clock_offset_ms + MOVED_ON_MS;
}

static bool is_status_due(const struct baselinker_shop *s, const json_t *order,
                          const json_t *outcome)
{
    const char *status_id = status_for(s, outcome);
    return *status_id && !text_equal(status_id, loose_text(order, "order_status_id")) &&
           !is_moved_on(s, order, outcome);
}

/* Do the settings want anything of this outcome told? */
static bool is_wanted(const struct baselinker_shop *s, const json_t *outcome)
{
    bool number = *json_text(outcome, "document", "") &&
                  !text_equal(json_text(s->settings, "document_field", ""), "none");
    bool reason = *json_text(outcome, "reason", "") && *json_text(s->settings, "reason_field", "");
    bool ended = !text_equal(json_text(outcome, "state", ""), "waiting");
    return ended && (number || reason || *status_for(s, outcome));
}

/* Was it told before? By what the feed showed a while ago; whatever is to be written is judged by a reading of now. */
static bool is_told(const struct baselinker_shop *s, const char *order_id, const json_t *outcome)
{
    int64_t age_ms;
    const json_t *order = baselinker_orders_seen(s, order_id, &age_ms);
    json_t *fields = json_object();
    bool told = order && put_words(s, order, outcome, fields, NULL) == STATUS_OK &&
                json_object_size(fields) == 0 && !is_status_due(s, order, outcome);
    json_decref(fields);
    return told;
}

/* Write the number first: an automatic action on the new status may use it. */
enum status baselinker_outcome(struct baselinker_shop *s, const char *order_id,
                               const json_t *outcome, int64_t *retry_after_ms, struct error *e)
{
    json_t *order = NULL, *fields;
    *retry_after_ms = -1;
    if (!is_wanted(s, outcome) || is_told(s, order_id, outcome))
        return STATUS_OK;
    enum status status = read_order(s, order_id, &order, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    fields = json_object();
    status = put_words(s, order, outcome, fields, e);
    if (status == STATUS_OK && json_object_size(fields))
        status = write(s, order_id, "setOrderFields", json_incref(fields), retry_after_ms, e);
    if (status == STATUS_OK && is_status_due(s, order, outcome))
        status = write(s, order_id, "setOrderStatus",
                       json_pack("{s:s}", "status_id", status_for(s, outcome)), retry_after_ms, e);
    json_decref(fields);
    json_decref(order);
    return status;
}
