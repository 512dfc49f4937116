#include "channel/woocommerce_checks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/loose.h"
#include "channel/woocommerce_value.h"
#include "net/expiry.h"
#include "net/probe.h"
#include "os/clock.h"

#define PROBE_MS 10000
#define SLOW_MS  10000 /* for one product */

static bool for_orders(const struct woocommerce *w)
{
    return w->kind == KIND_ORDERS || w->kind == KIND_ORDER_STATES;
}

/* ---- the connection
 * -------------------------------------------------------------------------------- */

static enum check_result check_name(void *context, struct check *c)
{
    struct woocommerce *w = context;
    char addresses[512];
    struct error e = {0};
    if (w->place->http->proxy[0])
        return check_answer(c, CHECK_OK, "the proxy looks up %s itself", w->host);
    if (probe_resolve(w->host, addresses, sizeof addresses, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "%s is %s", w->host, addresses);
}

static enum check_result check_tcp(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    if (w->place->http->proxy[0])
        return check_answer(c, CHECK_OK, "it goes through the proxy");
    if (probe_tcp(w->host, w->port, PROBE_MS, &e) != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "port %d answers", w->port);
}

static enum check_result check_tls(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    char why[500];
    enum check_result result;
    if (w->place->http->proxy[0])
        return check_answer(c, CHECK_OK, "the certificate is verified through the proxy's tunnel");
    struct probe_certificate *seen = mem_alloc(sizeof *seen);
    if (probe_tls(w->host, w->port, w->place->http->ca_file, PROBE_MS, seen, why, sizeof why, &e) !=
        STATUS_OK) {
        result = check_failed(c, &e);
    } else if (why[0]) {
        result = check_answer(c, CHECK_FAIL, "the certificate, issued by %s, is not accepted: %-s",
                              seen->issuer, why);
    } else if ((result = expiry_check(seen, clock_wall_ms(), c)) == CHECK_OK) {
        result = check_answer(c, CHECK_OK, "verified, issued by %s", seen->issuer);
    }
    free(seen);
    return result;
}

/* ---- the API -------------------------------------------------------------------------------- */

static enum check_result check_rest(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    json_t *index = NULL, *space;
    bool there = false;
    size_t i;
    enum status status = woocommerce_http_index(w, &index, &e);
    if (status == STATUS_NOT_FOUND || text_equal(e.code, "shop_answer")) {
        check_remedy(
            c,
            "Check the address; the permalinks of WordPress must not be \"Plain\" (Settings, Permalinks).");
        return check_answer(c, CHECK_FAIL, "there is no WordPress REST API at %s/wp-json/",
                            w->base);
    }
    if (status != STATUS_OK)
        return check_failed(c, &e);
    json_array_foreach (json_object_get(index, "namespaces"), i, space)
        there |= text_equal(json_string_value(space), "wc/v3");
    json_decref(index);
    if (there)
        return check_answer(c, CHECK_OK, "WordPress answers, and WooCommerce's API (wc/v3) exists");
    check_remedy(c, "Install and activate WooCommerce, 3.5 or newer.");
    return check_answer(c, CHECK_FAIL,
                        "WordPress answers, but WooCommerce's API (wc/v3) is missing");
}

static enum check_result check_login(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    int64_t retry;
    json_t *rows = NULL;
    const char *path =
        for_orders(w) ? "/orders?per_page=1&_fields=id" : "/products?per_page=1&_fields=id";
    if (woocommerce_http_get(w, path, &rows, &retry, &e) != STATUS_OK)
        return check_failed(c, &e);
    json_decref(rows);
    return check_answer(c, CHECK_OK,
                        for_orders(w) ? N_("the key may read orders")
                                      : N_("the key may read products"));
}

/* An empty batch changes nothing, but a key without the right to write is refused. */
static enum check_result check_write(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    int64_t retry;
    json_t *answer = NULL, *body = json_object();
    struct woocommerce_call call = {.method = "POST",
                                    .path = for_orders(w) ? "/orders/batch" : "/products/batch",
                                    .body = body};
    enum status status = woocommerce_http_call(w, &call, &answer, &retry, &e);
    json_decref(call.problem);
    json_decref(answer);
    json_decref(body);
    if (status != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK,
                        for_orders(w) ? N_("the key may write orders (asked without a change)")
                                      : N_("the key may write products (asked without a change)"));
}

static enum check_result check_version(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    int64_t retry;
    json_t *status = NULL;
    char version[40];
    int major = 0, minor = 0;
    if (woocommerce_http_get(w, "/system_status?_fields=environment", &status, &retry, &e) !=
        STATUS_OK)
        return check_answer(c, CHECK_OK,
                            "the key may not see the shop's version; that does no harm");
    text_copy(version, sizeof version,
              woocommerce_http_text(json_object_get(status, "environment"), "version"));
    json_decref(status);
    if (sscanf(version, "%d.%d", &major, &minor) != 2)
        return check_answer(c, CHECK_OK, "the shop does not say its version");
    if (major < 5 || (major == 5 && minor < 8)) {
        check_remedy(c, "Update WooCommerce: from 5.8 on it can say which orders changed.");
        return check_answer(
            c, CHECK_WARN,
            "WooCommerce %s cannot say which orders changed: all of them are read each time",
            version);
    }
    return check_answer(c, CHECK_OK, "WooCommerce %s", version);
}

static enum check_result check_clock(void *context, struct check *c)
{
    struct woocommerce *w = context;
    char difference[40];
    int64_t ms = w->clock_offset_ms;
    if (w->shop_now_ms < 0)
        return check_answer(c, CHECK_OK, "the shop does not say what time it has");
    text_from_duration(difference, sizeof difference, ms < 0 ? -ms : ms);
    if (ms > -300000 && ms < 300000)
        return check_answer(c, CHECK_OK, "the shop's clock and ours agree");
    check_remedy(
        c, "Correct the clock that is wrong. Orders are read by the shop's own clock, so none is "
           "missed.");
    return check_answer(c, CHECK_WARN,
                        ms > 0 ? N_("the shop's clock is %s ahead of ours")
                               : N_("the shop's clock is %s behind ours"),
                        difference);
}

/* ---- what it sells -------------------------------------------------------------------------- */

static enum check_result check_terms(void *context, struct check *c)
{
    struct woocommerce *w = context;
    struct error e = {0};
    int64_t retry;
    if (woocommerce_terms_load(w, &retry, &e) != STATUS_OK)
        return check_failed(c, &e);
    const struct woocommerce_terms *t = &w->terms;
    int gross = woocommerce_terms_gross(w);
    if (w->kind == KIND_STOCK && t->stock == 0) {
        check_remedy(
            c,
            "Switch it on in the shop: WooCommerce, Settings, Products, Inventory, Enable stock management.");
        return check_answer(c, CHECK_FAIL,
                            "the shop does not manage stock: it accepts quantities and "
                            "forgets them");
    }
    if (w->kind == KIND_PRICES && gross < 0) {
        check_remedy(c,
                     "Set the channel's prices to gross or net, or allow the key's user to see the "
                     "shop's settings.");
        return check_answer(c, CHECK_FAIL,
                            "the shop does not say whether its prices include "
                            "tax");
    }
    if (!t->currency[0])
        return check_answer(c, CHECK_OK,
                            "the key may not see the shop's settings; that does no harm");
    return check_answer(c, CHECK_OK,
                        gross ? N_("%s, %d digits after the point, prices with tax")
                              : N_("%s, %d digits after the point, prices without tax"),
                        t->currency, t->decimals);
}

static enum check_result check_limits(void *context, struct check *c)
{
    struct woocommerce *w = context;
    char took[40];
    text_from_duration(took, sizeof took, w->took_ms);
    if (w->took_ms < SLOW_MS)
        return check_answer(c, CHECK_OK,
                            "WooCommerce itself has no limits; the last answer "
                            "took %s",
                            took);
    check_remedy(c, "Set the channel's batch lower, and have the shop's host look at its load.");
    return check_answer(c, CHECK_WARN, "the shop is slow: the last answer took %s", took);
}

static const struct check_def defs[] = {
    {"shop.name", N_("Shop: name"), NULL, check_name},
    {"shop.tcp", N_("Shop: connection"), "shop.name", check_tcp},
    {"shop.tls", N_("Shop: encryption"), "shop.tcp", check_tls},
    {"shop.rest", N_("Shop: its API"), "shop.tls", check_rest},
    {"shop.login", N_("Shop: key"), "shop.rest", check_login},
    {"shop.write", N_("Shop: right to write"), "shop.login", check_write},
    {"shop.version", N_("Shop: version"), "shop.login", check_version},
    {"shop.clock", N_("Shop: clock"), "shop.rest", check_clock},
    {"shop.terms", N_("Shop: currency and taxes"), "shop.login", check_terms},
    {"shop.limits", N_("Shop: limits"), "shop.login", check_limits},
};

enum check_result woocommerce_checks(struct woocommerce *w,
                                     void (*tell)(const struct check *, void *), void *user)
{
    struct check *checks = mem_array(COUNT_OF(defs), sizeof *checks);
    enum check_result worst =
        check_run(defs, COUNT_OF(defs), w, clock_mono_ms, checks, NULL, tell, user);
    free(checks);
    return worst;
}
