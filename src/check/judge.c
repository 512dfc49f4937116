#include "check/judge.h"

#include "base/json.h"
#include "base/text.h"

enum check_result judge_worse(enum check_result a, enum check_result b)
{
    static const int ranks[] = {
        [CHECK_SKIPPED] = 0, [CHECK_OK] = 1, [CHECK_WAIT] = 2, [CHECK_WARN] = 3, [CHECK_FAIL] = 4};
    return ranks[b] > ranks[a] ? b : a;
}

/* The worst of the checks whose codes begin with a prefix. */
static enum check_result worst_of(const json_t *checks, const char *prefix)
{
    enum check_result worst = CHECK_SKIPPED;
    size_t i;
    json_t *check;
    json_array_foreach ((json_t *)checks, i, check)
        if (text_starts(json_text(check, "code", ""), prefix))
            worst = judge_worse(worst, check_parse(json_text(check, "result", "")));
    return worst;
}

/* ---- orders and plugins -------------------------------------------------------------------------- */

/* Rejected, and nobody needs to act: the shop cancelled it before anything was written, or it is
 * just too old. A plugin's `closed` counts them. */
static bool closed(const json_t *order)
{
    const json_t *faults = json_object_get(order, "faults");
    return json_flag(order, "cancelled", false) ||
           (json_array_size(faults) == 1 &&
            text_equal(json_text(json_array_get(faults, 0), "code", ""), "order_old"));
}

enum check_result judge_order(const json_t *order)
{
    const char *state = json_text(order, "state", "");
    if (text_equal(state, "done"))
        return CHECK_OK;
    if (text_equal(state, "in-doubt"))
        return CHECK_FAIL;
    if (!text_equal(state, "rejected"))
        return CHECK_WAIT;
    return closed(order) ? CHECK_SKIPPED : CHECK_FAIL;
}

int64_t judge_orders_open(const json_t *plugin)
{
    const json_t *o = json_object_get(plugin, "orders");
    int64_t rejected = json_number(o, "rejected", 0) - json_number(o, "closed", 0);
    return (rejected > 0 ? rejected : 0) + json_number(o, "in_doubt", 0);
}

/* How the plugin itself is doing, whatever the state of its orders. */
static enum check_result judge_work(const json_t *plugin)
{
    const char *state = json_text(plugin, "state", "");
    if (json_is_object(json_object_get(plugin, "error")))
        return CHECK_FAIL;
    if (text_equal(state, "disabled") || text_equal(state, "refused"))
        return CHECK_SKIPPED;
    enum check_result worst = worst_of(json_object_get(plugin, "checks"), "");
    if (worst == CHECK_FAIL || worst == CHECK_WARN)
        return worst;
    if (json_is_object(json_object_get(plugin, "progress")) || !json_text(plugin, "last_ok", NULL))
        return CHECK_WAIT;
    return CHECK_OK;
}

enum check_result judge_plugin(const json_t *plugin)
{
    return judge_orders_open(plugin) > 0 ? CHECK_FAIL : judge_work(plugin);
}

/* ---- the parts of a status ------------------------------------------------------------------------- */

bool judge_registered(const json_t *status)
{
    const json_t *panel = json_object_get(status, "panel");
    return *json_text(json_object_get(status, "endpoint"), "id", "") != '\0' &&
           !text_equal(json_text(panel, "state", ""), "not-registered");
}

bool judge_erp_chosen(const json_t *status)
{
    return *json_text(json_object_get(status, "erp"), "type", "") != '\0';
}

enum check_result judge_panel(const json_t *status)
{
    const json_t *panel = json_object_get(status, "panel");
    if (!json_is_object(panel)) /* another program's status, or a part of one */
        return CHECK_SKIPPED;
    if (text_equal(json_text(panel, "state", ""), "not-registered"))
        return CHECK_WARN;
    if (json_is_object(json_object_get(panel, "error")) ||
        worst_of(json_object_get(status, "checks"), "panel.") == CHECK_FAIL)
        return CHECK_FAIL;
    if (!judge_registered(status))
        return CHECK_WARN;
    return text_equal(json_text(panel, "state", ""), "connected") ? CHECK_OK : CHECK_WAIT;
}

enum check_result judge_erp(const json_t *status)
{
    const json_t *erp = json_object_get(status, "erp");
    bool seen = *json_text(erp, "company", "") || *json_text(erp, "version", "");
    size_t i;
    json_t *plugin;
    if (!json_is_object(erp))
        return CHECK_SKIPPED;
    if (!judge_erp_chosen(status))
        return CHECK_WARN;
    if (*json_text(erp, "away", ""))
        return CHECK_FAIL;
    json_array_foreach (json_object_get(status, "plugins"), i, plugin) {
        if (worst_of(json_object_get(plugin, "checks"), "erp.") == CHECK_FAIL)
            return CHECK_FAIL;
        seen |= json_text(plugin, "last_ok", NULL) != NULL;
    }
    return seen ? CHECK_OK : CHECK_WAIT;
}

static enum check_result judge_but_plugins(const json_t *status)
{
    return judge_worse(judge_worse(judge_panel(status), judge_erp(status)),
                       worst_of(json_object_get(status, "checks"), ""));
}

enum check_result judge_status(const json_t *status)
{
    enum check_result worst = judge_but_plugins(status);
    size_t i;
    json_t *plugin;
    json_array_foreach (json_object_get(status, "plugins"), i, plugin)
        worst = judge_worse(worst, judge_plugin(plugin));
    return worst;
}

bool judge_only_orders(const json_t *status)
{
    enum check_result worst = judge_but_plugins(status);
    size_t i;
    json_t *plugin;
    json_array_foreach (json_object_get(status, "plugins"), i, plugin)
        worst = judge_worse(worst, judge_work(plugin));
    return worst != CHECK_FAIL && judge_status(status) == CHECK_FAIL;
}

static void mark(json_t *object, enum check_result result)
{
    if (json_is_object(object))
        json_set_text(object, "result", check_word(result));
}

void judge_mark(json_t *status)
{
    size_t i;
    json_t *plugin;
    mark(json_object_get(status, "panel"), judge_panel(status));
    mark(json_object_get(status, "erp"), judge_erp(status));
    json_array_foreach (json_object_get(status, "plugins"), i, plugin)
        mark(plugin, judge_plugin(plugin));
    mark(status, judge_status(status));
}
