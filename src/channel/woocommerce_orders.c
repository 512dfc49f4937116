#include "channel/woocommerce_orders.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/feed.h"
#include "channel/loose.h"
#include "channel/woocommerce_catalogue.h"
#include "channel/woocommerce_order.h"
#include "os/clock.h"

#define ORDERS_PAGE 50
#define PAGES       20  /* the most pages that one call reads while they give nothing */
#define OVERLAP_S   60  /* how far an order that is saved late may lie in the past */
#define AHEAD_S     120 /* a time further in the future than this is wrong: do not wait for it */
#define DAY_S       86400

/* ---- reading rows --------------------------------------------------------------------------- */

struct page {
    json_t *rows; /* by modification time, then by id */
    bool full;    /* there may be more */
};

static int64_t modified_of(const json_t *row)
{
    char text[40];
    int64_t ms;
    return text_format(text, sizeof text, "%.30sZ",
                       woocommerce_http_text(row, "date_modified_gmt")) &&
                   clock_parse(text, &ms)
               ? ms / 1000
               : 0;
}

/* "2026-01-31T23:59:59": the shop misreads a time with a Z or a fraction. */
static const char *time_text(char target[CLOCK_TEXT], int64_t seconds)
{
    clock_format(target, seconds * 1000);
    target[19] = '\0';
    return target;
}

static int compare_rows(const void *a, const void *b)
{
    const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
    int64_t one = modified_of(x), two = modified_of(y);
    if (one == two) {
        one = woocommerce_http_number(x, "id");
        two = woocommerce_http_number(y, "id");
    }
    return one < two ? -1 : one > two;
}

/* Sort the rows, and keep at most so many. */
static json_t *sorted(json_t *rows, size_t most)
{
    size_t count = json_array_size(rows);
    json_t **list = mem_array(count + 1, sizeof *list), *result = json_array();
    for (size_t i = 0; i < count; i++)
        list[i] = json_array_get(rows, i);
    qsort(list, count, sizeof(json_t *), compare_rows);
    for (size_t i = 0; i < count && i < most; i++)
        json_array_append(result, list[i]);
    free(list);
    json_decref(rows);
    return result;
}

/* A shop older than 5.8 has no filter by modification time, and so gives everything. Read all
 * orders of the relevant days and filter them here. */
static enum status read_by_sweep(struct woocommerce *w, const struct feed_cursor *c, int size,
                                 struct page *p, int64_t *retry_after_ms, struct error *e)
{
    struct woocommerce_walk at = {0};
    char path[600], time[CLOCK_TEXT];
    json_t *all = json_array(), *rows, *row;
    size_t i, count, more = 0;
    int64_t days = json_number(w->place->options, "days_back", 14) + 2;
    int64_t now = (w->shop_now_ms >= 0 ? w->shop_now_ms : clock_wall_ms()) / 1000;
    text_format(path, sizeof path, "/orders?" WOOCOMMERCE_ORDER_FIELDS "&after=%s",
                time_text(time, now - days * DAY_S));
    do {
        enum status status =
            woocommerce_catalogue_rows(w, path, size, &at, &rows, retry_after_ms, e);
        if (status != STATUS_OK) {
            json_decref(all);
            return status;
        }
        count = json_array_size(rows);
        json_array_foreach (rows, i, row) {
            int64_t modified = modified_of(row);
            if (c->walk_offset >= 0
                    ? modified == c->from + 1 && woocommerce_http_number(row, "id") > c->walk_last
                    : modified > c->from)
                json_array_append(all, row);
        }
        json_decref(rows);
        more += json_array_size(all) > (size_t)size;
        if (json_array_size(all) > (size_t)size)
            all = sorted(all, (size_t)size);
    } while (count > 0);
    p->rows = sorted(all, (size_t)size);
    p->full = more > 0;
    return STATUS_OK;
}

static bool ignores_time(const struct feed_cursor *c, const json_t *rows)
{
    size_t i;
    const json_t *row;
    json_array_foreach (rows, i, row)
        if (modified_of(row) <= c->from)
            return true;
    return false;
}

static enum status read_by_time(struct woocommerce *w, const struct feed_cursor *c, int size,
                                struct page *p, int64_t *retry_after_ms, struct error *e)
{
    char path[600], time[CLOCK_TEXT];
    text_format(path, sizeof path,
                "/orders?" WOOCOMMERCE_ORDER_FIELDS
                "&dates_are_gmt=true&modified_after=%s&orderby=modified&order=asc&per_page=%d",
                time_text(time, c->from), size);
    struct woocommerce_call call = {.method = "GET", .path = path};
    enum status status = woocommerce_http_call(w, &call, &p->rows, retry_after_ms, e);
    bool unknown = status == STATUS_REFUSED && text_equal(call.code, "rest_invalid_param");
    json_decref(call.problem);
    if (unknown || (status == STATUS_OK && ignores_time(c, p->rows))) {
        json_decref(p->rows);
        w->no_modified = true;
        return read_by_sweep(w, c, size, p, retry_after_ms, e);
    }
    if (status == STATUS_OK) {
        p->full = json_array_size(p->rows) >= (size_t)size;
        p->rows = sorted(p->rows, (size_t)size);
    }
    return status;
}

/* One second has more than a page: read by id within it. */
static enum status read_second(struct woocommerce *w, struct feed_cursor *c, int size,
                               struct page *p, int64_t *retry_after_ms, struct error *e)
{
    char path[600], after[CLOCK_TEXT], before[CLOCK_TEXT];
    struct woocommerce_walk at = {c->walk_offset, c->walk_last};
    text_format(path, sizeof path,
                "/orders?" WOOCOMMERCE_ORDER_FIELDS
                "&dates_are_gmt=true&modified_after=%s&modified_before=%s",
                time_text(after, c->from), time_text(before, c->from + 2));
    enum status status =
        woocommerce_catalogue_rows(w, path, size, &at, &p->rows, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    for (size_t n; (n = json_array_size(p->rows)) > (size_t)size; at.offset--) {
        json_array_remove(p->rows, n - 1);
        at.last = woocommerce_http_number(json_array_get(p->rows, n - 2), "id");
    }
    p->full = json_array_size(p->rows) > 0;
    c->walk_offset = at.offset;
    c->walk_last = at.last;
    return STATUS_OK;
}

static enum status read_page(struct woocommerce *w, struct feed_cursor *c, int limit,
                             struct page *p, int64_t *retry_after_ms, struct error *e)
{
    static const int sizes[] = {ORDERS_PAGE, 5, 1}; /* large orders may make the answer too long */
    struct error own = {0}, *told = e ? e : &own;
    enum status status = STATUS_FULL;
    for (size_t i = 0; i < COUNT_OF(sizes) && status == STATUS_FULL; i++) {
        int size = sizes[i] < limit ? sizes[i] : limit;
        p->rows = NULL;
        p->full = false;
        if (!w->no_modified && c->walk_offset < 0)
            status = read_by_time(w, c, size, p, retry_after_ms, told);
        else if (!w->no_modified)
            status = read_second(w, c, size, p, retry_after_ms, told);
        else
            status = read_by_sweep(w, c, size, p, retry_after_ms, told);
    }
    size_t count = json_array_size(p->rows);
    if (status == STATUS_OK && w->no_modified && c->walk_offset >= 0) {
        p->full = count > 0;
        c->walk_last = count ? woocommerce_http_number(json_array_get(p->rows, count - 1), "id")
                             : c->walk_last;
    }
    return status;
}

/* ---- giving orders -------------------------------------------------------------------------- */

static bool in_list(const json_t *settings, const char *name, const char *const *otherwise,
                    const char *word)
{
    const json_t *list = json_object_get(settings, name), *item;
    size_t i;
    json_array_foreach (list, i, item)
        if (text_equal(json_string_value(item), word))
            return true;
    for (i = 0; !json_array_size(list) && otherwise[i]; i++)
        if (text_equal(otherwise[i], word))
            return true;
    return false;
}

enum fate { FATE_NONE, FATE_TAKEN, FATE_CANCELLED };

static enum fate fate_of(const struct woocommerce *w, const json_t *row)
{
    static const char *const taken[] = {"processing", NULL}, *const cancelled[] = {
                                                                 "cancelled", "failed", "refunded",
                                                                 NULL};
    const char *status = woocommerce_http_text(row, "status");
    if (text_equal(status, "checkout-draft") || text_equal(status, "auto-draft") ||
        text_equal(status, "trash"))
        return FATE_NONE;
    if (in_list(w->place->settings, "statuses", taken, status))
        return FATE_TAKEN;
    if (in_list(w->place->settings, "cancelled_statuses", cancelled, status) &&
        woocommerce_order_mattered(row, w->place->settings))
        return FATE_CANCELLED;
    return FATE_NONE;
}

/* For lines that may have lost their variation: which of their products have variations? {"id":
 * true}. */
static enum status ask_parents(struct woocommerce *w, const json_t *rows, json_t *parents,
                               int64_t *retry_after_ms, struct error *e)
{
    struct buf path;
    json_t *answer = NULL, *asked = json_object();
    const json_t *row, *line;
    size_t i, j, count = 0;
    enum status status = STATUS_OK;
    buf_init(&path, 16384);
    buf_printf(&path, "/products?type=variable&_fields=id&per_page=%d&include=", WOOCOMMERCE_PAGE);
    json_array_foreach (rows, i, row) {
        json_array_foreach (json_object_get(row, "line_items"), j, line) {
            int64_t product = woocommerce_http_number(line, "product_id");
            const char *id = loose_text(line, "product_id");
            if (product <= 0 || woocommerce_http_number(line, "variation_id") > 0 ||
                count >= WOOCOMMERCE_PAGE || json_object_get(asked, id))
                continue;
            json_object_set_new(asked, id, json_true());
            buf_printf(&path, "%s%" PRId64, count++ ? "," : "", product);
        }
    }
    json_decref(asked);
    if (count)
        status = woocommerce_http_get(w, buf_text(&path), &answer, retry_after_ms, e);
    buf_free(&path);
    if (status == STATUS_DENIED || status == STATUS_REFUSED || status == STATUS_NOT_FOUND)
        return STATUS_OK; /* a key that may not read products */
    json_array_foreach (answer, i, row)
        json_object_set_new(parents, loose_text(row, "id"), json_true());
    json_decref(answer);
    return status;
}

static enum status give(struct woocommerce *w, const json_t *row, bool cancelled,
                        const json_t *parents, json_t *orders, int64_t *retry_after_ms,
                        struct error *e)
{
    char path[100];
    json_t *refunds = NULL;
    enum status status = STATUS_OK;
    if (!cancelled && json_array_size(json_object_get(row, "refunds"))) {
        text_format(path, sizeof path, "/orders/%" PRId64 "/refunds?per_page=%d",
                    woocommerce_http_number(row, "id"), WOOCOMMERCE_PAGE);
        status = woocommerce_http_get(w, path, &refunds, retry_after_ms, e);
        if (status == STATUS_NOT_FOUND)
            status = STATUS_OK; /* deleted in the meantime: keep the old one */
    }
    if (status == STATUS_OK)
        json_array_append_new(
            orders, woocommerce_order_map(row, refunds, parents, w->place->settings, cancelled));
    json_decref(refunds);
    return status;
}

/* Is this second not over yet by the shop's clock? An order modified again in it would look the
 * same. */
static bool unsettled(const struct woocommerce *w, int64_t modified)
{
    int64_t now = w->shop_now_ms / 1000;
    return w->shop_now_ms >= 0 && modified >= now - 1 && modified < now + AHEAD_S;
}

/* The rows of a page to give; *newest: the time of the last row that was read. */
static enum status take_page(struct woocommerce *w, struct feed_cursor *c, struct page *p,
                             json_t *orders, int64_t *newest, int64_t *retry_after_ms,
                             struct error *e)
{
    json_t *parents = json_object(), *row, *mine = json_array();
    size_t i, looked = 0;
    json_array_foreach (p->rows, i, row) {
        if (c->walk_offset < 0 && unsettled(w, modified_of(row))) {
            p->full = false;
            break;
        }
        looked++;
        if (fate_of(w, row) != FATE_NONE &&
            !feed_known(c, woocommerce_http_number(row, "id"), modified_of(row)))
            json_array_append(mine, row);
    }
    enum status status = ask_parents(w, mine, parents, retry_after_ms, e);
    json_array_foreach (mine, i, row) {
        if (status != STATUS_OK)
            break;
        status =
            give(w, row, fate_of(w, row) == FATE_CANCELLED, parents, orders, retry_after_ms, e);
        feed_remember(c, woocommerce_http_number(row, "id"), modified_of(row));
    }
    if (looked)
        *newest = modified_of(json_array_get(p->rows, looked - 1));
    json_decref(mine);
    json_decref(parents);
    return status;
}

/* Set where the next page begins, or the next round. */
static void move_on(struct feed_cursor *c, const struct page *p, int64_t newest)
{
    if (c->walk_offset >= 0) {
        if (!p->full) {
            c->from++;
            c->walk_offset = -1;
            c->walk_last = 0;
        }
        return;
    }
    if (p->full && newest - 1 > c->from) {
        c->from = newest - 1;
    } else if (p->full) {
        c->walk_offset = c->walk_last = 0;
    } else {
        int64_t safe = c->asked - OVERLAP_S;
        if (newest > c->low && safe > c->low)
            c->low = newest < safe ? newest : safe;
        c->from = c->low;
        c->asked = 0;
        feed_forget(c);
    }
}

/* The time of our request, by the shop's clock. */
static int64_t asked_at(const struct woocommerce *w)
{
    return w->shop_now_ms >= 0 ? (w->shop_now_ms - w->took_ms) / 1000
                               : (clock_wall_ms() + w->clock_offset_ms) / 1000;
}

enum status woocommerce_orders(struct woocommerce *w, const char *cursor, int limit,
                               json_t **orders, struct buf *next, int64_t *retry_after_ms,
                               struct error *e)
{
    struct feed_cursor c;
    enum status status = STATUS_OK;
    *orders = NULL;
    *retry_after_ms = -1;
    if (!feed_read(cursor, &c)) {
        int64_t days = json_number(w->place->options, "days_back", 14);
        c.low = c.from = clock_wall_ms() / 1000 - (days + 1) * DAY_S;
    }
    json_t *list = json_array();
    for (int page = 0; page < PAGES && status == STATUS_OK && json_array_size(list) == 0; page++) {
        struct page p;
        int64_t newest = c.from;
        status = read_page(w, &c, limit, &p, retry_after_ms, e);
        if (status != STATUS_OK)
            break;
        if (!c.asked)
            c.asked = asked_at(w);
        status = take_page(w, &c, &p, list, &newest, retry_after_ms, e);
        json_decref(p.rows);
        if (status == STATUS_OK)
            move_on(&c, &p, newest);
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
