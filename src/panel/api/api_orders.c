/* Orders on their way to an endpoint, and what became of them. */
#include "panel/api/api_orders.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "panel/api/api_internal.h"
#include "panel/store/store_orders.h"

static bool used_up(int64_t *fault)
{
    if (*fault <= 0)
        return false;
    --*fault;
    return true;
}

static void repeat(json_t *orders)
{
    for (size_t i = 0; i < json_array_size(orders); i += 2)
        json_array_insert(orders, i, json_array_get(orders, i));
}

void api_get_orders(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    json_t *orders = NULL;
    char cursor[STORE_CURSOR] = "", next[STORE_CURSOR];
    int64_t limit, wait;
    if (!api_query_number(r->limit, "limit", 1, STORE_ORDERS_LIMIT, 100, &limit, a) ||
        !api_query_number(r->wait, "wait", 0, INT32_MAX, 0, &wait, a))
        return;
    /* Anything that is not one of our cursors counts as an unknown cursor: everything is delivered
     * again. */
    if (r->after && !api_decode(r->after, strlen(r->after), cursor, sizeof cursor))
        cursor[0] = '\0';
    if (store_orders_after(api->store, r->endpoint, r->part[0], cursor, limit, &orders, next, &e) !=
        STATUS_OK) {
        api_fail(a, &e);
        return;
    }
    size_t count = json_array_size(orders);
    if (count == 0 && wait > 0) {
        a->wait = true;
        a->wait_ms = (wait > API_WAIT_MAX_S ? API_WAIT_MAX_S : wait) * 1000;
    }
    if (count > 0) {
        a->drop = used_up(&api->faults.drop_orders);
        if (api->faults.repeat_orders)
            repeat(orders);
    }
    api_give(a, 200, json_pack("{s:o,s:s}", "orders", orders, "cursor", next));
}

void api_post_outcome(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a);
    struct error e = {0};
    bool latest;
    if (!body)
        return;
    if (order_form_check_outcome(body, &e) != STATUS_OK ||
        store_outcome_add(api->store, r->endpoint, r->part[0], r->part[1], body, &latest, &e) !=
            STATUS_OK) {
        api_fail(a, &e);
    } else {
        api_give(a, 200, json_pack("{s:b,s:b}", "ok", 1, "latest", latest));
        a->drop = used_up(&api->faults.drop_outcome);
    }
    json_decref(body);
}

void api_post_outcomes(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a), *results = NULL;
    struct error e = {0};
    char detail[80];
    if (!body)
        return;
    const json_t *outcomes = json_object_get(body, "outcomes");
    size_t count = json_array_size(outcomes);
    if (count < 1 || count > STORE_OUTCOMES) {
        text_format(detail, sizeof detail, "outcomes is no list of 1 to %d outcomes",
                    STORE_OUTCOMES);
        api_problem(a, 422, "outcomes_invalid", detail);
    } else if (store_outcomes_add(api->store, r->endpoint, r->part[0], outcomes, &results, &e) !=
               STATUS_OK) {
        api_fail(a, &e);
    } else {
        api_give(a, 200, json_pack("{s:o}", "results", results));
        a->drop = used_up(&api->faults.drop_outcome);
    }
    json_decref(body);
}
