/* sync/rules and config/options: what a scenario makes of the ERP's rows. Each expectation is written by
 * hand: what a shop would see. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "config/options.h"
#include "sync/rules.h"

#define BAD     "!"  /* a value that cannot be taken */
#define KEYLESS (-1) /* a product whose key cannot be made */

/* A row: product, second key, then fields by name. */
struct row {
    int product, second;
    const char *fields[16]; /* name, value, … */
};

struct table {
    const struct row *rows;
    size_t count, at;
    struct record record;
    const char *extra[4];
};

static enum status next(void *user, const struct record **out, struct error *e)
{
    struct table *t = user;
    struct record *r = &t->record;
    if (t->at == t->count)
        return STATUS_END;
    const struct row *row = &t->rows[t->at++];
    record_reset(r);
    r->extra_count = 0;
    assert_int_equal(key_add_integer(&r->key, row->product, e), STATUS_OK);
    if (r->stream->keys[1])
        assert_int_equal(key_add_integer(&r->key, row->second, e), STATUS_OK);
    for (size_t i = 0; row->fields[i]; i += 2) {
        const char *name = row->fields[i], *value = row->fields[i + 1];
        int field = stream_field(r->stream, name);
        if (value && strcmp(value, BAD) == 0) {
            struct error why = {0};
            error_set(&why, STATUS_INVALID, "bad", "bad");
            record_blame(r, name, &why);
            r->fields[field].bad = true;
        } else if (field < 0) {
            r->extra_names[r->extra_count] = name;
            r->extra[r->extra_count] = (struct value){0};
            record_set_extra(r, r->extra_count++, value, value ? strlen(value) : 0, e);
        } else {
            assert_int_equal(record_set(r, (size_t)field, value, strlen(value), e), STATUS_OK);
        }
    }
    if (row->product == KEYLESS) {
        r->fault = (struct record_fault){.is = true, .keyless = true};
        text_copy(r->fault.name, sizeof r->fault.name, "(null)");
        key_stand_in(&r->key, "x", 1);
    }
    *out = r;
    return STATUS_OK;
}

/* All records as "key sku field=value …" lines. */
static void run(const char *stream, const struct row *rows, size_t count, const char *options,
                struct buf *b, enum status wanted)
{
    struct table t = {.rows = rows, .count = count};
    struct error e = {0};
    struct rules *rules;
    const struct record *r;
    const struct flow_source source = {next, &t};
    json_t *o = json_parse(options, strlen(options), &e);
    assert_non_null(o);
    record_init(&t.record, stream_find(stream));
    assert_int_equal(options_validate("p", stream, o, &e), STATUS_OK);
    assert_int_equal(rules_open(stream_find(stream), o, &source, &rules, &e), STATUS_OK);
    buf_init(b, 65536);
    enum status status;
    while ((status = rules_next(rules, &r, &e)) == STATUS_OK) {
        struct buf json;
        if (r->fault.is) {
            if (!r->fault.keyless)
                key_print(b, r->key.bytes, r->key.length);
            buf_printf(b, "%s held %s\n", r->fault.keyless ? r->fault.name : "", r->fault.column);
            continue;
        }
        buf_init(&json, 65536);
        key_print(b, r->key.bytes, r->key.length);
        record_json(&json, r);
        buf_printf(b, " %s\n", buf_text(&json));
        buf_free(&json);
    }
    assert_int_equal(status, wanted);
    rules_close(rules);
    record_free(&t.record);
    json_decref(o);
}

static void expect(const char *stream, const struct row *rows, size_t count, const char *options,
                   const char *expected)
{
    struct buf b;
    run(stream, rows, count, options, &b, STATUS_END);
    assert_string_equal(buf_text(&b), expected);
    buf_free(&b);
}

#define S(product, warehouse, name, hand, res, av)                                                 \
    {                                                                                              \
        product, warehouse,                                                                        \
        {                                                                                          \
            "sku", "T" #product, "warehouse", name, "on_hand", hand, "reserved", res, "available", \
                av                                                                                 \
        }                                                                                          \
    }

static const struct row stock[] = {
    S(1, 1, "MAG", "10", "3", "7"), S(1, 2, "SKL", "0.5", "0", "0.5"),
    S(1, 3, "ZWR", "2", "5", "-3"), S(2, 1, "MAG", "4", "4", "0"),
    S(2, 3, "ZWR", "1", "0", "1"),  S(3, 2, "SKL", "100", "1", "99"),
};

#define OUT(key, sku, warehouse, hand, res, av)                                     \
    key " {\"sku\":\"" sku "\",\"warehouse\":\"" warehouse "\",\"on_hand\":\"" hand \
        "\",\"reserved\":\"" res "\",\"available\":\"" av "\"}\n"

static void test_pass_through(void **state)
{
    (void)state;
    expect("stock", stock, 2, "{}",
           OUT("1/1", "T1", "MAG", "10", "3", "7") OUT("1/2", "T1", "SKL", "0.5", "0", "0.5"));
}

static void test_chosen_warehouses(void **state)
{
    (void)state;
    expect("stock", stock, 6, "{\"warehouses\":[\"SKL\"]}",
           OUT("1/2", "T1", "SKL", "0.5", "0", "0.5") OUT("3/2", "T3", "SKL", "100", "1", "99"));
}

static void test_added_up(void **state)
{
    (void)state;
    expect("stock", stock, 6, "{\"warehouses\":[\"MAG\",\"ZWR\"],\"sum_as\":\"sklep\"}",
           OUT("1/sklep", "T1", "sklep", "12", "8", "4")
               OUT("2/sklep", "T2", "sklep", "5", "4", "1"));
}

/* Many to one, in the order of the shop's names and not of the ERP's warehouses. */
static void test_mapped(void **state)
{
    (void)state;
    expect("stock", stock, 6, "{\"warehouse_map\":{\"MAG\":\"b\",\"SKL\":\"a\",\"ZWR\":\"b\"}}",
           OUT("1/a", "T1", "a", "0.5", "0", "0.5") OUT("1/b", "T1", "b", "12", "8", "4")
               OUT("2/b", "T2", "b", "5", "4", "1") OUT("3/a", "T3", "a", "100", "1", "99"));
    expect("stock", stock, 3, "{\"warehouse_map\":{\"SKL\":\"1\"}}",
           OUT("1/1", "T1", "1", "0.5", "0", "0.5"));
}

/* A sum of which a part cannot be taken is held whole; others are not. */
static void test_bad_parts(void **state)
{
    static const struct row rows[] = {
        S(1, 1, "MAG", "10", "3", "7"),      S(1, 2, "SKL", BAD, "0", "0.5"),
        S(1, 3, "ZWR", "2", "5", "-3"),      S(KEYLESS, 1, "MAG", "1", "1", "1"),
        S(2, 1, "MAG", "4", "4", "0"),       S(2, 2, BAD, "1", "0", "1"),
        S(KEYLESS, 2, "MAG", "1", "1", "1"), S(2, 3, "ZWR", "1", "0", "1"),
    };
    (void)state;
    expect("stock", rows, 8, "{}",
           OUT("1/1", "T1", "MAG", "10", "3", "7") "1/2 held on_hand\n" OUT(
               "1/3", "T1", "ZWR", "2", "5",
               "-3") "(null) held \n" OUT("2/1", "T2", "MAG", "4", "4",
                                          "0") "2/2 held warehouse\n"
                                               "(null) held \n" OUT("2/3", "T2", "ZWR", "1", "0",
                                                                    "1"));
    /* A row that the scenario does not want is not held; one of which it is not known is. */
    expect("stock", rows, 3, "{\"warehouses\":[\"MAG\"]}", OUT("1/1", "T1", "MAG", "10", "3", "7"));
    expect("stock", rows + 4, 2, "{\"warehouses\":[\"MAG\"]}",
           OUT("2/1", "T2", "MAG", "4", "4", "0") "2/2 held warehouse\n");
    expect("stock", rows, 3, "{\"warehouse_map\":{\"MAG\":\"b\",\"SKL\":\"a\",\"ZWR\":\"b\"}}",
           "1/a held on_hand\n" OUT("1/b", "T1", "b", "12", "8", "4"));
    expect("stock", rows, 8, "{\"sum_as\":\"s\"}",
           "(null) held \n1/s held on_hand\n(null) held \n2/s held warehouse\n");
    expect("stock", rows + 4, 4, "{\"warehouse_map\":{\"MAG\":\"b\",\"ZWR\":\"c\"}}",
           "(null) held \n2/b held warehouse\n2/c held warehouse\n");
}

/* What a scenario makes of a value may be too large: the record's fault, not the pass's. */
static void test_values_that_grow_too_large(void **state)
{
    static const char nines[] = "99999999999999999999999999999999999999";
    static const struct row rows[] = {
        S(1, 1, "MAG", "1", "0", nines),
        S(1, 2, "SKL", "1", "0", nines),
        S(2, 1, "MAG", "1", "0", "1"),
    };
    (void)state;
    expect("stock", rows, 3, "{\"add\":\"1\"}",
           "1/1 held \n1/2 held \n" OUT("2/1", "T2", "MAG", "1", "0", "2"));
    expect("stock", rows, 3, "{\"sum_as\":\"s\"}",
           "1/s held \n" OUT("2/s", "T2", "s", "1", "0", "1"));
}

static void test_quantities(void **state)
{
    (void)state;
    expect("stock", stock, 3, "{\"quantity\":\"on_hand\",\"add\":\"-2\",\"below_zero\":\"zero\"}",
           OUT("1/1", "T1", "MAG", "10", "3", "8") OUT("1/2", "T1", "SKL", "0.5", "0", "0")
               OUT("1/3", "T1", "ZWR", "2", "5", "0"));
    expect("stock", stock, 6, "{\"min\":\"0\",\"max\":\"5.25\",\"warehouses\":[\"MAG\",\"SKL\"]}",
           OUT("1/1", "T1", "MAG", "10", "3", "5.25") OUT("1/2", "T1", "SKL", "0.5", "0", "0.5")
               OUT("2/1", "T2", "MAG", "4", "4", "0") OUT("3/2", "T3", "SKL", "100", "1", "5.25"));
    /* what is added goes to the sum, once */
    expect("stock", stock, 3, "{\"sum_as\":\"s\",\"add\":\"1\"}",
           OUT("1/s", "T1", "s", "12.5", "8", "5.5"));
}

static const struct row filtered[] = {
    {1,
     1,
     {"sku", "A", "warehouse", "M", "on_hand", "1", "available", "1", "_active", "1", "_online",
      "1", "_kind", "goods"}},
    {2,
     1,
     {"sku", "B", "warehouse", "M", "on_hand", "1", "available", "1", "_active", "0", "_online",
      "1", "_kind", "goods"}},
    {3,
     1,
     {"sku", "C", "warehouse", "M", "on_hand", "1", "available", "1", "_active", "1", "_online",
      "0", "_kind", "kit"}},
};

/* Filter columns are looked at and not sent. */
static void test_filters(void **state)
{
    (void)state;
#define F(key, sku)        \
    key " {\"sku\":\"" sku \
        "\",\"warehouse\":\"M\",\"on_hand\":\"1\",\"reserved\":null,\"available\":\"1\"}\n"
    expect("stock", filtered, 3, "{\"only_active\":true}", F("1/1", "A") F("3/1", "C"));
    expect("stock", filtered, 3, "{\"only_online\":true}", F("1/1", "A") F("2/1", "B"));
    expect("stock", filtered, 3, "{\"kinds\":[\"kit\",\"service\"]}", F("3/1", "C"));
    struct buf b;
    run("stock", stock, 1, "{\"only_online\":true}", &b, STATUS_INVALID);
    buf_free(&b);
}

static const struct row products[] = {
    {1, 0, {"sku", "tow/żół", "name", "N", "ean", "5901234123457", "Kolor", "biały"}},
    {2, 0, {"sku", "B", "name", "N", "Kolor", "czarny"}},
};

static void test_match(void **state)
{
    struct buf b;
    (void)state;
    run("products", products, 2, "{\"match\":\"ean\"}", &b, STATUS_END);
    assert_non_null(strstr(buf_text(&b), "\"sku\":\"5901234123457\""));
    assert_null(strstr(buf_text(&b), "2 {")); /* it has no EAN */
    buf_free(&b);
    run("products", products, 1, "{\"match_case\":\"upper\"}", &b, STATUS_END);
    assert_non_null(strstr(buf_text(&b), "\"sku\":\"TOW/ŻÓŁ\""));
    buf_free(&b);
    run("products", products, 2,
        "{\"match\":\"field\",\"match_field\":\"Kolor\",\"match_case\":\"lower\"}", &b, STATUS_END);
    assert_non_null(strstr(buf_text(&b), "\"sku\":\"biały\""));
    buf_free(&b);
    run("products", products, 2, "{\"field\":{\"name\":\"Kolor\",\"value\":\"czarny\"}}", &b,
        STATUS_END);
    assert_int_equal(buf_text(&b)[0], '2');
    buf_free(&b);
}

static const struct row prices[] = {
    {1, 1, {"sku", "A", "level", "1", "net", "10.01", "gross", "12.31", "currency", "PLN"}},
    {1, 2, {"sku", "A", "level", "2", "net", "2", "gross", "2.46", "currency", "EUR"}},
};

static void test_prices(void **state)
{
    (void)state;
    expect(
        "prices", prices, 2, "{\"levels\":[\"1\"],\"rate\":\"1.05\",\"send\":\"gross\"}",
        "1/1 {\"sku\":\"A\",\"level\":\"1\",\"net\":null,\"gross\":\"12.93\",\"currency\":\"PLN\"}\n");
    expect(
        "prices", prices, 2, "{\"currencies\":[\"EUR\"],\"send\":\"net\",\"rate\":\"0.5\"}",
        "1/2 {\"sku\":\"A\",\"level\":\"2\",\"net\":\"1\",\"gross\":null,\"currency\":\"EUR\"}\n");
    /* half a grosz goes away from zero: 10.01 × 0.5 = 5.005 */
    expect(
        "prices", prices, 1, "{\"rate\":\"0.5\"}",
        "1/1 {\"sku\":\"A\",\"level\":\"1\",\"net\":\"5.01\",\"gross\":\"6.16\",\"currency\":\"PLN\"}\n");
}

static void refused(const char *kind, const char *options, const char *word)
{
    struct error e = {0};
    json_t *o = json_parse(options, strlen(options), &e);
    assert_non_null(o);
    assert_int_equal(options_validate("p", kind, o, &e), STATUS_INVALID);
    if (!strstr(e.text, word) && !strstr(e.remedy, word))
        fail_msg("\"%s\" is not in: %s %s", word, e.text, e.remedy);
    json_decref(o);
}

static void test_options(void **state)
{
    (void)state;
    refused("stock", "{\"warehouse\":[\"MAG\"]}", "warehouses");
    refused("stock", "{\"levels\":[\"1\"]}", "levels");
    refused("prices", "{\"rate\":1.05}", "decimal");
    refused("prices", "{\"rate\":\"1.0000001\"}", "decimal");
    refused("prices", "{\"rate\":\"1.\"}", "decimal");
    refused("prices", "{\"rate\":\"-\"}", "decimal");
    refused("prices", "{\"send\":\"brutto\"}", "\"both\", \"net\", \"gross\"");
    refused("stock", "{\"sum_as\":\"a\",\"warehouse_map\":{\"M\":\"1\"}}", "exclude");
    refused("stock", "{\"match\":\"field\"}", "match_field");
    refused("stock", "{\"warehouse_map\":{\"M\":1}}", "object of texts");
    refused("orders", "{\"days_back\":0}", "1 to 150");
    refused("products", "{\"field\":{\"name\":\"x\"}}", "value");
    refused("stock", "{\"full_every\":\"1s\"}", "1min");
    for (size_t i = 0; option_at(i); i++)
        assert_true(option_at(i)->kinds != 0);
    json_t *described = options_describe("stock");
    assert_true(json_array_size(described) > 5);
    json_decref(described);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass_through), cmocka_unit_test(test_chosen_warehouses),
        cmocka_unit_test(test_added_up),     cmocka_unit_test(test_mapped),
        cmocka_unit_test(test_bad_parts),    cmocka_unit_test(test_values_that_grow_too_large),
        cmocka_unit_test(test_quantities),   cmocka_unit_test(test_filters),
        cmocka_unit_test(test_match),        cmocka_unit_test(test_prices),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
