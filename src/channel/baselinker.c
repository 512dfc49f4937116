#include "channel/baselinker.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/baselinker_catalogue.h"
#include "channel/baselinker_checks.h"
#include "channel/baselinker_lookup.h"
#include "channel/baselinker_orders.h"
#include "channel/baselinker_outcome.h"
#include "channel/baselinker_products.h"
#include "channel/baselinker_send.h"
#include "channel/baselinker_shop.h"

#define CALLS_A_MINUTE \
    80 /* of BaseLinker's hundred; the rest is left to people and other programs */

struct channel {
    struct baselinker_shop shop;
    struct http_options http;
};

static void close_baselinker(struct channel *c)
{
    if (!c)
        return;
    http_client_close(c->shop.link.client);
    budget_close(c->shop.link.budget);
    baselinker_orders_close(c->shop.feed);
    json_decref(c->shop.price_groups);
    mem_wipe(c->shop.link.header, sizeof c->shop.link.header);
    free(c);
}

static enum budget_class class_of(enum kind_id kind)
{
    return kind == KIND_ORDERS   ? BUDGET_ORDERS
           : kind == KIND_STOCK  ? BUDGET_STOCK
           : kind == KIND_PRICES ? BUDGET_PRICES
                                 : BUDGET_PRODUCTS;
}

/* Set up token, budget and connection. */
static enum status connect_shop(struct channel *c, const struct channel_place *place,
                                struct error *e)
{
    struct baselinker_link *l = &c->shop.link;
    char token[BASELINKER_TOKEN];
    const struct budget_rule rule = {
        .most = (unsigned)json_number(place->settings, "calls_per_minute", CALLS_A_MINUTE),
        .window_ms = baselinker_call_minute()};
    enum status status = place->secret(place->secret_user, "token", token, sizeof token, e);
    if (status == STATUS_NOT_FOUND || (status == STATUS_OK && !*token)) {
        error_set(e, STATUS_DENIED, "channel_no_secret", "BaseLinker's token is not set");
        return error_remedy(
            e, "Make one in BaseLinker (My account, API), then: endpointctl channel set %s token",
            place->plugin_id);
    }
    if (status != STATUS_OK)
        return status;
    text_format(l->header, sizeof l->header, "X-BLToken: %s", token);
    if (token[strcspn(token, "\r\n")])
        status = error_set(e, STATUS_INVALID, "channel_no_secret",
                           "BaseLinker's token contains a line break");
    if (status == STATUS_OK)
        status = budget_open(place->state_dir, "baselinker", token, &rule, &l->budget, e);
    mem_wipe(token, sizeof token);
    return status == STATUS_OK ? http_client_open(&c->http, &l->client, e) : status;
}

static enum status open_baselinker(const struct channel_place *place, struct channel **out,
                                   struct error *e)
{
    const struct kind *kind = kind_find(place->kind);
    struct channel *c = mem_alloc(sizeof *c);
    struct baselinker_shop *s = &c->shop;
    *out = NULL;
    c->http = *place->http;
    s->kind = KIND_PRODUCTS;
    for (size_t i = 0; kind && i < KIND_COUNT; i++)
        if (kind == kind_at(i))
            s->kind = (enum kind_id)i;
    s->settings = place->settings;
    s->options = place->options;
    s->feed = baselinker_orders_open();
    s->link.class = class_of(s->kind);
    s->link.cancel = place->cancel;
    s->link.alive = place->alive;
    s->link.alive_user = place->alive_user;
    text_copy(s->link.url, sizeof s->link.url,
              json_text(place->settings, "url", BASELINKER_ADDRESS));
    enum status status = baselinker_shop_settings(s, e);
    if (status == STATUS_OK)
        status = connect_shop(c, place, e);
    if (status != STATUS_OK) {
        close_baselinker(c);
        return status;
    }
    *out = c;
    return STATUS_OK;
}

static enum check_result check_baselinker(struct channel *c,
                                          void (*tell)(const struct check *, void *), void *user)
{
    return baselinker_checks(&c->shop, &c->http, tell, user);
}

static enum status lookup_baselinker(struct channel *c, const char *list, json_t **rows,
                                     int64_t *retry_after_ms, struct error *e)
{
    enum budget_class class = c->shop.link.class;
    c->shop.link.class = BUDGET_ORDERS; /* a person waits */
    enum status status = baselinker_lookup(&c->shop, list, rows, retry_after_ms, e);
    c->shop.link.class = class;
    return status;
}

static enum status catalogue_baselinker(struct channel *c, const char *page,
                                        void (*item)(void *user, const struct channel_item *item),
                                        void *user, struct buf *next, int64_t *retry_after_ms,
                                        struct error *e)
{
    return baselinker_catalogue_page(&c->shop, page, item, user, next, retry_after_ms, e);
}

static enum status express_baselinker(struct channel *c, const struct channel_record *record,
                                      struct buf *value, struct error *e)
{
    return baselinker_catalogue_express(&c->shop, record, value, e);
}

static enum status send_baselinker(struct channel *c, const struct channel_record *records,
                                   size_t count, channel_answer *answer, void *user,
                                   struct buf *mark, int64_t *retry_after_ms, struct error *e)
{
    (void)mark; /* nothing to remember: values are absolute, products are searched first */
    if (c->shop.kind == KIND_PRODUCTS)
        return baselinker_products_send(&c->shop, records, count, answer, user, retry_after_ms, e);
    return baselinker_send(&c->shop, records, count, answer, user, retry_after_ms, e);
}

static const char *account_baselinker(const struct channel *c)
{
    return c->shop.account;
}

static int64_t clock_offset_baselinker(const struct channel *c)
{
    return c->shop.link.clock_offset_ms;
}

static enum status orders_baselinker(struct channel *c, const char *cursor, int limit,
                                     json_t **orders, struct buf *next, int64_t *retry_after_ms,
                                     struct error *e)
{
    return baselinker_orders(&c->shop, cursor, limit, orders, next, retry_after_ms, e);
}

static enum status outcome_baselinker(struct channel *c, const char *order_id,
                                      const json_t *outcome, int64_t *retry_after_ms,
                                      struct error *e)
{
    return baselinker_outcome(&c->shop, order_id, outcome, retry_after_ms, e);
}

const struct channel_ops channel_baselinker = {.type = "baselinker",
                                               .has_catalogue = true,
                                               .batch_rows = BASELINKER_BATCH,
                                               .open = open_baselinker,
                                               .close = close_baselinker,
                                               .check = check_baselinker,
                                               .lookup = lookup_baselinker,
                                               .catalogue = catalogue_baselinker,
                                               .express = express_baselinker,
                                               .send = send_baselinker,
                                               .account = account_baselinker,
                                               .clock_offset = clock_offset_baselinker,
                                               .orders = orders_baselinker,
                                               .outcome = outcome_baselinker};
