#include "channel/prestashop.h"

#include <stdlib.h>

#include "base/memory.h"
#include "channel/prestashop_catalogue.h"
#include "channel/prestashop_checks.h"
#include "channel/prestashop_http.h"
#include "channel/prestashop_orders.h"
#include "channel/prestashop_outcome.h"
#include "channel/prestashop_send.h"
#include "channel/prestashop_value.h"

struct channel {
    struct prestashop shop;
    struct channel_place place;
};

static void close_shop(struct channel *c)
{
    if (!c)
        return;
    prestashop_http_close(&c->shop);
    free(c);
}

static enum status open_shop(const struct channel_place *place, struct channel **channel,
                             struct error *e)
{
    struct channel *c = mem_alloc(sizeof *c);
    c->place = *place;
    enum status status = prestashop_http_open(&c->shop, &c->place, e);
    if (status != STATUS_OK) {
        close_shop(c);
        c = NULL;
    }
    *channel = c;
    return status;
}

static enum check_result check_shop(struct channel *c, void (*tell)(const struct check *, void *),
                                    void *user)
{
    return prestashop_checks(&c->shop, tell, user);
}

static enum status lookup_shop(struct channel *c, const char *list, json_t **rows,
                               int64_t *retry_after_ms, struct error *e)
{
    return prestashop_catalogue_lookup(&c->shop, list, rows, retry_after_ms, e);
}

static enum status catalogue_shop(struct channel *c, const char *page,
                                  void (*item)(void *user, const struct channel_item *item),
                                  void *user, struct buf *next, int64_t *retry_after_ms,
                                  struct error *e)
{
    return prestashop_catalogue(&c->shop, page, item, user, next, retry_after_ms, e);
}

static enum status express_shop(struct channel *c, const struct channel_record *record,
                                struct buf *value, struct error *e)
{
    return prestashop_value_express(&c->shop, record, value, e);
}

static enum status send_shop(struct channel *c, const struct channel_record *records, size_t count,
                             channel_answer *answer, void *user, struct buf *mark,
                             int64_t *retry_after_ms, struct error *e)
{
    (void)mark; /* a shop has no sequence numbers: its values are read */
    if (c->shop.kind == KIND_ORDER_STATES)
        return prestashop_outcome_states(&c->shop, records, count, answer, user, retry_after_ms, e);
    return prestashop_send(&c->shop, records, count, answer, user, retry_after_ms, e);
}

static const char *account_shop(const struct channel *c)
{
    return c->shop.account;
}

static int64_t clock_offset_shop(const struct channel *c)
{
    return c->shop.clock_offset_ms;
}

static enum status orders_shop(struct channel *c, const char *cursor, int limit, json_t **orders,
                               struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    return prestashop_orders(&c->shop, cursor, limit, orders, next, retry_after_ms, e);
}

static enum status outcome_shop(struct channel *c, const char *order_id, const json_t *outcome,
                                int64_t *retry_after_ms, struct error *e)
{
    return prestashop_outcome(&c->shop, order_id, outcome, retry_after_ms, e);
}

const struct channel_ops channel_prestashop = {.type = "prestashop",
                                               .has_catalogue = true,
                                               .batch_rows = PRESTASHOP_SEND_ROWS,
                                               .open = open_shop,
                                               .close = close_shop,
                                               .check = check_shop,
                                               .lookup = lookup_shop,
                                               .catalogue = catalogue_shop,
                                               .express = express_shop,
                                               .send = send_shop,
                                               .account = account_shop,
                                               .clock_offset = clock_offset_shop,
                                               .orders = orders_shop,
                                               .outcome = outcome_shop};
