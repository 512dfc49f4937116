#include "worker/worker_shop.h"

#include "base/json.h"

struct tested {
    struct worker *w;
    json_t *list;
};

static void on_check(const struct check *check, void *user)
{
    struct tested *t = user;
    events_alive(&t->w->events);
    events_check(&t->w->events, check);
    json_array_append_new(t->list, check_to_json(check));
}

int worker_shop_test(struct worker *w)
{
    struct channel *channel = NULL;
    struct error e = {0};
    struct tested t = {w, json_array()};
    enum check_result worst = CHECK_SKIPPED;
    enum status status = worker_channel_open(w, &channel, &e);
    if (status == STATUS_OK && w->ops->check)
        worst = w->ops->check(channel, on_check, &t);
    w->ops->close(channel);
    if (status != STATUS_OK) {
        json_decref(t.list);
        return worker_report(w, &e);
    }
    json_t *result = events_new("result");
    json_object_set_new(result, "data",
                        json_pack("{s:b,s:o}", "ok", worst != CHECK_FAIL, "checks", t.list));
    events_send(&w->events, result);
    return worst == CHECK_FAIL ? 1 : 0;
}

int worker_shop_lookup(struct worker *w)
{
    struct channel *channel = NULL;
    struct error e = {0};
    json_t *rows = NULL;
    int64_t retry = -1;
    const char *list = json_text(w->with, "name", "");
    enum status status = worker_channel_open(w, &channel, &e);
    if (status == STATUS_OK && !w->ops->lookup)
        status = error_set(&e, STATUS_NOT_FOUND, "channel_no_list",
                           "a channel of type %s has no list \"%.60s\"", w->ops->type, list);
    if (status == STATUS_OK)
        status = w->ops->lookup(channel, list, &rows, &retry, &e);
    w->ops->close(channel);
    if (status != STATUS_OK)
        return worker_report(w, &e);
    json_t *result = events_new("result");
    json_object_set_new(result, "data", json_pack("{s:b,s:o}", "ok", 1, "rows", rows));
    events_send(&w->events, result);
    return 0;
}
