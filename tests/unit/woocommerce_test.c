/* channel/woocommerce: what is made of the shop's JSON and of our records, without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/feed.h"
#include "channel/loose.h"
#include "channel/woocommerce_create.h"
#include "channel/woocommerce_http.h"
#include "channel/woocommerce_order.h"
#include "channel/woocommerce_orders.h"
#include "channel/woocommerce_value.h"
#include "model/order.h"

static struct channel_place place;
static struct woocommerce w;
static json_t *settings;

static int set_up(void **state)
{
    (void)state;
    settings = json_object();
    place = (struct channel_place){.settings = settings};
    w = (struct woocommerce){
        .place = &place, .terms = {true, true, "PLN", 2, 1, 1}, .shop_now_ms = -1};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(settings);
    return 0;
}

/* ---- answers -------------------------------------------------------------------------------- */

static struct error answered(int code, const char *type, const char *body, bool *json_there)
{
    struct http_answer answer;
    struct woocommerce_call call = {.method = "GET"};
    struct error e = {0};
    json_t *json = NULL;
    http_answer_init(&answer, 1 << 20);
    answer.code = code;
    text_copy(answer.content_type, sizeof answer.content_type, type);
    buf_add_text(&answer.body, body);
    woocommerce_http_answer("https://shop.example", &answer, &call, &json, &e);
    *json_there = json != NULL;
    json_decref(json);
    json_decref(call.problem);
    http_answer_free(&answer);
    return e;
}

static void answers_and_what_they_mean(void **state)
{
    static const struct {
        int code;
        const char *type, *body, *wanted;
        enum status status;
    } rows[] = {
        {200, "application/json", "[{\"id\":1}]", "", STATUS_OK},
        {200, "application/json", "\xef\xbb\xbf{\"id\":1}", "", STATUS_OK},
        {200, "application/json",
         "<br />\n<b>Notice</b>: {x} in a.php\n[notice] x\n{\"id\":1}\n<br />bye", "", STATUS_OK},
        {200, "text/html", "<!DOCTYPE html>", "shop_answer", STATUS_UNREACHABLE},
        {200, "", "", "shop_answer", STATUS_UNREACHABLE},
        {200, "application/json", "\"text\"", "shop_answer", STATUS_UNREACHABLE},
        {301, "", "", "shop_redirect", STATUS_UNREACHABLE},
        {400, "application/json", "{\"code\":\"rest_invalid_param\",\"message\":\"Invalid\"}",
         "shop_refused", STATUS_REFUSED},
        {401, "application/json",
         "{\"code\":\"woocommerce_rest_cannot_view\",\"message\":\"Sorry\"}", "shop_denied",
         STATUS_DENIED},
        {403, "text/html", "<html>WAF</html>", "shop_denied", STATUS_DENIED},
        {404, "application/json", "{\"code\":\"rest_no_route\",\"message\":\"No route\"}",
         "shop_no_rest", STATUS_NOT_FOUND},
        {404, "text/html", "<html>", "shop_no_rest", STATUS_NOT_FOUND},
        {404, "application/json",
         "{\"code\":\"woocommerce_rest_product_invalid_id\",\"message\":\"Invalid ID.\"}",
         "shop_gone", STATUS_NOT_FOUND},
        {413, "application/json",
         "{\"code\":\"woocommerce_rest_request_entity_too_large\",\"message\":\"x\"}",
         "shop_refused", STATUS_FULL},
        {413, "text/html", "<html>", "shop_error", STATUS_FULL},
        {429, "text/html", "<html>", "shop_busy", STATUS_BUSY},
        {503, "text/html", "<html>", "shop_busy", STATUS_BUSY},
        {500, "application/json",
         "{\"code\":\"internal_server_error\",\"message\":\"There has been a critical error\"}",
         "shop_error", STATUS_UNREACHABLE},
        {502, "text/html", "<html>", "shop_error", STATUS_UNREACHABLE}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool json;
        struct error e = answered(rows[i].code, rows[i].type, rows[i].body, &json);
        assert_string_equal(e.code, rows[i].wanted);
        assert_int_equal(e.status, rows[i].status);
        assert_int_equal(json, rows[i].status == STATUS_OK);
    }
}

static void the_ways_of_401_are_told_apart(void **state)
{
    bool json;
    (void)state;
    struct error e = answered(
        401, "application/json",
        "{\"code\":\"woocommerce_rest_authentication_error\",\"message\":\"Consumer secret is invalid.\"}",
        &json);
    assert_non_null(strstr(e.text, "secret is wrong"));
    e = answered(
        401, "application/json",
        "{\"code\":\"woocommerce_rest_authentication_error\",\"message\":\"The API key provided does not have write permissions.\"}",
        &json);
    assert_non_null(strstr(e.text, "does not have these rights"));
    e = answered(
        401, "application/json",
        "{\"code\":\"woocommerce_rest_cannot_view\",\"message\":\"Sorry, you cannot list resources.\"}",
        &json);
    assert_non_null(strstr(e.text, "does not know the key"));
    e = answered(401, "text/html", "<html>Login</html>", &json);
    assert_non_null(strstr(e.text, "before WooCommerce is asked"));
}

static void texts_lose_markup_and_entities(void **state)
{
    static const char *const rows[][2] = {{"Nuts &amp; bolts", "Nuts & bolts"},
                                          {"<b>a</b> < 3", "a < 3"},
                                          {"&#8211;&#x2013;", "––"},
                                          {"&lt;b&gt; &bogus; &#0; &", "<b> &bogus; &#0; &"},
                                          {" a<br/>b ", "ab"},
                                          {"<i", "<i"},
                                          {"", ""}};
    char plain[100], small[8];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        woocommerce_http_plain(plain, sizeof plain, rows[i][0]);
        assert_string_equal(plain, rows[i][1]);
    }
    woocommerce_http_plain(small, sizeof small, "ąąąąąą");
    assert_string_equal(small, "ąąą"); /* cut where a character ends */
}

/* ---- values --------------------------------------------------------------------------------- */

static const char *express(enum kind_id kind, const char *op, const char *data)
{
    static struct buf value;
    static struct error e;
    const struct channel_record r = {.op = op, .key = "k", .data = data, .length = strlen(data)};
    error_clear(&e);
    w.kind = kind;
    buf_free(&value);
    buf_init(&value, CHANNEL_VALUE);
    enum status status = woocommerce_value_express(&w, &r, &value, &e);
    return status == STATUS_OK ? buf_text(&value) : status == STATUS_END ? "END" : e.code;
}

static void stock_is_whole_and_rounded_down(void **state)
{
    static const char *const rows[][2] = {
        {"5", "5"},
        {"2.9999", "2"},
        {"-0.0001", "-1"},
        {"-2", "-2"},
        {"0.5", "0"},
        {"-0", "0"},
        {"2147483647.9", "2147483647"},
        {"2147483648", "shop_quantity"},
        {"2,5", "shop_quantity"},
        {"", "shop_quantity"},
        {"99999999999999999999999999999999999999", "shop_quantity"}};
    char data[200];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_format(data, sizeof data, "{\"sku\":\"A\",\"available\":\"%s\"}", rows[i][0]);
        assert_string_equal(express(KIND_STOCK, "upsert", data), rows[i][1]);
    }
    assert_string_equal(express(KIND_STOCK, "delete", ""), "0");
}

static void prices_are_of_the_shops_side_and_decimals(void **state)
{
    const char *both = "{\"sku\":\"A\",\"net\":\"10\",\"gross\":\"12.30\",\"currency\":\"pln\"}";
    (void)state;
    assert_string_equal(express(KIND_PRICES, "upsert", both), "12.30");
    w.terms.gross = 0;
    assert_string_equal(express(KIND_PRICES, "upsert", both), "10.00");
    w.terms.decimals = 0;
    assert_string_equal(express(KIND_PRICES, "upsert", both), "10");
    json_set_text(settings, "prices", "gross");
    assert_string_equal(express(KIND_PRICES, "upsert", both),
                        "shop_price"); /* 12.30 in a shop without decimals */
    w.terms.decimals = 3;
    assert_string_equal(express(KIND_PRICES, "upsert", both), "12.300");
    assert_string_equal(express(KIND_PRICES, "upsert", "{\"gross\":\"1\",\"currency\":\"EUR\"}"),
                        "shop_price");
    assert_string_equal(express(KIND_PRICES, "upsert", "{\"gross\":\"0.000\"}"), "shop_price");
    assert_string_equal(express(KIND_PRICES, "upsert", "{\"net\":\"5\"}"), "shop_price");
    assert_string_equal(express(KIND_PRICES, "delete", ""), "END");
    json_object_del(settings, "prices");
    w.terms.gross = -1;
    assert_string_equal(express(KIND_PRICES, "upsert", both), "END"); /* send says why */
}

static void products_show_what_is_kept_of_them(void **state)
{
    char first[60];
    (void)state;
    assert_string_equal(express(KIND_PRODUCTS, "upsert", "{\"name\":\"A\",\"ean\":\"1\"}"),
                        "END"); /* nothing is */
    json_object_set_new(settings, "update", json_pack("[s,s]", "name", "ean"));
    text_copy(
        first, sizeof first,
        express(KIND_PRODUCTS, "upsert", "{\"name\":\"A &amp; B\",\"ean\":\"012345678905\"}"));
    assert_int_equal(strlen(first), 32); /* one word */
    assert_string_equal(
        express(KIND_PRODUCTS, "upsert", "{\"name\":\"A & B \",\"ean\":\"0012345678905\"}"), first);
    assert_string_not_equal(
        express(KIND_PRODUCTS, "upsert", "{\"name\":\"A & C\",\"ean\":\"0012345678905\"}"), first);
}

static void terms_are_kept_in_the_mark(void **state)
{
    struct woocommerce_terms t, back;
    struct buf mark;
    (void)state;
    buf_init(&mark, CHANNEL_MARK_MAX);
    t = (struct woocommerce_terms){
        .known = true, .fresh = true, .currency = "EUR", .decimals = 3, .gross = 0, .stock = -1};
    woocommerce_terms_print(&t, &mark);
    woocommerce_terms_read(&back, buf_text(&mark));
    assert_true(back.known && !back.fresh && back.decimals == 3 && back.gross == 0 &&
                back.stock == -1);
    assert_string_equal(back.currency, "EUR");
    static const char *const bad[] = {
        "", CHANNEL_MARK_LOST, "1", "1 PLN 9 1 1", "2 PLN 2 1 1", "1 PLN -1 1 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        woocommerce_terms_read(&w.terms, bad[i]);
        assert_false(w.terms.known);
        assert_string_equal(express(KIND_PRICES, "upsert", "{\"gross\":\"1.00\"}"),
                            "END"); /* nobody knows which side */
    }
    buf_free(&mark);
}

static const char *obstacle(enum kind_id kind, const char *json)
{
    w.kind = kind;
    json_t *product = loose_parse(json, strlen(json), NULL);
    const char *code = woocommerce_value_obstacle(&w, product);
    json_decref(product);
    return code ? code : "";
}

static void obstacles(void **state)
{
    (void)state;
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"simple\",\"manage_stock\":true}"), "");
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"simple\",\"manage_stock\":false}"), "");
    assert_string_equal(
        obstacle(KIND_STOCK, "{\"type\":\"variation\",\"manage_stock\":\"parent\"}"),
        "shop_parent");
    assert_string_equal(
        obstacle(KIND_PRICES, "{\"type\":\"variation\",\"manage_stock\":\"parent\"}"), "");
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"variable\",\"manage_stock\":false}"),
                        "shop_variations");
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"variable\",\"manage_stock\":true}"), "");
    assert_string_equal(obstacle(KIND_PRICES, "{\"type\":\"variable\",\"manage_stock\":true}"),
                        "shop_variations");
    assert_string_equal(obstacle(KIND_PRICES, "{\"type\":\"grouped\"}"), "shop_kind");
    assert_string_equal(obstacle(KIND_PRICES, "{\"type\":\"external\"}"), "");
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"external\"}"), "shop_kind");
    w.terms.stock = 0;
    assert_string_equal(obstacle(KIND_STOCK, "{\"type\":\"simple\",\"manage_stock\":true}"),
                        "shop_stock_off");
}

static void skus_that_find_everything_are_not_looked_for(void **state)
{
    static const char *const bad[] = {"", " ", "0", "%41", "a<b>", "a,b", "a&b", "\"", "x>"},
                             *const good[] = {"A", "a b", "00", "ŻÓŁĆ/1", "-"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(woocommerce_create_findable(bad[i]));
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(woocommerce_create_findable(good[i]));
    assert_true(woocommerce_value_same_sku(" Żółw-1", "żółw-1 "));
    assert_false(woocommerce_value_same_sku("A1", "A 1"));
}

/* ---- orders --------------------------------------------------------------------------------- */

/* The protocol's order of a shop's; it must be well-formed. */
static json_t *mapped(const char *text)
{
    struct order *o = NULL;
    json_t *order = loose_parse(text, strlen(text), NULL), *faults = json_array();
    assert_non_null(order);
    json_t *made =
        woocommerce_order_map(order, json_object_get(order, "refunds"), NULL, settings, false);
    assert_int_equal(order_parse(made, &o, faults, NULL), STATUS_OK);
    order_free(o);
    json_decref(order);
    json_decref(faults);
    return made;
}

#define HEAD                                                                                         \
    "{\"id\":7,\"number\":\"W7\",\"currency\":\"PLN\",\"date_created_gmt\":\"2026-01-31T10:00:00\"," \
    "\"date_modified_gmt\":\"2026-01-31T10:00:05\",\"billing\":{\"first_name\":\"Jan\",\"last_name\":\"Nowak\"},\"total\":"

static void an_order_is_what_the_shop_says(void **state)
{
    (void)state;
    json_t *o = mapped(
        HEAD
        "\"62.94\",\"line_items\":[{\"id\":1,\"name\":\"A\",\"quantity\":7,\"total\":\"51.17\",\"total_tax\":\"11.77\",\"sku\":\"A\","
        "\"price\":7.310000001,\"taxes\":[{\"id\":3,\"total\":\"11.77\"}]}],\"tax_lines\":[{\"rate_id\":3,\"rate_percent\":23}]}");
    json_t *lines = json_object_get(o, "lines");
    assert_int_equal(json_array_size(lines), 2);
    assert_string_equal(json_text(json_array_get(lines, 0), "price_gross", ""), "8.99");
    assert_string_equal(json_text(json_array_get(lines, 1), "price_gross", ""), "9.00");
    assert_string_equal(json_text(json_array_get(lines, 1), "id", ""), "1+");
    assert_string_equal(json_text(json_array_get(lines, 0), "vat_rate", ""), "23");
    assert_string_equal(json_text(o, "total_gross", ""), "62.94");
    assert_string_equal(json_text(o, "placed_at", ""), "2026-01-31T10:00:00.000Z");
    assert_null(json_object_get(o, "revision")); /* each write of ours would make one */
    assert_int_equal(strlen(json_text(o, "digest", "")), 64);
    assert_null(json_object_get(o, "paid"));
    json_decref(o);
}

static void rates_and_untaxed_lines(void **state)
{
    (void)state;
    const char *text = HEAD
        "\"3.00\",\"line_items\":[{\"id\":1,\"quantity\":1,\"total\":\"1.00\",\"total_tax\":\"0.00\",\"taxes\":[]},"
        "{\"id\":2,\"quantity\":1,\"total\":\"1.00\",\"total_tax\":\"0.00\",\"taxes\":[{\"id\":9,\"total\":\"\"}]},"
        "{\"id\":3,\"quantity\":1,\"total\":\"0.84\",\"total_tax\":\"0.16\",\"taxes\":[{\"id\":9,\"total\":\"0.16\"}]}],"
        "\"tax_lines\":[{\"rate_id\":9,\"rate_percent\":\"19.0000\"}]}";
    json_t *o = mapped(text), *lines = json_object_get(o, "lines");
    assert_null(json_object_get(json_array_get(lines, 0), "vat_rate"));
    assert_string_equal(json_text(json_array_get(lines, 2), "vat_rate", ""), "19");
    json_decref(o);
    json_set_text(settings, "untaxed", "zw");
    o = mapped(text);
    lines = json_object_get(o, "lines");
    assert_string_equal(json_text(json_array_get(lines, 0), "vat_rate", ""), "zw");
    assert_string_equal(json_text(json_array_get(lines, 1), "vat_rate", ""), "zw");
    json_decref(o);
}

static void keys_with_stars(void **state)
{
    const char *text =
        "{\"meta_data\":[{\"key\":\"_wc_billing/shop/nip\",\"value\":\"5250001090\"},{\"key\":\"x\",\"value\":[]},{\"key\":\"n\",\"value\":12}]}";
    char value[50];
    (void)state;
    json_t *order = loose_parse(text, strlen(text), NULL);
    woocommerce_order_meta(order, settings, "nip_keys", value, sizeof value);
    assert_string_equal(value, "5250001090");
    static const struct {
        const char *pattern;
        bool fits;
    } rows[] = {
        {"*nip", true}, {"_wc_*/*/nip", true}, {"*", true},        {"_wc_billing/shop/nip*", true},
        {"nip", false}, {"*nip*x", false},     {"_wc*bill", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_object_set_new(settings, "nip_keys", json_pack("[s]", rows[i].pattern));
        woocommerce_order_meta(order, settings, "nip_keys", value, sizeof value);
        assert_string_equal(value, rows[i].fits ? "5250001090" : "");
    }
    json_decref(order);
}

/* ---- the cursor ----------------------------------------------------------------------------- */

static void a_cursor_never_grows_beyond_its_room(void **state)
{
    struct feed_cursor c = {.low = 1796000000, .from = 1796000001, .walk_offset = -1}, again;
    struct buf text;
    (void)state;
    for (size_t i = 0; i < FEED_KNOWN; i++) {
        c.known[c.count].id = 999999999 - (int64_t)i;
        c.known[c.count++].modified = c.low + 1000000 + (int64_t)i;
    }
    buf_init(&text, 4096);
    feed_print(&c, &text);
    assert_true(text.length <= CHANNEL_CURSOR_MAX);
    assert_true(feed_read(buf_text(&text), &again));
    assert_true(again.count > 30 && again.count < c.count);
    assert_int_equal(again.known[again.count - 1].id,
                     c.known[c.count - 1].id); /* the newest are kept */
    assert_int_equal(again.known[again.count - 1].modified, c.known[c.count - 1].modified);
    assert_int_equal(again.from, c.from);
    buf_free(&text);
}

static void what_is_no_cursor(void **state)
{
    static const char *const bad[] = {
        "", "x", "1 2", "2 1 1 0 -1 0", "1 5 4 0 -1 0", "1 -1 4 0 -1 0", "1 5 6 0 -2 0"};
    struct feed_cursor c;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(feed_read(bad[i], &c));
        assert_int_equal(c.from, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(answers_and_what_they_mean, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_ways_of_401_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_lose_markup_and_entities, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stock_is_whole_and_rounded_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prices_are_of_the_shops_side_and_decimals, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(products_show_what_is_kept_of_them, set_up, tear_down),
        cmocka_unit_test_setup_teardown(terms_are_kept_in_the_mark, set_up, tear_down),
        cmocka_unit_test_setup_teardown(obstacles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(skus_that_find_everything_are_not_looked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_order_is_what_the_shop_says, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rates_and_untaxed_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keys_with_stars, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cursor_never_grows_beyond_its_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_cursor, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
