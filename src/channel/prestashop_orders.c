#include "channel/prestashop_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/feed.h"
#include "channel/prestashop_order.h"
#include "channel/prestashop_rows.h"
#include "os/clock.h"

#define ORDERS_PAGE 50
#define PAGES       20 /* that one call reads while they give nothing */
#define OVERLAP_S   60 /* by which what is saved late may be behind its time */
#define AHEAD_S     120 /* a time further in the future than this is nonsense, and waits for nothing */
#define DAY_S       86400

/* ---- the shop's time ------------------------------------------------------------------------ */

/* UTC seconds as the shop's clock on the wall shows them. */
static int64_t local_of(const struct prestashop *p, int64_t seconds)
{
    return seconds + zone_offset(p->zone, seconds);
}

/* When the shop was asked last, by its own clock; UTC. */
static int64_t asked_at(const struct prestashop *p)
{
    return p->shop_now_ms >= 0 ? (p->shop_now_ms - p->took_ms) / 1000
                               : (clock_wall_ms() + p->clock_offset_ms) / 1000;
}

/* How far behind a time a round must begin: in the hour after the clocks were put back local times come a second time. */
static int64_t overlap_at(const struct prestashop *p, int64_t seconds)
{
    int64_t back = zone_offset(p->zone, seconds - 3600 - OVERLAP_S) - zone_offset(p->zone, seconds);
    return OVERLAP_S + (back > 0 ? back : 0);
}

/* "2026-01-31%2023%3A59%3A59" */
static const char *time_text(char target[CLOCK_TEXT + 8], int64_t seconds)
{
    char text[CLOCK_TEXT];
    clock_format(text, seconds * 1000);
    text_format(target, CLOCK_TEXT + 8, "%.10s%%20%.2s%%3A%.2s%%3A%.2s", text, text + 11, text + 14,
                text + 17);
    return target;
}

static int64_t modified_of(const json_t *row)
{
    return prestashop_order_time(row, "date_upd");
}

/* ---- reading rows --------------------------------------------------------------------------- */

struct page {
    json_t *rows; /* by time of change, then by id */
    bool full;    /* there may be more */
};

static enum status read_by_time(struct prestashop *p, const struct feed_cursor *c, int size,
                                struct page *page, int64_t *retry_after_ms, struct error *e)
{
    char query[400], from[CLOCK_TEXT + 8], far[CLOCK_TEXT + 8];
    text_format(query, sizeof query,
                "display=full&date=1&filter%%5Bdate_upd%%5D=%%5B%s%%2C%s%%5D"
                "&sort=%%5Bdate_upd_ASC%%2Cid_ASC%%5D&limit=0,%d",
                time_text(from, c->from + 1), time_text(far, FEED_FAR), size);
    enum status status =
        prestashop_rows_get(p, &prestashop_rows_orders, query, &page->rows, retry_after_ms, e);
    page->full = json_array_size(page->rows) >= (size_t)size;
    return status;
}

/* More than a page within one second: by id within it. */
static enum status read_second(struct prestashop *p, struct feed_cursor *c, int size,
                               struct page *page, int64_t *retry_after_ms, struct error *e)
{
    char query[400], from[CLOCK_TEXT + 8];
    struct prestashop_walk at = {c->walk_offset, c->walk_last};
    time_text(from, c->from + 1);
    text_format(query, sizeof query, "display=full&date=1&filter%%5Bdate_upd%%5D=%%5B%s%%2C%s%%5D",
                from, from);
    enum status status = prestashop_rows_walk(p, &prestashop_rows_orders, query, size, &at,
                                              &page->rows, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    for (size_t n; (n = json_array_size(page->rows)) > (size_t)size; at.offset--) {
        json_array_remove(page->rows, n - 1);
        at.last = prestashop_rows_number(json_array_get(page->rows, n - 2), "id");
    }
    page->full = json_array_size(page->rows) > 0;
    c->walk_offset = at.offset;
    c->walk_last = at.last;
    return STATUS_OK;
}

static enum status read_page(struct prestashop *p, struct feed_cursor *c, int limit,
                             struct page *page, int64_t *retry_after_ms, struct error *e)
{
    static const int sizes[] = {ORDERS_PAGE, 5, 1}; /* orders with much in them make long answers */
    struct error own = {0}, *told = e ? e : &own;
    enum status status = STATUS_FULL;
    for (size_t i = 0; i < COUNT_OF(sizes) && status == STATUS_FULL; i++) {
        int size = sizes[i] < limit ? sizes[i] : limit;
        page->rows = NULL;
        page->full = false;
        status = c->walk_offset < 0 ? read_by_time(p, c, size, page, retry_after_ms, told)
                                    : read_second(p, c, size, page, retry_after_ms, told);
    }
    return status;
}

/* ---- what orders name ----------------------------------------------------------------------- */

/* The rows of the ids in wanted, by id. */
static enum status read_rows(struct prestashop *p, const struct prestashop_resource *r,
                             const json_t *wanted, json_t **found, int64_t *retry_after_ms,
                             struct error *e)
{
    struct buf query;
    json_t *rows, *row;
    size_t i;
    *found = json_object();
    if (json_object_size(wanted) == 0)
        return STATUS_OK;
    buf_init(&query, 16384);
    buf_add_text(&query, "display=full&");
    prestashop_rows_filter(&query, "id", wanted);
    enum status status = prestashop_rows_get(p, r, buf_text(&query), &rows, retry_after_ms, e);
    buf_free(&query);
    if (status != STATUS_OK)
        return status;
    json_array_foreach (rows, i, row)
        json_object_set(*found, prestashop_rows_text(row, "id"), row);
    json_decref(rows);
    return STATUS_OK;
}

static void want(json_t *wanted, const json_t *row, const char *name)
{
    if (prestashop_rows_number(row, name) > 0)
        json_object_set_new(wanted, prestashop_rows_text(row, name), json_true());
}

static void free_around(struct prestashop_around *a)
{
    json_decref(a->addresses);
    json_decref(a->customers);
    json_decref(a->countries);
    json_decref(a->currencies);
    json_decref(a->carriers);
}

static enum status read_around(struct prestashop *p, const json_t *orders,
                               struct prestashop_around *a, int64_t *retry_after_ms,
                               struct error *e)
{
    static const struct prestashop_resource addresses = {"addresses", "address"},
                                            customers = {"customers", "customer"},
                                            countries = {"countries", "country"},
                                            currencies = {"currencies", "currency"},
                                            carriers = {"carriers", "carrier"};
    json_t *wanted[5], *row;
    const char *id;
    size_t i;
    for (i = 0; i < COUNT_OF(wanted); i++)
        wanted[i] = json_object();
    json_array_foreach (orders, i, row) {
        want(wanted[0], row, "id_address_invoice");
        want(wanted[0], row, "id_address_delivery");
        want(wanted[1], row, "id_customer");
        want(wanted[3], row, "id_currency");
        want(wanted[4], row, "id_carrier");
    }
    enum status status = read_rows(p, &addresses, wanted[0], &a->addresses, retry_after_ms, e);
    json_object_foreach (a->addresses, id, row)
        want(wanted[2], row, "id_country");
    if (status == STATUS_OK)
        status = read_rows(p, &customers, wanted[1], &a->customers, retry_after_ms, e);
    if (status == STATUS_OK)
        status = read_rows(p, &countries, wanted[2], &a->countries, retry_after_ms, e);
    if (status == STATUS_OK)
        status = read_rows(p, &currencies, wanted[3], &a->currencies, retry_after_ms, e);
    if (status == STATUS_OK)
        status = read_rows(p, &carriers, wanted[4], &a->carriers, retry_after_ms, e);
    for (i = 0; i < COUNT_OF(wanted); i++)
        json_decref(wanted[i]);
    return status;
}

/* ---- giving orders -------------------------------------------------------------------------- */

static bool in_list(const json_t *list, const char *const *otherwise, const char *word)
{
    size_t i;
    const json_t *item;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    for (i = 0; !json_array_size(list) && otherwise[i]; i++)
        if (text_equal(otherwise[i], word))
            return true;
    return false;
}

bool prestashop_orders_taken(const json_t *settings, const char *state)
{
    static const char *const paid[] = {"2", "11", NULL};
    return in_list(json_object_get(settings, "statuses"), paid, state);
}

bool prestashop_orders_cancelled(const json_t *settings, const char *state)
{
    static const char *const ended[] = {"6", "7", "8", NULL};
    return in_list(json_object_get(settings, "cancelled_statuses"), ended, state);
}

/* Is the second of this time not over by the shop's clock? What is changed in it again would look the same. */
static bool unsettled(const struct prestashop *p, int64_t modified)
{
    int64_t now = local_of(p, p->shop_now_ms / 1000);
    return p->shop_now_ms >= 0 && modified >= now - 1 && modified < now + AHEAD_S;
}

/* The rows of a page that are to be given; *newest: the time of the last one that was looked at. */
static enum status take_page(struct prestashop *p, struct feed_cursor *c, struct page *page,
                             json_t *orders, int64_t *newest, int64_t *retry_after_ms,
                             struct error *e)
{
    const json_t *settings = p->place->settings;
    struct prestashop_around around = {0};
    json_t *mine = json_array(), *row;
    size_t i, looked = 0;
    json_array_foreach (page->rows, i, row) {
        const char *state = prestashop_rows_text(row, "current_state");
        if (c->walk_offset < 0 && unsettled(p, modified_of(row))) {
            page->full = false;
            break;
        }
        looked++;
        if ((prestashop_orders_taken(settings, state) ||
             prestashop_orders_cancelled(settings, state)) &&
            prestashop_rows_number(row, "id") > 0 &&
            !feed_known(c, prestashop_rows_number(row, "id"), modified_of(row)))
            json_array_append(mine, row);
    }
    enum status status =
        json_array_size(mine) ? read_around(p, mine, &around, retry_after_ms, e) : STATUS_OK;
    json_array_foreach (mine, i, row) {
        if (status != STATUS_OK)
            break;
        bool cancelled =
            !prestashop_orders_taken(settings, prestashop_rows_text(row, "current_state"));
        json_array_append_new(orders,
                              prestashop_order_map(row, &around, p->zone, settings, cancelled));
        feed_remember(c, prestashop_rows_number(row, "id"), modified_of(row));
    }
    if (looked)
        *newest = modified_of(json_array_get(page->rows, looked - 1));
    free_around(&around);
    json_decref(mine);
    return status;
}

/* Where the next page begins, or the next round. overlap: of the time at which this one began. */
static void move_on(struct feed_cursor *c, const struct page *page, int64_t newest, int64_t overlap)
{
    if (c->walk_offset >= 0) {
        if (!page->full) {
            c->from++;
            c->walk_offset = -1;
            c->walk_last = 0;
        }
        return;
    }
    if (page->full && newest - 1 > c->from) {
        c->from = newest - 1;
    } else if (page->full) {
        c->walk_offset = c->walk_last = 0;
    } else {
        int64_t safe = c->asked - overlap;
        if (newest > c->low && safe > c->low)
            c->low = newest < safe ? newest : safe;
        c->from = c->low;
        c->asked = 0;
        feed_forget(c);
    }
}

/* A round begins: behind the clock's jump back, if there was one. */
static void begin(struct prestashop *p, struct feed_cursor *c)
{
    int64_t now = (clock_wall_ms() + p->clock_offset_ms) / 1000;
    int64_t safe = local_of(p, now) - overlap_at(p, now);
    if (overlap_at(p, now) > OVERLAP_S && c->low > safe && c->low - safe < 3 * 3600)
        c->low = c->from = safe;
}

enum status prestashop_orders(struct prestashop *p, const char *cursor, int limit, json_t **orders,
                              struct buf *next, int64_t *retry_after_ms, struct error *e)
{
    struct feed_cursor c;
    enum status status = STATUS_OK;
    *orders = NULL;
    *retry_after_ms = -1;
    if (!feed_read(cursor, &c)) {
        int64_t days = json_number(p->place->options, "days_back", 14);
        c.low = c.from = clock_wall_ms() / 1000 - (days + 1) * DAY_S;
    }
    json_t *list = json_array();
    for (int i = 0; i < PAGES && status == STATUS_OK && json_array_size(list) == 0; i++) {
        struct page page;
        if (!c.asked)
            begin(p, &c);
        int64_t newest = c.from;
        status = read_page(p, &c, limit, &page, retry_after_ms, e);
        if (status != STATUS_OK)
            break;
        if (!c.asked)
            c.asked = local_of(p, asked_at(p));
        status = take_page(p, &c, &page, list, &newest, retry_after_ms, e);
        json_decref(page.rows);
        if (status == STATUS_OK)
            move_on(&c, &page, newest, overlap_at(p, asked_at(p)));
        if (!c.asked)
            break;
    }
    if (status == STATUS_OK) {
        feed_print(&c, next);
        *orders = list;
    } else {
        json_decref(list);
    }
    return status;
}
