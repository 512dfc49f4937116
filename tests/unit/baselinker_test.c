/* channel/baselinker_*: what kept answers of BaseLinker mean, and what goes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/baselinker_call.h"
#include "channel/baselinker_catalogue.h"
#include "channel/baselinker_order.h"
#include "channel/baselinker_products.h"
#include "channel/baselinker_shop.h"
#include "channel/loose.h"

#define HOUR INT64_C(3600000)

static struct error e;

/* 2022-05-03T15:10:34Z: when the block of the kept reply began, if its "17:15:34" is Warsaw's. */
#define SHOP_NOW INT64_C(1651590634000)

static enum status judged(int code, const char *body, json_t **json, enum budget_blocked *block,
                          int64_t *block_ms)
{
    struct http_answer a;
    http_answer_init(&a, 1 << 20);
    a.code = code;
    a.date_ms = -1;
    a.retry_after_ms = -1;
    buf_add_text(&a.body, body);
    enum status status =
        baselinker_call_judge(&a, "getOrders", SHOP_NOW, json, block, block_ms, &e);
    http_answer_free(&a);
    return status;
}

static void an_answer_is_what_its_body_says(void **state)
{
    static const struct {
        int code;
        const char *body;
        enum status status;
        const char *error;
        enum budget_blocked block;
    } kept[] = {
        {200, "{\"status\":\"SUCCESS\",\"orders\":[]}", STATUS_OK, "", BUDGET_FREE},
        {200,
         "{\"status\":\"ERROR\",\"error_code\":\"ERROR_BLOCKED_TOKEN\",\"error_message\":\"Query limit exceeded, token "
         "blocked until 2022-05-03 17:15:34\"}",
         STATUS_BUSY, "baselinker_token_blocked", BUDGET_TOKEN},
        {200,
         "{\"status\":\"ERROR\",\"error_code\":\"ERROR_USER_ACCOUNT_BLOCKED\",\"error_message\":\"\"}",
         STATUS_BUSY, "baselinker_account_blocked", BUDGET_ACCOUNT},
        {200,
         "{\"status\":\"ERROR\",\"error_code\":\"ERROR_AUTH_TOKEN\",\"error_message\":\"Invalid token\"}",
         STATUS_DENIED, "shop_denied", BUDGET_FREE},
        {200,
         "{\"status\":\"ERROR\",\"error_code\":\"ERROR_UNKNOWN_METHOD\",\"error_message\":\"x\"}",
         STATUS_REFUSED, "shop_refused", BUDGET_FREE},
        {403, "{\"status\":\"ERROR\",\"error_code\":\"ERROR_UNKNOWN_METHOD\"}", STATUS_REFUSED,
         "shop_refused", BUDGET_FREE},
        {200, "{\"status\":\"ERROR\"}", STATUS_REFUSED, "shop_refused", BUDGET_FREE},
        {502, "<html>Bad Gateway</html>", STATUS_UNREACHABLE, "shop_error", BUDGET_FREE},
        {502, "{\"status\":\"SUCCESS\"}", STATUS_UNREACHABLE, "shop_error", BUDGET_FREE},
        {200, "<html>maintenance</html>", STATUS_UNREACHABLE, "shop_no_json", BUDGET_FREE},
        {200, "", STATUS_UNREACHABLE, "shop_no_json", BUDGET_FREE},
        {200, "{\"status\":\"SUCCESS\",\"orders\":[{", STATUS_UNREACHABLE, "shop_no_json",
         BUDGET_FREE},
        {200, "[]", STATUS_UNREACHABLE, "shop_no_json", BUDGET_FREE},
        {429, "slow down", STATUS_BUSY, "baselinker_token_blocked", BUDGET_TOKEN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        json_t *json;
        enum budget_blocked block;
        int64_t block_ms;
        error_clear(&e);
        assert_int_equal(judged(kept[i].code, kept[i].body, &json, &block, &block_ms),
                         kept[i].status);
        assert_string_equal(e.code, kept[i].error);
        assert_int_equal(block, kept[i].block);
        assert_true((json != NULL) == (kept[i].status == STATUS_OK));
        json_decref(json);
    }
}

/* The text has no zone: minutes within the hour are all that is believed. */
static void a_block_lasts_as_long_whatever_the_zone(void **state)
{
    static const char text[] = "Query limit exceeded, token blocked until 2022-05-03 17:15:34";
    (void)state;
    for (int64_t zone = -12; zone <= 12; zone++)
        assert_int_equal(baselinker_call_block_ms(text, SHOP_NOW + zone * HOUR), 300000);
    assert_int_equal(baselinker_call_block_ms(text, SHOP_NOW + 290000), BASELINKER_BLOCK_LEAST);
    assert_int_equal(baselinker_call_block_ms(text, SHOP_NOW + 310000), BASELINKER_BLOCK_LEAST);
    assert_int_equal(baselinker_call_block_ms(text, SHOP_NOW - 1200000), BASELINKER_BLOCK_MOST);
    assert_int_equal(baselinker_call_block_ms("", SHOP_NOW), BASELINKER_BLOCK_LEAST);
    assert_int_equal(baselinker_call_block_ms("until tomorrow", SHOP_NOW), BASELINKER_BLOCK_LEAST);
}

static void the_whole_parameters_are_encoded(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1000);
    baselinker_call_form(&b, "getOrders", "{\"a\":\"1+1=2&b%\",\"ż\":\" \"}");
    assert_string_equal(
        buf_text(&b),
        "method=getOrders&parameters=%7B%22a%22%3A%221%2B1%3D2%26b%25%22%2C%22%C5%BC%22%3A%22%20%22%7D");
    buf_free(&b);
}

static struct baselinker_shop shop_of(enum kind_id kind, const char *settings, const char *options)
{
    struct baselinker_shop s = {.kind = kind};
    s.settings = json_loads(settings, 0, NULL);
    s.options = json_loads(options, 0, NULL);
    assert_non_null(s.settings);
    assert_non_null(s.options);
    assert_int_equal(baselinker_shop_settings(&s, &e), STATUS_OK);
    return s;
}

static void close_shop(struct baselinker_shop *s)
{
    json_decref((json_t *)s->settings);
    json_decref((json_t *)s->options);
}

static void the_only_place_is_the_target(void **state)
{
    static const struct {
        enum kind_id kind;
        const char *settings, *options, *target;
    } rows[] = {
        {KIND_STOCK, "{\"inventory\":\"1\",\"warehouse\":\"bl_5\"}", "{\"sum_as\":\"x\"}", "bl_5"},
        {KIND_STOCK, "{\"inventory\":\"1\"}", "{\"sum_as\":\"bl_6\"}", "bl_6"},
        {KIND_STOCK, "{\"inventory\":\"1\"}", "{\"warehouse_map\":{\"A\":\"bl_7\",\"B\":\"bl_7\"}}",
         "bl_7"},
        {KIND_STOCK, "{\"inventory\":\"1\",\"warehouse\":\"bl_5\"}",
         "{\"warehouse_map\":{\"A\":\"bl_7\",\"B\":\"bl_8\"}}", ""},
        {KIND_STOCK, "{\"inventory\":\"1\",\"warehouse\":\"nonsense\"}", "{}", ""},
        {KIND_PRICES, "{\"inventory\":\"1\",\"price_group\":\"105\"}", "{}", "105"},
        {KIND_PRICES, "{\"inventory\":\"1\",\"price_groups\":{\"1\":\"105\",\"2\":\"106\"}}", "{}",
         ""},
        {KIND_PRICES, "{\"inventory\":\"1\",\"price_groups\":{\"1\":\"105\"}}", "{}", "105"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct baselinker_shop s = shop_of(rows[i].kind, rows[i].settings, rows[i].options);
        assert_string_equal(s.target, rows[i].target);
        close_shop(&s);
    }
    struct baselinker_shop none = {
        .kind = KIND_STOCK, .settings = json_object(), .options = json_object()};
    assert_int_equal(baselinker_shop_settings(&none, &e), STATUS_INVALID);
    close_shop(&none);
}

static void vat_goes_both_ways(void **state)
{
    static const char *const rows[][2] = {{"23", "23"}, {"8", "8"},      {"0", "0"},
                                          {"zw", "-1"}, {"np", "-0.02"}, {"oo", "-0.03"}};
    char vat[DECIMAL_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *rate = json_string(rows[i][1]);
        assert_string_equal(baselinker_products_rate(rows[i][0]), rows[i][1]);
        baselinker_products_vat(rate, vat, sizeof vat);
        assert_string_equal(vat, rows[i][0]);
        json_decref(rate);
    }
    assert_null(baselinker_products_rate("7"));
    assert_null(baselinker_products_rate("x"));
    baselinker_products_vat(NULL, vat, sizeof vat);
    assert_string_equal(vat, "");
}

/* As replies are: numbers and texts of numbers, a map that is empty is a list. */
static const char kept_order[] =
    "{\"order_id\":\"143476260\",\"order_status_id\":8069,\"confirmed\":true,\"date_confirmed\":\"1407341754\","
    "\"date_add\":1407341754,\"order_source\":\"allegro\",\"order_source_id\":7341,\"currency\":\"PLN\",\"payment_method_cod\":"
    "\"0\",\"payment_done\":\"50\",\"delivery_price\":0,\"delivery_fullname\":\"John Doe\",\"invoice_nip\":null,"
    "\"want_invoice\":\"0\",\"custom_extra_fields\":[],\"products\":[{\"storage\":\"db\",\"order_product_id\":154904741,"
    "\"product_id\":\"1\",\"sku\":\"LU4235\",\"price_brutto\":\"416.625\",\"tax_rate\":23,\"quantity\":2,\"bundle_id\":0},"
    "{\"sku\":\"B\",\"price_brutto\":12.300000000000001,\"tax_rate\":\"-1\",\"quantity\":\"1\"}]}";

static void an_order_is_what_its_texts_mean(void **state)
{
    (void)state;
    struct baselinker_shop s = shop_of(KIND_ORDERS, "{}", "{}");
    json_t *order = loose_parse(kept_order, strlen(kept_order), &e),
           *made = baselinker_order(&s, order);
    assert_non_null(made);
    assert_string_equal(json_text(made, "id", ""), "143476260");
    assert_string_equal(json_text(made, "total_gross", ""), "845.55");
    assert_string_equal(json_text(made, "paid", ""), "50");
    assert_string_equal(json_text(made, "confirmed_at", ""), "2014-08-06T16:15:54.000Z");
    assert_false(json_flag(made, "cash_on_delivery", true));
    const json_t *line = json_array_get(json_object_get(made, "lines"), 1);
    assert_string_equal(json_text(line, "price_gross", ""), "12.3");
    assert_string_equal(json_text(line, "vat_rate", ""), "zw");
    /* what is paid, and what our own outcome writes, makes no other order; an address does */
    char digest[40];
    text_copy(digest, sizeof digest, json_text(made, "digest", ""));
    json_decref(made);
    json_set_text(order, "payment_done", "845.55");
    json_set_text(order, "order_status_id", "8070");
    json_set_text(order, "extra_field_1", "ZK 1");
    made = baselinker_order(&s, order);
    assert_string_equal(json_text(made, "digest", ""), digest);
    json_decref(made);
    json_set_text(order, "delivery_city", "Łódź");
    made = baselinker_order(&s, order);
    assert_string_not_equal(json_text(made, "digest", ""), digest);
    json_decref(made);
    /* what cannot be read is not made nought: the order's check names it */
    json_set_text(order, "delivery_price", "gratis");
    made = baselinker_order(&s, order);
    assert_string_equal(json_text(json_object_get(made, "delivery"), "price_gross", ""), "gratis");
    json_decref(made);
    json_set_text(order, "confirmed", "0");
    assert_null(baselinker_order(&s, order));
    json_decref(order);
    close_shop(&s);
}

struct seen {
    size_t count;
    char ids[200], values[200];
};

static void on_item(void *user, const struct channel_item *item)
{
    struct seen *seen = user;
    size_t a = strlen(seen->ids), b = strlen(seen->values);
    seen->count++;
    text_format(seen->ids + a, sizeof seen->ids - a, "%s ", item->id);
    text_format(seen->values + b, sizeof seen->values - b, "%s ", item->value ? item->value : "-");
}

static void a_page_is_items(void **state)
{
    static const char page[] =
        "{\"status\":\"SUCCESS\",\"products\":{\"7\":{\"id\":7,\"sku\":\"A\",\"prices\":{\"105\":\"19.9\",\"106\":1},\"stock\":[]},"
        "\"8\":{\"parent_id\":\"7\",\"prices\":{\"105\":416.625}},\"9\":{\"parent_id\":0,\"prices\":[]},\"x\":{},\"10\":7,"
        "\"11\":{\"prices\":{\"105\":\"abc\"}}}}";
    struct seen seen = {0};
    char first[CHANNEL_ID];
    (void)state;
    struct baselinker_shop s =
        shop_of(KIND_PRICES, "{\"inventory\":\"1\",\"price_group\":\"105\"}", "{}");
    json_t *answer = loose_parse(page, strlen(page), &e);
    assert_int_equal(baselinker_catalogue_items(&s, answer, on_item, &seen, first), 6);
    assert_string_equal(seen.ids, "7 7/8 9 11 ");
    assert_string_equal(seen.values, "19.90 416.625 - - ");
    assert_string_equal(first, "7");
    assert_string_equal(baselinker_catalogue_id("7/8"), "8");
    json_decref(answer);
    answer = loose_parse("{\"products\":[]}", 15, &e);
    assert_int_equal(baselinker_catalogue_items(&s, answer, on_item, &seen, first), 0);
    json_decref(answer);
    close_shop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_what_its_body_says),
        cmocka_unit_test(a_block_lasts_as_long_whatever_the_zone),
        cmocka_unit_test(the_whole_parameters_are_encoded),
        cmocka_unit_test(the_only_place_is_the_target),
        cmocka_unit_test(vat_goes_both_ways),
        cmocka_unit_test(an_order_is_what_its_texts_mean),
        cmocka_unit_test(a_page_is_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
