#include "channel/prestashop_checks.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/prestashop_rows.h"
#include "channel/prestashop_value.h"
#include "os/clock.h"

#define SLOW_MS 10000

static enum check_result check_name(void *context, struct check *c)
{
    return shop_way_name(&((struct prestashop *)context)->way, c);
}

static enum check_result check_tcp(void *context, struct check *c)
{
    return shop_way_tcp(&((struct prestashop *)context)->way, c);
}

static enum check_result check_tls(void *context, struct check *c)
{
    return shop_way_tls(&((struct prestashop *)context)->way, c);
}

/* ---- the webservice ------------------------------------------------------------------------- */

/* Read the list of the key's rights; json_decref it. Even a refusal of the key shows that there is
 * a webservice. */
static enum status read_index(struct prestashop *p, json_t **index, struct prestashop_call *call,
                              struct error *e)
{
    int64_t retry;
    json_t *tree;
    *call = (struct prestashop_call){.method = "GET", .path = "/"};
    enum status status = prestashop_http_call(p, call, &tree, &retry, e);
    *index = NULL;
    if (status != STATUS_OK)
        return status;
    *index = json_incref(json_object_get(tree, "api"));
    json_decref(tree);
    if (json_is_object(*index))
        return STATUS_OK;
    json_decref(*index);
    *index = NULL;
    return error_set(e, STATUS_UNREACHABLE, "shop_answer",
                     "the webservice does not say what the key may do");
}

static enum check_result check_rest(void *context, struct check *c)
{
    struct prestashop *p = context;
    struct prestashop_call call;
    struct error e = {0};
    json_t *index;
    enum status status = read_index(p, &index, &call, &e);
    json_decref(index);
    bool off = status == STATUS_DENIED && call.http == 503;
    if (p->keyless.status != STATUS_OK || (status == STATUS_DENIED && call.code && !off))
        return check_answer(c, CHECK_OK, "PrestaShop is asked with a key");
    if (status != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "PrestaShop's webservice is on");
}

static enum check_result check_login(void *context, struct check *c)
{
    struct prestashop *p = context;
    struct prestashop_call call;
    struct error e = {0};
    json_t *index;
    if (read_index(p, &index, &call, &e) != STATUS_OK)
        return check_failed(c, &e);
    json_decref(index);
    return check_answer(c, CHECK_OK, "the shop takes the key");
}

/* The rights that each kind needs: GET of all these resources, and perhaps another method. */
struct need {
    enum kind_id kind;
    const char *resource, *method; /* method: besides "get"; NULL: none */
    const char *setting;           /* only if this setting is set, and not to "off" */
};
static const struct need needs[] = {
    {KIND_STOCK, "products", NULL, NULL},
    {KIND_STOCK, "combinations", NULL, NULL},
    {KIND_STOCK, "stock_availables", "put", NULL},
    {KIND_PRICES, "products", "put", NULL},
    {KIND_PRICES, "combinations", "put", NULL},
    {KIND_PRODUCTS, "products", "put", "update"},
    {KIND_PRODUCTS, "combinations", "put", "update"},
    {KIND_PRODUCTS, "products", "post", "create"},
    {KIND_PRODUCTS, "languages", NULL, "create"},
    {KIND_PRODUCTS, "products", NULL, NULL},
    {KIND_PRODUCTS, "combinations", NULL, NULL},
    {KIND_ORDERS, "orders", NULL, NULL},
    {KIND_ORDERS, "addresses", NULL, NULL},
    {KIND_ORDERS, "customers", NULL, NULL},
    {KIND_ORDERS, "countries", NULL, NULL},
    {KIND_ORDERS, "currencies", NULL, NULL},
    {KIND_ORDERS, "carriers", NULL, NULL},
    {KIND_ORDERS, "order_states", NULL, "status_done"},
    {KIND_ORDERS, "order_histories", "post", "status_done"},
    {KIND_ORDER_STATES, "orders", NULL, NULL},
    {KIND_ORDER_STATES, "order_states", NULL, NULL},
    {KIND_ORDER_STATES, "order_histories", "post", NULL},
};

static bool is_needed(const struct prestashop *p, const struct need *n)
{
    const json_t *value = n->setting ? json_object_get(p->place->settings, n->setting) : NULL;
    if (n->kind != p->kind)
        return false;
    return !n->setting || json_array_size(value) > 0 ||
           (json_is_string(value) && !text_equal(json_string_value(value), "off"));
}

static bool may(const json_t *index, const char *resource, const char *method)
{
    char name[20];
    const json_t *row = json_object_get(index, resource);
    text_format(name, sizeof name, "@%s", method);
    /* A version that says less at least names the resources that the key may use in some way. */
    return row && (!json_object_get(row, name) || json_flag(row, name, false) ||
                   text_equal(json_text(row, name, ""), "true"));
}

/* The index lists the key's rights, so the check need not write anything. */
static enum check_result check_write(void *context, struct check *c)
{
    struct prestashop *p = context;
    struct prestashop_call call;
    struct error e = {0};
    json_t *index;
    struct buf lacks;
    if (read_index(p, &index, &call, &e) != STATUS_OK)
        return check_failed(c, &e);
    buf_init(&lacks, 600);
    for (size_t i = 0; i < COUNT_OF(needs); i++) {
        const struct need *n = &needs[i];
        if (!is_needed(p, n))
            continue;
        if (!may(index, n->resource, "get"))
            buf_printf(&lacks, "%sGET %s", lacks.length ? ", " : "", n->resource);
        bool patches = n->method && text_equal(n->method, "put") && p->dialect != PRESTASHOP_PUT &&
                       json_object_get(json_object_get(index, n->resource), "@patch") &&
                       may(index, n->resource, "patch");
        if (n->method && !patches && !may(index, n->resource, n->method))
            buf_printf(&lacks, "%s%s %s", lacks.length ? ", " : "",
                       text_equal(n->method, "put") ? "PUT" : "POST", n->resource);
    }
    json_decref(index);
    enum check_result result =
        lacks.length ? check_answer(c, CHECK_FAIL, "the key lacks rights: %s", buf_text(&lacks))
                     : check_answer(c, CHECK_OK,
                                    "the key has the rights that this plugin needs (as the shop "
                                    "lists them)");
    if (lacks.length)
        check_remedy(c, "Tick them at the key in the shop: Advanced Parameters, Webservice.");
    buf_free(&lacks);
    return result;
}

static enum check_result check_clock(void *context, struct check *c)
{
    struct prestashop *p = context;
    if (p->shop_now_ms < 0)
        return check_answer(c, CHECK_OK, "the shop does not say what time it has");
    return shop_way_clock(p->clock_offset_ms, c);
}

static enum check_result check_terms(void *context, struct check *c)
{
    struct prestashop *p = context;
    struct error e = {0};
    int64_t retry;
    if (p->kind != KIND_PRICES)
        return check_answer(c, CHECK_OK, "this plugin writes no prices");
    if (prestashop_value_terms(p, &retry, &e) != STATUS_OK)
        return check_failed(c, &e);
    if (p->currency[0])
        return check_answer(c, CHECK_OK, "%s; prices are written without tax", p->currency);
    check_remedy(c, "Give the key the right to read currencies and configurations.");
    return check_answer(
        c, CHECK_WARN,
        "the key may not see the shop's currency, so that of a price is not compared");
}

static enum check_result check_limits(void *context, struct check *c)
{
    struct prestashop *p = context;
    char took[40];
    text_from_duration(took, sizeof took, p->took_ms);
    if (p->took_ms < SLOW_MS)
        return check_answer(c, CHECK_OK, "PrestaShop itself has none; the last answer took %s",
                            took);
    check_remedy(c, "Have the shop's host look at its load.");
    return check_answer(c, CHECK_WARN, "the shop is slow: the last answer took %s", took);
}

static const struct check_def defs[] = {
    {"shop.name", N_("Shop: name"), NULL, check_name},
    {"shop.tcp", N_("Shop: connection"), "shop.name", check_tcp},
    {"shop.tls", N_("Shop: encryption"), "shop.tcp", check_tls},
    {"shop.rest", N_("Shop: its API"), "shop.tls", check_rest},
    {"shop.login", N_("Shop: key"), "shop.rest", check_login},
    {"shop.write", N_("Shop: right to write"), "shop.login", check_write},
    {"shop.clock", N_("Shop: clock"), "shop.rest", check_clock},
    {"shop.terms", N_("Shop: currency and taxes"), "shop.login", check_terms},
    {"shop.limits", N_("Shop: limits"), "shop.login", check_limits},
};

enum check_result prestashop_checks(struct prestashop *p,
                                    void (*tell)(const struct check *, void *), void *user)
{
    struct check *checks = mem_array(COUNT_OF(defs), sizeof *checks);
    enum check_result worst =
        check_run(defs, COUNT_OF(defs), p, clock_mono_ms, checks, NULL, tell, user);
    free(checks);
    return worst;
}
