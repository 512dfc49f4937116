#include "channel/baselinker_checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/baselinker_lookup.h"
#include "channel/loose.h"
#include "channel/shop_way.h"
#include "os/clock.h"

struct checking {
    struct baselinker_shop *s;
    struct shop_way way;
    json_t *inventory; /* our catalogue's row; owned */
    bool waits;        /* no call may be made now */
};

/* A limit or a block is not a fault of the settings: the check is left open. It is said once. */
static enum check_result failed(struct checking *x, struct check *c, const struct error *e)
{
    if (e->status == STATUS_BUSY && x->waits)
        return check_answer(c, CHECK_SKIPPED, "it is asked when BaseLinker may be called again");
    enum check_result result = check_failed(c, e);
    if (e->status != STATUS_BUSY)
        return result;
    x->waits = true;
    return c->result = CHECK_WAIT;
}

static enum status list_of(struct checking *x, const char *list, json_t **rows, struct error *e)
{
    int64_t retry_after_ms;
    return baselinker_lookup(x->s, list, rows, &retry_after_ms, e);
}

/* ---- connection and token ----------------------------------------------------------------------- */

static enum check_result check_name(void *context, struct check *c)
{
    struct checking *x = context;
    return shop_way_name(&x->way, c);
}

static enum check_result check_tcp(void *context, struct check *c)
{
    struct checking *x = context;
    return shop_way_tcp(&x->way, c);
}

static enum check_result check_tls(void *context, struct check *c)
{
    struct checking *x = context;
    return shop_way_tls(&x->way, c);
}

static enum check_result check_token(void *context, struct check *c)
{
    struct checking *x = context;
    struct error e = {0};
    json_t *rows = NULL;
    enum status status = list_of(x, "inventories", &rows, &e);
    if (status != STATUS_OK)
        return failed(x, c, &e);
    x->inventory = json_incref((json_t *)baselinker_lookup_find(rows, x->s->inventory));
    size_t count = json_array_size(rows);
    json_decref(rows);
    return check_answer(c, CHECK_OK, "the token is accepted; catalogues: %zu", count);
}

static enum check_result check_clock(void *context, struct check *c)
{
    struct checking *x = context;
    if (!x->s->link.clock_known)
        return check_answer(c, CHECK_OK, "the shop does not tell its time");
    return shop_way_clock(x->s->link.clock_offset_ms, c);
}

/* ---- catalogue, warehouses and price groups
 * ----------------------------------------------------------------------------- */

static enum check_result check_inventory(void *context, struct check *c)
{
    struct checking *x = context;
    if (x->s->kind == KIND_ORDERS)
        return check_answer(c, CHECK_OK, "orders need no catalogue");
    if (x->inventory)
        return check_answer(c, CHECK_OK, "the catalogue is \"%s\"",
                            json_text(x->inventory, "name", ""));
    check_remedy(
        c, "Choose one from the list for the channel's setting inventory: endpointctl channel "
           "lookup PLUGIN inventories");
    return check_answer(c, CHECK_FAIL, "BaseLinker has no catalogue %s", x->s->inventory);
}

/* Does our catalogue contain this warehouse or price group? */
static bool is_of_inventory(const struct checking *x, const char *list, const char *id)
{
    const json_t *rows = json_object_get(x->inventory, list), *row;
    size_t i;
    json_array_foreach (rows, i, row)
        if (text_equal(loose_value(row), id))
            return true;
    return json_array_size(rows) == 0; /* it does not say */
}

static enum check_result judge_warehouse(struct checking *x, const json_t *rows, const char *id,
                                         struct check *c)
{
    if (!baselinker_lookup_find(rows, id)) {
        check_remedy(c, "Choose one from the list: endpointctl channel lookup PLUGIN "
                        "warehouses");
        return check_answer(c, CHECK_FAIL, "BaseLinker has no warehouse \"%s\"", id);
    }
    if (!baselinker_shop_writable(id)) {
        check_remedy(c, "Choose a warehouse of BaseLinker's own: its key begins with bl_.");
        return check_answer(c, CHECK_FAIL, "BaseLinker fills the warehouse %s by itself", id);
    }
    if (!is_of_inventory(x, "warehouses", id)) {
        check_remedy(c,
                     "Assign the warehouse to the catalogue in BaseLinker, or choose another one.");
        return check_answer(c, CHECK_FAIL, "the catalogue does not use the warehouse %s", id);
    }
    return CHECK_OK;
}

static enum check_result check_warehouse(void *context, struct check *c)
{
    struct checking *x = context;
    const json_t *map = json_object_get(x->s->options, "warehouse_map");
    const char *key;
    json_t *rows = NULL, *value;
    char place[BASELINKER_PLACE];
    struct error e = {0};
    if (x->s->kind != KIND_STOCK)
        return check_answer(c, CHECK_OK, "only stock needs one");
    json_t *any = json_pack("{s:s}", "warehouse", json_text(x->s->options, "sum_as", ""));
    enum status status = map ? STATUS_OK : baselinker_shop_warehouse(x->s, any, place, &e);
    json_decref(any);
    if (status == STATUS_OK)
        status = list_of(x, "warehouses", &rows, &e);
    if (status != STATUS_OK)
        return failed(x, c, &e);
    enum check_result result = map ? CHECK_OK : judge_warehouse(x, rows, place, c);
    json_object_foreach ((json_t *)map, key, value)
        if (result == CHECK_OK)
            result = judge_warehouse(x, rows, json_string_value(value), c);
    json_decref(rows);
    if (result != CHECK_OK)
        return result;
    if (json_flag(x->inventory, "reservations", false))
        return check_answer(
            c, CHECK_OK, "the warehouses can be written; the catalogue keeps reservations itself");
    return check_answer(c, CHECK_OK, "the warehouses can be written");
}

static enum check_result judge_group(struct checking *x, const json_t *rows, const char *id,
                                     struct check *c)
{
    if (!baselinker_lookup_find(rows, id)) {
        check_remedy(c, "Choose one from the list: endpointctl channel lookup PLUGIN "
                        "price-groups");
        return check_answer(c, CHECK_FAIL, "BaseLinker has no price group \"%s\"", id);
    }
    if (!is_of_inventory(x, "price_groups", id)) {
        check_remedy(
            c, "Assign the price group to the catalogue in BaseLinker, or choose another one.");
        return check_answer(c, CHECK_FAIL, "the catalogue does not use the price group %s", id);
    }
    return CHECK_OK;
}

static enum check_result check_prices(void *context, struct check *c)
{
    struct checking *x = context;
    const json_t *map = json_object_get(x->s->settings, "price_groups"),
                 *levels = json_object_get(x->s->options, "levels");
    const char *key;
    json_t *rows = NULL, *value;
    char place[BASELINKER_PLACE];
    struct error e = {0};
    if (x->s->kind != KIND_PRICES)
        return check_answer(c, CHECK_OK, "only prices need one");
    json_t *any = json_object();
    json_set_text(any, "level", json_string_value(json_array_get(levels, 0)));
    enum status status = map ? STATUS_OK : baselinker_shop_price_group(x->s, any, place, &e);
    json_decref(any);
    if (status == STATUS_OK)
        status = list_of(x, "price-groups", &rows, &e);
    if (status != STATUS_OK)
        return failed(x, c, &e);
    enum check_result result = map ? CHECK_OK : judge_group(x, rows, place, c);
    json_object_foreach ((json_t *)map, key, value)
        if (result == CHECK_OK)
            result = judge_group(x, rows, json_string_value(value), c);
    json_decref(rows);
    return result != CHECK_OK
               ? result
               : check_answer(c, CHECK_OK, "gross prices go into the chosen price groups");
}

/* ---- orders -------------------------------------------------------------------------------------- */

/* Are all ids of a setting (a text or a list) in the shop's list? *bad: the first one that is not. */
static bool are_known(const struct baselinker_shop *s, const char *setting, const json_t *rows,
                      const char **bad)
{
    const json_t *value = json_object_get(s->settings, setting), *item;
    size_t i;
    *bad = json_string_value(value);
    if (*bad && **bad && !baselinker_lookup_find(rows, *bad))
        return false;
    json_array_foreach (value, i, item) {
        *bad = json_string_value(item);
        if (!baselinker_lookup_find(rows, *bad))
            return false;
    }
    return true;
}

static enum check_result check_statuses(void *context, struct check *c)
{
    static const char *const settings[] = {"statuses", "cancelled_statuses", "status_done",
                                           "status_rejected", "status_in_doubt"};
    struct checking *x = context;
    struct error e = {0};
    json_t *rows = NULL;
    if (x->s->kind != KIND_ORDERS)
        return check_answer(c, CHECK_OK, "only orders need them");
    if (list_of(x, "statuses", &rows, &e) != STATUS_OK)
        return failed(x, c, &e);
    for (size_t i = 0; i < COUNT_OF(settings); i++) {
        const char *bad;
        if (are_known(x->s, settings[i], rows, &bad))
            continue;
        check_remedy(c, "Choose one from the list: endpointctl channel lookup PLUGIN statuses");
        check_answer(c, CHECK_FAIL, "BaseLinker has no status %s (setting %s)", bad, settings[i]);
        json_decref(rows);
        return CHECK_FAIL;
    }
    size_t count = json_array_size(rows);
    json_decref(rows);
    return check_answer(c, CHECK_OK, "all statuses in the settings exist; BaseLinker has %zu",
                        count);
}

/* A setting may name a source by its kind alone. */
static bool is_source(const json_t *rows, const char *wanted)
{
    size_t i, length = strlen(wanted);
    json_t *row;
    json_array_foreach (rows, i, row) {
        const char *id = json_text(row, "id", "");
        if (text_starts(id, wanted) && (id[length] == '\0' || id[length] == '/'))
            return true;
    }
    return false;
}

static enum check_result check_sources(void *context, struct check *c)
{
    struct checking *x = context;
    const json_t *wanted = json_object_get(x->s->settings, "sources"), *item;
    struct error e = {0};
    json_t *rows = NULL;
    size_t i;
    if (x->s->kind != KIND_ORDERS || json_array_size(wanted) == 0)
        return check_answer(c, CHECK_OK, "orders of all sources are taken");
    if (list_of(x, "sources", &rows, &e) != STATUS_OK)
        return failed(x, c, &e);
    enum check_result result = check_answer(c, CHECK_OK, "the chosen sources exist");
    json_array_foreach (wanted, i, item) {
        if (is_source(rows, json_string_value(item)))
            continue;
        check_remedy(c, "Choose one from the list: endpointctl channel lookup PLUGIN sources");
        result =
            check_answer(c, CHECK_FAIL, "BaseLinker has no source \"%s\"", json_string_value(item));
    }
    json_decref(rows);
    return result;
}

static enum check_result check_field(void *context, struct check *c)
{
    struct checking *x = context;
    const char *field = json_text(x->s->settings, "document_field", "extra_field_1");
    struct error e = {0};
    json_t *rows = NULL;
    if (x->s->kind != KIND_ORDERS || text_equal(field, "none"))
        return check_answer(c, CHECK_OK, "no document numbers are written");
    if (list_of(x, "extra-fields", &rows, &e) != STATUS_OK)
        return failed(x, c, &e);
    const json_t *row = baselinker_lookup_find(rows, field);
    enum check_result result = check_answer(c, CHECK_OK, "the document's number goes into %s",
                                            row ? json_text(row, "name", field) : field);
    if (!row || text_equal(json_text(row, "editor", "text"), "file")) {
        check_remedy(c,
                     "Choose one from the list that holds text: endpointctl channel lookup PLUGIN "
                     "extra-fields");
        result = check_answer(c, CHECK_FAIL, "BaseLinker has no extra field \"%s\" that holds text",
                              field);
    }
    json_decref(rows);
    return result;
}

static enum check_result check_limits(void *context, struct check *c)
{
    struct checking *x = context;
    struct budget_view v;
    struct error e = {0};
    if (budget_look(x->s->link.budget, clock_mono_ms(), &v, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK,
                        "%u of %u calls of this minute are used, by all plugins with this token",
                        v.used, v.most);
}

static const struct check_def defs[] = {
    {"shop.name", N_("Shop: name"), NULL, check_name},
    {"shop.tcp", N_("Shop: connection"), "shop.name", check_tcp},
    {"shop.tls", N_("Shop: encryption"), "shop.tcp", check_tls},
    {"shop.login", N_("Shop: key"), "shop.tls", check_token},
    {"shop.clock", N_("Shop: clock"), "shop.login", check_clock},
    {"shop.inventory", N_("Shop: catalogue"), "shop.login", check_inventory},
    {"shop.warehouse", N_("Shop: warehouses"), "shop.inventory", check_warehouse},
    {"shop.prices", N_("Shop: price groups"), "shop.inventory", check_prices},
    {"shop.statuses", N_("Shop: statuses of orders"), "shop.login", check_statuses},
    {"shop.sources", N_("Shop: sources of orders"), "shop.login", check_sources},
    {"shop.field", N_("Shop: field for the document's number"), "shop.login", check_field},
    {"shop.limits", N_("Shop: limits"), "shop.login", check_limits},
};

enum check_result baselinker_checks(struct baselinker_shop *s, const struct http_options *http,
                                    void (*tell)(const struct check *, void *), void *user)
{
    struct checking x = {.s = s, .way = {.http = http}};
    struct check *checks = mem_array(COUNT_OF(defs), sizeof *checks);
    enum budget_class class = s->link.class;
    s->link.class = BUDGET_ORDERS; /* a person waits */
    shop_way_split(s->link.url, &x.way);
    enum check_result worst =
        check_run(defs, COUNT_OF(defs), &x, clock_mono_ms, checks, NULL, tell, user);
    s->link.class = class;
    free(checks);
    json_decref(x.inventory);
    return worst;
}
