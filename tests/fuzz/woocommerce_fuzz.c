/* What a WooCommerce shop may answer, and what a cursor of its orders may be: a byte of code, a byte of what it is taken
 * for, then the body. Whatever comes, what is made of it is in order, and bounded. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "channel/feed.h"
#include "channel/woocommerce_http.h"
#include "channel/woocommerce_order.h"
#include "channel/woocommerce_orders.h"
#include "channel/woocommerce_value.h"
#include "model/order.h"

static void try_cursor(const char *text)
{
    struct feed_cursor c;
    struct buf printed;
    buf_init(&printed, 1 << 16);
    bool good = feed_read(text, &c);
    MUST(good || (c.count == 0 && c.low == 0 && c.from == 0));
    feed_print(&c, &printed);
    MUST(printed.length > 0 && printed.length <= CHANNEL_CURSOR_MAX);
    MUST(feed_read(buf_text(&printed), &c));
    buf_free(&printed);
}

static void try_terms(const char *text)
{
    struct woocommerce_terms t;
    woocommerce_terms_read(&t, text);
    MUST(t.decimals >= 0 && t.decimals <= 6 && !t.fresh);
}

static void try_order(const json_t *row, const json_t *settings)
{
    struct order *o = NULL;
    char text[100];
    json_t *faults = json_array();
    woocommerce_order_mattered(row, settings);
    woocommerce_order_meta(row, settings, "nip_keys", text, sizeof text);
    MUST(strlen(text) < sizeof text);
    json_t *order =
        woocommerce_order_map(row, json_object_get(row, "refunds"), row, settings, false);
    MUST(json_is_object(order) && json_is_array(json_object_get(order, "lines")));
    MUST(json_string_length(json_object_get(order, "digest")) == 64);
    order_parse(order, &o, faults, NULL);
    order_free(o);
    json_decref(order);
    json_decref(faults);
}

static void try_product(const struct woocommerce *w, const json_t *row)
{
    struct buf value;
    struct error e = {0};
    buf_init(&value, 4096);
    if (woocommerce_value_shown(w, row, &value))
        MUST(text_is_utf8(buf_text(&value), value.length));
    const char *obstacle = woocommerce_value_obstacle(w, row);
    MUST(!obstacle || woocommerce_value_refused(obstacle, "A", &e) == STATUS_REFUSED);
    woocommerce_value_meant(w, row, row);
    json_decref(woocommerce_value_change(w, 1, row, buf_text(&value)));
    buf_free(&value);
}

/* As records of the ERP: what can be expressed can be compared. */
static void try_record(struct woocommerce *w, const char *text)
{
    struct channel_record r = {.op = "upsert", .key = "k", .data = text, .length = strlen(text)};
    struct buf value;
    buf_init(&value, CHANNEL_VALUE);
    if (woocommerce_value_express(w, &r, &value, NULL) == STATUS_OK)
        MUST(!value.failed && value.length <= CHANNEL_VALUE);
    buf_free(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int codes[] = {200, 201, 400, 401, 403, 404, 408, 413,
                                429, 500, 502, 503, 301, 599, 0,   100};
    static json_t *settings;
    if (!settings)
        settings = json_pack("{s:[s,s],s:s,s:s}", "update", "name", "ean", "fee_sku", "F",
                             "untaxed", "zw");
    struct channel_place place = {.settings = settings, .options = NULL};
    struct woocommerce w = {
        .place = &place, .terms = {true, true, "PLN", 2, 1, 1}, .shop_now_ms = -1};
    struct woocommerce_call call = {.method = "GET"};
    struct http_answer answer;
    struct error e = {0};
    json_t *json = NULL, *row;
    size_t i;
    if (size < 2)
        return 0;
    w.kind = (enum kind_id)(data[1] % KIND_COUNT);
    char *text = fuzz_text(data + 2, size - 2);
    try_cursor(text);
    try_terms(text);
    try_record(&w, text);
    http_answer_init(&answer, size);
    answer.code = codes[data[0] % 16];
    text_copy(answer.content_type, sizeof answer.content_type,
              data[1] & 0x80 ? "text/html" : "application/json");
    buf_add(&answer.body, data + 2, size - 2);
    enum status status = woocommerce_http_answer("https://shop.example", &answer, &call, &json, &e);
    MUST((status == STATUS_OK) == (json != NULL));
    MUST(status == STATUS_OK || (e.code[0] && e.text[0] && text_is_utf8(e.text, strlen(e.text))));
    json_array_foreach (json, i, row) {
        try_order(row, settings);
        try_product(&w, row);
    }
    if (json_is_object(json)) {
        try_order(json, settings);
        try_product(&w, json);
    }
    json_decref(call.problem);
    json_decref(json);
    http_answer_free(&answer);
    free(text);
    return 0;
}
