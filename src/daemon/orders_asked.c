/* What people ask about the shop's orders: lists from the ledgers, decisions through the workers. */
#include "daemon/orders_asked.h"

#include "base/json.h"
#include "base/text.h"
#include "daemon/daemon.h"
#include "daemon/places.h"
#include "store/orders.h"
#include "store/orders_read.h"
#include "daemon/supervisor.h"
#include "daemon/asking.h"

#define LIST_DEFAULT 100
#define LIST_MAX     1000
#define SEARCH_MS    200 /* the loop must not wait for a search through years */

static enum status show(struct daemon *d, const json_t *request, json_t **order, struct error *e)
{
    const char *name = json_text(request, "order", "");
    if (!*name)
        return error_set(e, STATUS_INVALID, "order_missing",
                         "which order? Its id or its number is missing");
    return orders_show_all(d->paths.state_dir, json_text(request, "plugin", NULL), name, order, e);
}

enum status orders_answer(struct daemon *d, const json_t *request, json_t **answer, struct error *e)
{
    bool list = text_equal(json_text(request, "do", ""), "orders");
    const char *state = json_text(request, "state", NULL);
    int64_t limit = json_number(request, "limit", LIST_DEFAULT);
    enum order_state parsed;
    json_t *found = NULL;
    enum status status;
    bool cut = false;
    if (limit < 1 || limit > LIST_MAX)
        limit = LIST_MAX;
    if (!list)
        status = show(d, request, &found, e);
    else if (state && !order_state_parse(state, &parsed))
        status = error_set(
            e, STATUS_INVALID, "order_state",
            "\"%.40s\" is not a state: waiting, sending, handed-over, done, rejected, in-doubt",
            state);
    else
        status =
            orders_list_all(d->paths.state_dir,
                            &(struct orders_wanted){.plugin = json_text(request, "plugin", NULL),
                                                    .state = state,
                                                    .text = json_text(request, "search", NULL),
                                                    .limit = (size_t)limit + 1,
                                                    .patience_ms = SEARCH_MS},
                            &found, &cut, e);
    if (status != STATUS_OK) {
        json_decref(found);
        return status;
    }
    *answer = json_object();
    if (list) {
        json_set_flag(*answer, "more", cut || json_array_size(found) > (size_t)limit);
        while (json_array_size(found) > (size_t)limit)
            json_array_remove(found, json_array_size(found) - 1);
    }
    json_object_set_new(*answer, list ? "orders" : "order", found);
    return STATUS_OK;
}

enum status orders_ask(struct daemon *d, const json_t *request,
                       void (*done)(void *user, const json_t *answer), void *user, struct error *e)
{
    json_t *order = NULL;
    enum status status = show(d, request, &order, e);
    if (status != STATUS_OK)
        return status;
    const char *id = json_text(order, "plugin", "");
    struct plugin *p = NULL;
    for (struct plugin *at = d->plugins; at; at = at->next)
        if (text_equal(at->id, id))
            p = at;
    status = p ? asking_ask(p, request, done, user, e)
               : error_set(e, STATUS_REFUSED, "not_running",
                           "the order's plugin %s is no longer set up", id);
    json_decref(order);
    return status;
}

void orders_waiting(struct daemon *d, const char *plugin)
{
    struct plugin *p = supervisor_find(d, plugin);
    if (p && text_equal(p->id, plugin))
        places_hurry(p);
    if (!p || !text_equal(p->id, plugin) || !p->process || p->state == PLUGIN_STOPPING)
        return; /* a worker begins with fetching */
    json_t *order = json_pack("{s:s}", "do", "orders-waiting");
    process_order(p->process, order);
    json_decref(order);
}
