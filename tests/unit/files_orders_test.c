/* Orders from files: of our form, of others' by a map, as CSV; what cannot be read is an order that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/files_orders.h"
#include "channel/files_tree.h"
#include "model/order.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"

#define LATER 120000 /* from now: every file rests */

static char directory[] = "/tmp/endpoint-files.XXXXXX";

/* ---- the world ------------------------------------------------------------------------------------ */

static void place_open(struct files_orders *o, const char *more)
{
    char settings[3000];
    struct error e = {0};
    text_format(settings, sizeof settings, "{\"place\":\"%s\"%s%s}", directory, *more ? "," : "",
                more);
    json_t *s = json_loads(settings, 0, NULL);
    assert_non_null(s);
    const struct channel_place place = {.plugin_id = "zam", .kind = "orders", .settings = s};
    static json_t *kept; /* the map is borrowed from it */
    json_decref(kept);
    kept = s;
    if (files_orders_open(o, &place, &e) != STATUS_OK)
        fail_msg("%s: %s", settings, e.text);
}

static void put(const char *name, const char *text)
{
    char path[300];
    text_format(path, sizeof path, "%s/%s", directory, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static bool there(const char *name)
{
    char path[300];
    text_format(path, sizeof path, "%s/%s", directory, name);
    return file_exists(path);
}

static json_t *fetch(struct files_orders *o, struct buf *cursor, int limit)
{
    struct buf next;
    struct error e = {0};
    json_t *orders = NULL;
    buf_init(&next, CHANNEL_CURSOR_MAX);
    if (files_orders_fetch(o, buf_text(cursor), limit, clock_wall_ms() + LATER, &orders, &next,
                           &e) != STATUS_OK)
        fail_msg("%s", e.text);
    buf_free(cursor);
    *cursor = next;
    return orders;
}

static const char *id_of(const json_t *orders, size_t index)
{
    return json_text(json_array_get(orders, index), "id", "?");
}

static int set_up(void **state)
{
    (void)state;
    text_copy(directory + sizeof directory - 7, 7, "XXXXXX");
    return mkdtemp(directory) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    return dir_remove(directory, NULL) == STATUS_OK ? 0 : 1;
}

#define ORDER(id)                                                                               \
    "{\"id\":\"" id "\",\"number\":\"" id                                                       \
    "\",\"revision\":1,\"placed_at\":\"2026-11-30T10:00:00Z\",\"buyer\":{\"name\":\"Klient\"}," \
    "\"lines\":[{\"sku\":\"A\",\"quantity\":\"1\",\"price_gross\":\"10.00\",\"vat_rate\":\"23\"}],\"currency\":\"PLN\",\"total_gross\":\"10.00\"}"

/* ---- files ---------------------------------------------------------------------------------------- */

static void files_are_taken_by_name_and_move_away_once_their_orders_are_kept(void **state)
{
    (void)state;
    struct files_orders o;
    struct buf cursor;
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    place_open(&o, "");
    put("b.json", "[" ORDER("3") "," ORDER("4") "," ORDER("5") "]");
    put("a.json", "{\"orders\":[" ORDER("1") "," ORDER("2") "]}");
    put(".hidden.json", ORDER("x"));
    put("readme.txt", "no orders");
    json_t *first = fetch(&o, &cursor, 100);
    assert_int_equal(json_array_size(first), 2);
    assert_string_equal(id_of(first, 1), "2");
    assert_true(there("a.json")); /* they may not be kept yet */
    json_t *second = fetch(&o, &cursor, 2);
    assert_string_equal(id_of(second, 0), "3");
    assert_true(!there("a.json") && there("taken/a.json") && there("b.json"));
    json_t *third = fetch(&o, &cursor, 2);
    assert_int_equal(json_array_size(third), 1);
    assert_string_equal(id_of(third, 0), "5");
    json_t *nothing = fetch(&o, &cursor, 2);
    assert_int_equal(json_array_size(nothing), 0);
    assert_true(!there("b.json") && there(".hidden.json") && there("readme.txt"));
    json_decref(first);
    json_decref(second);
    json_decref(third);
    json_decref(nothing);
    buf_free(&cursor);
    files_orders_close(&o);
}

static void a_call_that_is_repeated_gives_the_same(void **state)
{
    (void)state;
    struct files_orders o;
    struct buf none, cursor;
    buf_init(&none, CHANNEL_CURSOR_MAX);
    place_open(&o, "");
    put("a.json", ORDER("1"));
    for (int i = 0; i < 3; i++) { /* the process died before the ledger had it */
        buf_init(&cursor, CHANNEL_CURSOR_MAX);
        json_t *orders = fetch(&o, &cursor, 100);
        assert_string_equal(id_of(orders, 0), "1");
        json_decref(orders);
        buf_free(&cursor);
    }
    files_orders_close(&o);
}

static void a_file_of_the_same_name_that_came_meanwhile_is_a_new_one(void **state)
{
    (void)state;
    struct files_orders o;
    struct buf cursor;
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    place_open(&o, "\"taken\":\"remove\"");
    put("a.json", ORDER("1"));
    json_decref(fetch(&o, &cursor, 100));
    put("a.json", "[" ORDER("1") "," ORDER("2") "]");
    json_t *orders = fetch(&o, &cursor, 100);
    assert_int_equal(json_array_size(orders), 2);
    json_decref(orders);
    json_decref(fetch(&o, &cursor, 100));
    assert_true(!there("a.json") && !there("taken/a.json"));
    buf_free(&cursor);
    files_orders_close(&o);
}

static void a_file_that_cannot_be_read_waits_and_then_is_an_order_that_says_why(void **state)
{
    (void)state;
    struct files_orders o;
    struct buf next;
    struct error e = {0};
    json_t *orders = NULL;
    buf_init(&next, CHANNEL_CURSOR_MAX);
    place_open(&o, "");
    put("a.json", "{\"id\":\"1\",");
    put("b.json", ORDER("2"));
    int64_t now = clock_wall_ms();
    assert_int_equal(files_orders_fetch(&o, "", 100, now, &orders, &next, &e), STATUS_OK);
    assert_int_equal(json_array_size(orders), 0); /* neither rests yet */
    json_decref(orders);
    assert_int_equal(files_orders_fetch(&o, "", 100, now + 10000, &orders, &next, &e), STATUS_OK);
    assert_string_equal(id_of(orders, 0), "2"); /* somebody may still write the first */
    json_decref(orders);
    assert_int_equal(files_orders_fetch(&o, "", 100, now + LATER, &orders, &next, &e), STATUS_OK);
    assert_string_equal(id_of(orders, 0), "file:a.json");
    struct order *order = NULL;
    json_t *faults = json_array();
    assert_int_equal(order_parse(json_array_get(orders, 0), &order, faults, &e), STATUS_INVALID);
    assert_non_null(order);
    assert_string_equal(json_text(json_array_get(faults, 0), "code", ""), "order_unreadable");
    assert_int_equal(json_array_size(faults), 1);
    order_free(order);
    json_decref(faults);
    json_decref(orders);
    buf_free(&next);
    files_orders_close(&o);
}

static void what_became_of_an_order_is_written_under_its_id(void **state)
{
    (void)state;
    struct files_orders o;
    struct buf text;
    char path[300];
    place_open(&o, "");
    json_t *outcome = json_loads("{\"state\":\"done\",\"document\":\"ZK 1/2026\"}", 0, NULL);
    assert_int_equal(files_orders_outcome(&o, "../a b", outcome, NULL), STATUS_OK);
    assert_int_equal(files_orders_outcome(&o, "../a b", outcome, NULL), STATUS_OK);
    buf_init(&text, 1000);
    text_format(path, sizeof path, "%s/results/..%%2Fa%%20b.json", directory);
    assert_int_equal(file_read(path, &text, NULL, NULL), STATUS_OK);
    json_t *seen = json_parse(buf_text(&text), text.length, NULL);
    assert_string_equal(json_text(seen, "order", ""), "../a b");
    assert_string_equal(json_text(seen, "document", ""), "ZK 1/2026");
    json_decref(seen);
    json_decref(outcome);
    buf_free(&text);
    files_orders_close(&o);
}

/* ---- maps ----------------------------------------------------------------------------------------- */

/* The orders of a file, each of which must be a good one. */
static json_t *good_orders(const char *name, const char *text, const char *settings)
{
    struct files_orders o;
    struct buf cursor;
    buf_init(&cursor, CHANNEL_CURSOR_MAX);
    place_open(&o, settings);
    put(name, text);
    json_t *orders = fetch(&o, &cursor, 100), *json;
    size_t i;
    json_array_foreach (orders, i, json) {
        struct order *order = NULL;
        struct error e = {0};
        json_t *faults = json_array();
        if (order_parse(json, &order, faults, &e) != STATUS_OK) {
            char *seen = json_dumps(json, 0);
            fail_msg("%s in %s", e.text, seen);
        }
        order_free(order);
        json_decref(faults);
    }
    buf_free(&cursor);
    files_orders_close(&o);
    return orders;
}

static void xml_of_another_form_is_read_by_a_map(void **state)
{
    (void)state;
    static const char xml[] =
        "<Zamowienia><Zamowienie nr='7'><Data>2026-07-01 12:30</Data><Klient><Imie>Klient</Imie></Klient>"
        "<Poz><Kod>A</Kod><Ile>2</Ile><Cena>1 234,50</Cena><V>23</V></Poz><Poz><Kod>B</Kod><Ile>1,5</Ile><Cena>10</Cena><V>8</V></Poz>"
        "<Dostawa>12,00</Dostawa></Zamowienie>"
        "<Zamowienie nr='8'><Data>2026-12-01</Data><Klient><Imie>Klient</Imie></Klient><Poz><Kod>C</Kod><Ile>1</Ile><Cena>5</Cena>"
        "<V>zw</V></Poz><Dostawa/></Zamowienie></Zamowienia>";
    json_t *orders = good_orders(
        "a.xml", xml,
        "\"decimal\":\"comma\",\"order_map\":{\"orders\":\"Zamowienia.Zamowienie\",\"id\":\"@nr\",\"placed_at\":\"Data\",\"buyer.name\":"
        "\"Klient.Imie\",\"lines\":\"Poz\",\"lines.sku\":\"Kod\",\"lines.quantity\":\"Ile\",\"lines.price_gross\":\"Cena\",\"lines.vat_rate\":"
        "\"V\",\"delivery.price_gross\":\"Dostawa\",\"currency\":\"=PLN\"}");
    assert_int_equal(json_array_size(orders), 2);
    const json_t *first = json_array_get(orders, 0), *second = json_array_get(orders, 1);
    assert_string_equal(json_text(first, "id", ""), "7");
    assert_string_equal(json_text(first, "placed_at", ""),
                        "2026-07-01T10:30:00.000Z"); /* of Warsaw, in summer */
    assert_string_equal(json_text(second, "placed_at", ""), "2026-11-30T23:00:00.000Z");
    assert_string_equal(json_text(first, "total_gross", ""), "2496.00");
    assert_string_equal(json_text(second, "total_gross", ""), "5.00");
    assert_string_equal(
        json_text(json_array_get(json_object_get(first, "lines"), 0), "price_gross", ""),
        "1234.50");
    json_decref(orders);
}

static void csv_rows_of_one_number_are_one_order(void **state)
{
    (void)state;
    /* windows-1250; a quoted line break; rows of two orders mixed; an empty line; fewer cells than names */
    static const char csv[] =
        "Nr;Data;Nabywca;Kod;Ile;Cena;Uwagi\r\n"
        "1;2026-11-30T10:00:00Z;\xaf\xf3\xb3\xe6;A;1;10,00;\"dwie\r\nlinie; \"\"x\"\"\"\r\n"
        "2;2026-11-30T10:00:00Z;Klient;B;2;5,00\r\n"
        "\r\n"
        "1;;;C;3;1,00;\r\n";
    json_t *orders = good_orders(
        "a.CSV", csv,
        "\"decimal\":\"comma\",\"encoding\":\"windows-1250\",\"order_map\":{\"id\":\"Nr\",\"placed_at\":\"Data\","
        "\"buyer.name\":\"Nabywca\",\"lines.sku\":\"Kod\",\"lines.quantity\":\"Ile\",\"lines.price_gross\":\"Cena\","
        "\"lines.vat_rate\":\"=23\",\"currency\":\"=PLN\",\"note\":\"Uwagi\"}");
    assert_int_equal(json_array_size(orders), 2);
    const json_t *first = json_array_get(orders, 0);
    assert_int_equal(json_array_size(json_object_get(first, "lines")), 2);
    assert_string_equal(json_text(first, "total_gross", ""), "13.00");
    assert_string_equal(json_text(json_object_get(first, "buyer"), "name", ""),
                        "\xc5\xbb\xc3\xb3\xc5\x82\xc4\x87");
    assert_string_equal(json_text(first, "note", ""), "dwie\r\nlinie; \"x\"");
    json_decref(orders);
}

static void csv_that_is_not_whole_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *says;
    } bad[] = {{"a;b\n1;\"2\n3;4\n", "line 2: a quote"},
               {"a;b\n1;2\n1;2;3\n", "line 3: it has more cells"},
               {"a;b\n\xff;2\n", "UTF-8"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const struct files_layout layout = {.separator = ';'};
        struct error e = {0};
        json_t *tree = NULL;
        assert_int_equal(files_tree_read(bad[i].csv, strlen(bad[i].csv), "csv", &layout, &tree, &e),
                         STATUS_INVALID);
        if (!strstr(e.text, bad[i].says))
            fail_msg("%s", e.text);
        assert_null(tree);
    }
}

static void a_map_of_what_no_order_has_is_refused(void **state)
{
    (void)state;
    struct files_orders o;
    struct error e = {0};
    json_t *s = json_pack("{s:s,s:{s:s}}", "place", directory, "order_map", "lines.symbol", "Kod");
    const struct channel_place place = {.plugin_id = "zam", .kind = "orders", .settings = s};
    assert_int_equal(files_orders_open(&o, &place, &e), STATUS_INVALID);
    assert_string_equal(e.code, "files_map");
    assert_non_null(strstr(e.text, "lines.symbol"));
    files_orders_close(&o);
    json_decref(s);
}

int main(void)
{
#define ORDERS_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ORDERS_TEST(files_are_taken_by_name_and_move_away_once_their_orders_are_kept),
        ORDERS_TEST(a_call_that_is_repeated_gives_the_same),
        ORDERS_TEST(a_file_of_the_same_name_that_came_meanwhile_is_a_new_one),
        ORDERS_TEST(a_file_that_cannot_be_read_waits_and_then_is_an_order_that_says_why),
        ORDERS_TEST(what_became_of_an_order_is_written_under_its_id),
        ORDERS_TEST(xml_of_another_form_is_read_by_a_map),
        ORDERS_TEST(csv_rows_of_one_number_are_one_order),
        ORDERS_TEST(csv_that_is_not_whole_is_refused_with_its_line),
        ORDERS_TEST(a_map_of_what_no_order_has_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
