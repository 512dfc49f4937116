/* channel/prestashop: what is made of the shop's XML and of our records, without a network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "channel/feed.h"
#include "channel/prestashop_create.h"
#include "channel/prestashop_goods.h"
#include "channel/prestashop_http.h"
#include "channel/prestashop_order.h"
#include "channel/prestashop_orders.h"
#include "channel/prestashop_value.h"
#include "channel/prestashop_write.h"

static json_t *settings;
static struct channel_place place;
static struct prestashop p;

static int set_up(void **state)
{
    (void)state;
    settings = json_pack("{s:[s,s]}", "update", "name", "ean");
    place = (struct channel_place){.plugin_id = "shop", .settings = settings};
    p = (struct prestashop){.place = &place, .currency = "PLN", .shop_now_ms = -1};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    json_decref(settings);
    return 0;
}

/* ---- answers -------------------------------------------------------------------------------- */

#define FAULT(code, words)                                                                   \
    "<?xml version=\"1.0\"?><prestashop><errors><error><code>" code "</code><message>" words \
    "</message></error></errors></prestashop>"

static struct error answered(int code, const char *path, const char *body, bool *tree)
{
    struct http_answer answer;
    struct prestashop_call call = {.method = "GET", .path = path};
    struct error e = {0};
    json_t *json;
    http_answer_init(&answer, 100000);
    answer.code = code;
    buf_add_text(&answer.body, body);
    prestashop_http_answer("https://shop.example", &answer, &call, &json, &e);
    *tree = json != NULL;
    json_decref(json);
    http_answer_free(&answer);
    return e;
}

static void every_answer_has_its_meaning(void **state)
{
    static const struct {
        int code;
        const char *path, *body, *wanted;
        enum status status;
    } rows[] = {
        {200, "/products", "<?xml version=\"1.0\"?><prestashop><products/></prestashop>", "",
         STATUS_OK},
        {200, "/products", "<b>Warning</b>: x<br/>\n<?xml version=\"1.0\"?><prestashop/>", "",
         STATUS_OK},
        {200, "/products", "", "shop_answer", STATUS_UNREACHABLE},
        {200, "/products", "<!DOCTYPE html><html></html>", "shop_answer", STATUS_UNREACHABLE},
        {200, "/products", "<?xml version=\"1.0\"?><other/>", "shop_answer", STATUS_UNREACHABLE},
        {200, "/products", "<?xml version=\"1.0\"?><prestashop><products>", "shop_answer",
         STATUS_UNREACHABLE},
        {200, "/products", FAULT("5", "x"), "shop_error", STATUS_UNREACHABLE},
        {400, "/products/1", FAULT("85", "price is not valid"), "shop_refused", STATUS_REFUSED},
        {401, "/", FAULT("18", "Invalid authentication key format"), "shop_denied", STATUS_DENIED},
        {403, "/", "<html>Forbidden</html>", "shop_denied", STATUS_DENIED},
        {405, "/products/1", FAULT("23", "Method PATCH is not valid"), "shop_denied",
         STATUS_DENIED},
        {404, "/orders/9", "", "shop_gone", STATUS_NOT_FOUND},
        {404, "/stock_availables/9", FAULT("131", "Id(s) not exists"), "shop_gone",
         STATUS_NOT_FOUND},
        {404, "/", "<html>404</html>", "shop_no_rest", STATUS_NOT_FOUND},
        {404, "/orders/9", "<html>404</html>", "shop_no_rest", STATUS_NOT_FOUND},
        {404, "/products?limit=1/2", "", "shop_gone", STATUS_NOT_FOUND},
        {500, "/order_histories", "", "shop_error", STATUS_UNREACHABLE},
        {500, "/orders", FAULT("32", "The filter does not exist"), "shop_error",
         STATUS_UNREACHABLE},
        {503, "/", FAULT("22", "The webservice is disabled"), "shop_denied", STATUS_DENIED},
        {503, "/", "<html>Maintenance</html>", "shop_busy", STATUS_BUSY},
        {429, "/", "", "shop_busy", STATUS_BUSY},
        {301, "/", "", "shop_redirect", STATUS_UNREACHABLE},
        {408, "/", "", "http_timeout", STATUS_TIMEOUT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool tree;
        struct error e = answered(rows[i].code, rows[i].path, rows[i].body, &tree);
        if (!text_equal(e.code, rows[i].wanted) || e.status != rows[i].status ||
            tree != (rows[i].status == STATUS_OK))
            fail_msg("%d %s: %s %s", rows[i].code, rows[i].body, e.code, e.text);
    }
}

/* ---- values --------------------------------------------------------------------------------- */

static const char *express(enum kind_id kind, const char *op, const char *item, const char *data)
{
    static struct buf value;
    static struct error e;
    const struct channel_record r = {
        .op = op, .key = "k", .data = data, .length = strlen(data), .item = item};
    error_clear(&e);
    p.kind = kind;
    buf_free(&value);
    buf_init(&value, CHANNEL_VALUE);
    enum status status = prestashop_value_express(&p, &r, &value, &e);
    return status == STATUS_OK ? buf_text(&value) : status == STATUS_END ? "END" : e.code;
}

static void stock_is_whole_and_rounded_down(void **state)
{
    static const char *const rows[][2] = {{"5", "5"},
                                          {"2.9999", "2"},
                                          {"-0.0001", "-1"},
                                          {"0.5", "0"},
                                          {"-0", "0"},
                                          {"2147483647.9", "2147483647"},
                                          {"2147483648", "shop_quantity"},
                                          {"2,5", "shop_quantity"},
                                          {"", "shop_quantity"}};
    char data[200];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text_format(data, sizeof data, "{\"sku\":\"A\",\"available\":\"%s\"}", rows[i][0]);
        assert_string_equal(express(KIND_STOCK, "upsert", "1", data), rows[i][1]);
    }
    assert_string_equal(express(KIND_STOCK, "delete", "1", ""), "0");
    assert_string_equal(express(KIND_PRICES, "delete", "1", ""), "END");
}

static void prices_are_net_and_of_six_digits(void **state)
{
    static const char *const rows[][2] = {
        {"16.26", "16.26"},  {"16.260000", "16.26"},   {"16.2601630", "16.260163"},
        {"5", "5.00"},       {"0.000001", "0.000001"}, {"0.0000001", "shop_price"},
        {"0", "shop_price"}, {"-1", "shop_price"},     {"", "shop_price"}};
    char data[200];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        text_format(data, sizeof data, "{\"sku\":\"A\",\"net\":\"%s\",\"currency\":\"pln\"}",
                    rows[i][0]);
        assert_string_equal(express(KIND_PRICES, "upsert", "1", data), rows[i][1]);
    }
    assert_string_equal(express(KIND_PRICES, "upsert", "1", "{\"net\":\"1\",\"currency\":\"EUR\"}"),
                        "shop_price");
}

static void a_combination_has_no_name(void **state)
{
    const char *one = "{\"name\":\"One\",\"ean\":\"5901234123457\"}",
               *two = "{\"name\":\"Two\",\"ean\":\"5901234123457\"}";
    char first[CHANNEL_VALUE + 1];
    (void)state;
    text_copy(first, sizeof first, express(KIND_PRODUCTS, "upsert", "1/2", one));
    assert_string_equal(express(KIND_PRODUCTS, "upsert", "1/2", two), first);
    text_copy(first, sizeof first, express(KIND_PRODUCTS, "upsert", "1", one));
    assert_string_not_equal(express(KIND_PRODUCTS, "upsert", "1", two), first);
    json_object_del(settings, "update");
    assert_string_equal(express(KIND_PRODUCTS, "upsert", "1", one), "END");
}

static void ids_of_items(void **state)
{
    static const char *const bad[] = {"", "0", "-1", "a", "1/", "1/0", "/2", "1/2/3", "1 2"};
    struct prestashop_id id;
    char name[CHANNEL_ID];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(prestashop_goods_id(bad[i], &id));
    assert_false(prestashop_goods_id(NULL, &id));
    assert_true(prestashop_goods_id("7/12", &id));
    prestashop_goods_name(&id, name);
    assert_string_equal(name, "7/12");
    assert_true(prestashop_goods_id("7", &id));
    prestashop_goods_name(&id, name);
    assert_string_equal(name, "7");
}

static const json_t *stock_of(const char *rows, int64_t shop, bool *several)
{
    static struct prestashop_goods g;
    const struct prestashop_id id = {7, 0};
    json_decref(g.stock);
    g.stock = json_loads(rows, 0, NULL);
    assert_non_null(g.stock);
    p.id_shop = shop;
    return prestashop_goods_stock(&p, &g, &id, several);
}

static void the_row_of_stock_that_counts(void **state)
{
    static const struct {
        const char *rows;
        int64_t shop;
        const char *id; /* NULL: none; "?": several */
    } cases[] = {
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"1\",\"id_shop_group\":\"0\"}]}", 0, "1"},
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"0\",\"id_shop_group\":\"0\"}]}", 0, NULL},
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"0\",\"id_shop_group\":\"3\"}]}", 2, "1"},
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"1\"},{\"id\":\"2\",\"id_shop\":\"2\"}]}", 0, "?"},
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"1\"},{\"id\":\"2\",\"id_shop\":\"2\"}]}", 2, "2"},
        {"{\"7/0\":[{\"id\":\"1\",\"id_shop\":\"1\"},{\"id\":\"2\",\"id_shop\":\"2\"}]}", 3, NULL},
        {"{\"7/0\":[{\"id\":\"1\"}]}", 0, NULL},
        {"{}", 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool several;
        const json_t *row = stock_of(cases[i].rows, cases[i].shop, &several);
        const char *seen = row ? prestashop_rows_text(row, "id") : several ? "?" : NULL;
        if (!text_equal(seen, cases[i].id))
            fail_msg("%s: %s", cases[i].rows, seen ? seen : "none");
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static void what_is_put_back_is_what_was_read(void **state)
{
    static const char xml[] =
        "<product><id>7</id><manufacturer_name notFilterable=\"true\">false</manufacturer_name>"
        "<quantity>0</quantity><price>1</price><id_tax xlink:href=\"x\" xmlns:xlink=\"y\">1</id_tax>"
        "<empty/><name><language id=\"1\" href=\"z\">A</language><language id=\"2\"/></name>"
        "<associations><categories nodeType=\"category\"><category href=\"a\"><id>2</id></category>"
        "<category><id>9</id></category></categories></associations></product>";
    static const char wanted[] =
        "{\"id\":\"7\",\"price\":\"2.00\",\"id_tax\":\"1\",\"empty\":\"\","
        "\"name\":{\"language\":[{\"@id\":\"1\",\"#\":\"A\"},{\"@id\":\"2\"}]},"
        "\"associations\":{\"categories\":{\"category\":[{\"id\":\"2\"},{\"id\":\"9\"}]}}}";
    json_t *tree, *changes = json_pack("{s:s}", "price", "2.00"),
                  *expected = json_loads(wanted, 0, NULL);
    (void)state;
    assert_int_equal(xml_read(xml, sizeof xml - 1, &tree, NULL), STATUS_OK);
    json_t *whole = prestashop_write_whole(&prestashop_rows_products,
                                           json_object_get(tree, "product"), changes);
    char *seen = json_dumps(whole, JSON_COMPACT);
    if (!json_equal(whole, expected))
        fail_msg("%s", seen);
    free(seen);
    json_decref(whole);
    json_decref(changes);
    json_decref(expected);
    json_decref(tree);
}

static void addresses_are_made_of_names(void **state)
{
    static const char *const rows[][2] = {{"Młotek 5 kg", "mlotek-5-kg"},
                                          {"ŻÓŁĆ & gęś", "zolc-ges"},
                                          {"  --  ", "p"},
                                          {"", "p"},
                                          {"日本", "p"}};
    char link[60], small[6];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        prestashop_create_link(link, sizeof link, rows[i][0]);
        assert_string_equal(link, rows[i][1]);
    }
    prestashop_create_link(small, sizeof small, "abcdefghij");
    assert_string_equal(small, "abcd");
}

static void references_that_can_be_looked_for(void **state)
{
    static const char *const bad[] = {"", " ", "a|b", "a,b", "[x]", "100%", "a;b", "a=b", "<x>"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(prestashop_create_findable(bad[i]));
    assert_true(prestashop_create_findable("ABC-1/2 ż"));
}

/* ---- orders --------------------------------------------------------------------------------- */

static void a_sum_is_divided_to_the_last_grosz(void **state)
{
    static const struct {
        int64_t values[3], sum, wanted[3];
    } rows[] = {{{1000, 2000, 3000}, 6000, {1000, 2000, 3000}},
                {{1000, 2000, 3000}, 5999, {1000, 2000, 2999}},
                {{1000, 2000, 3000}, 6001, {1000, 2000, 3001}},
                {{1, 1, 1}, 2, {1, 1, 0}},
                {{100, 0, 300}, 0, {0, 0, 0}},
                {{9999999999999, 1, 0}, 5000000000000, {5000000000000, 0, 0}}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t values[3];
        memcpy(values, rows[i].values, sizeof values);
        assert_true(prestashop_order_spread(values, 3, rows[i].sum));
        for (size_t k = 0; k < 3; k++)
            if (values[k] != rows[i].wanted[k])
                fail_msg("row %zu: %lld instead of %lld", i, (long long)values[k],
                         (long long)rows[i].wanted[k]);
    }
    int64_t none[2] = {0, 0};
    assert_true(prestashop_order_spread(none, 2, 0));
    assert_false(prestashop_order_spread(none, 2, 5));
    assert_true(prestashop_order_spread(none, 0, 0));
}

static void a_cursor_fits_and_is_read_again(void **state)
{
    static const char *const bad[] = {"",
                                      "x",
                                      "1 2 3",
                                      "2 1 1 0 -1 0",
                                      "1 5 4 0 -1 0",
                                      "1 -1 1 0 -1 0",
                                      "1 1 1 0 -2 0",
                                      "1 1 1 0 0 -1"};
    struct feed_cursor c, again;
    struct buf text;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(feed_read(bad[i], &c));
    assert_true(feed_read("1 1790000000 1790000100 1790000200 -1 0", &c));
    for (int64_t i = 0; i < FEED_KNOWN; i++) {
        c.known[c.count].id = 900000000000 + i;
        c.known[c.count++].modified = c.low + 1000000 + i;
    }
    buf_init(&text, 4096);
    feed_print(&c, &text);
    assert_true(text.length <= CHANNEL_CURSOR_MAX);
    assert_true(feed_read(buf_text(&text), &again));
    assert_true(again.count > 20 && again.count < c.count);
    assert_int_equal(again.known[again.count - 1].id,
                     c.known[c.count - 1].id); /* the newest is kept */
    assert_int_equal(again.known[again.count - 1].modified, c.known[c.count - 1].modified);
    buf_free(&text);
}

static void times_of_the_shop(void **state)
{
    static const struct {
        const char *text;
        int64_t seconds;
    } rows[] = {{"2026-11-30 11:00:00", 1796036400},
                {"0000-00-00 00:00:00", 0},
                {"", 0},
                {"2026-11-30", 0},
                {"2026-11-30 25:00:00", 0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        json_t *order = json_pack("{s:s}", "date_upd", rows[i].text);
        assert_int_equal(prestashop_order_time(order, "date_upd"), rows[i].seconds);
        json_decref(order);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_has_its_meaning),
        cmocka_unit_test_setup_teardown(stock_is_whole_and_rounded_down, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prices_are_net_and_of_six_digits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_combination_has_no_name, set_up, tear_down),
        cmocka_unit_test(ids_of_items),
        cmocka_unit_test_setup_teardown(the_row_of_stock_that_counts, set_up, tear_down),
        cmocka_unit_test(what_is_put_back_is_what_was_read),
        cmocka_unit_test(addresses_are_made_of_names),
        cmocka_unit_test(references_that_can_be_looked_for),
        cmocka_unit_test(a_sum_is_divided_to_the_last_grosz),
        cmocka_unit_test(a_cursor_fits_and_is_read_again),
        cmocka_unit_test(times_of_the_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
