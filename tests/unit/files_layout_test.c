/* How the channel `file` writes records: what a shop's importer reads back is what the ERP had. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "base/xml.h"
#include "channel/files_layout.h"

static json_t *object(const char *text)
{
    json_t *value = json_loads(text, 0, NULL);
    assert_non_null(value);
    return value;
}

static void read_layout(struct files_layout *l, const char *settings, const char *stream,
                        bool changes)
{
    struct error e = {0};
    json_t *s = object(settings);
    if (files_layout_read(l, s, stream_find(stream), changes, &e) != STATUS_OK)
        fail_msg("%s: %s", settings, e.text);
    json_decref(s);
}

/* The whole file of one record. */
static void written(struct buf *b, const struct files_layout *l, const char *data)
{
    json_t *d = object(data);
    buf_init(b, 100000);
    files_layout_begin(l, b);
    files_layout_row(l, "upsert", "A-1 / MAG", d, b);
    files_layout_end(l, b);
    assert_false(b->failed);
    json_decref(d);
}

static void file_is(const char *settings, const char *stream, bool changes, const char *data,
                    const char *wanted)
{
    struct files_layout l;
    struct buf b;
    read_layout(&l, settings, stream, changes);
    written(&b, &l, data);
    assert_string_equal(buf_text(&b), wanted);
    buf_free(&b);
}

#define STOCK \
    "{\"sku\":\"A-1\",\"warehouse\":\"MAG\",\"on_hand\":\"7.5\",\"reserved\":null,\"available\":\"-0.5\"}"

static void all_fields_are_written_under_their_names(void **state)
{
    (void)state;
    file_is("{}", "stock", false, STOCK,
            "sku;warehouse;on_hand;reserved;available\nA-1;MAG;7.5;;-0.5\n");
    file_is("{}", "stock", true, STOCK,
            "op;sku;warehouse;on_hand;reserved;available\nupsert;A-1;MAG;7.5;;-0.5\n");
}

static void columns_are_chosen_and_named(void **state)
{
    (void)state;
    file_is(
        "{\"columns\":[\"Kod=sku\",\"Ilość=available\",\"key\",\"Nic=extra.brak\"],\"separator\":\"comma\",\"crlf\":true}",
        "stock", false, STOCK, "Kod,Ilość,key,Nic\r\nA-1,-0.5,A-1 / MAG,\r\n");
    file_is("{\"columns\":[\"sku\",\"p=extra.PolkaA\"],\"header\":false,\"separator\":\"tab\"}",
            "products", false, "{\"sku\":\"A\",\"extra\":{\"PolkaA\":\"7/2\"}}", "A\t7/2\n");
}

static void a_decimal_comma_is_for_numbers_only(void **state)
{
    (void)state;
    file_is(
        "{\"decimal\":\"comma\"}", "prices", false,
        "{\"sku\":\"A.1\",\"level\":\"1.5\",\"net\":\"10.00\",\"gross\":\"12.30\",\"currency\":\"PLN\"}",
        "sku;level;net;gross;currency\nA.1;1.5;10,00;12,30;PLN\n");
}

static void whole_quantities_are_rounded_down(void **state)
{
    (void)state;
    file_is("{\"whole_quantities\":true,\"columns\":[\"on_hand\",\"available\"]}", "stock", false,
            STOCK, "on_hand;available\n7;-1\n");
}

static void a_cell_that_would_break_the_line_is_quoted(void **state)
{
    (void)state;
    file_is("{\"columns\":[\"sku\",\"name\"],\"header\":false}", "products", false,
            "{\"sku\":\" a;b\\\"c\",\"name\":\"dwie\\nlinie\"}", "\" a;b\"\"c\";\"dwie\nlinie\"\n");
    file_is("{\"columns\":[\"eans\",\"active\"],\"header\":false,\"separator\":\"comma\"}",
            "products", false, "{\"eans\":[\"590\",\"591\"],\"active\":true}", "\"590,591\",1\n");
}

static void an_older_encoding_keeps_polish_letters_and_says_the_others_otherwise(void **state)
{
    (void)state;
    /* a-ogonek, z-acute, micro; a dash and an a-grave that Latin 2 and cp1250 differ in or lack; a Chinese letter */
    const char *data = "{\"name\":\"\xc4\x85\xc5\xba\xc3\xa0\xe4\xb8\xad\"}";
    file_is("{\"columns\":[\"name\"],\"header\":false,\"encoding\":\"windows-1250\"}", "products",
            false, data,
            "\xb9\x9f"
            "a?\n");
    file_is("{\"columns\":[\"name\"],\"header\":false,\"encoding\":\"iso-8859-2\"}", "products",
            false, data,
            "\xb1\xbc"
            "a?\n");
    file_is("{\"columns\":[\"name\"],\"header\":false,\"encoding\":\"utf-8-bom\"}", "products",
            false, data, "\xEF\xBB\xBF\xc4\x85\xc5\xba\xc3\xa0\xe4\xb8\xad\n");
}

static void xml_is_read_back_as_it_was_in_every_encoding(void **state)
{
    (void)state;
    static const char *const encodings[] = {"utf-8", "windows-1250", "iso-8859-2"};
    for (size_t i = 0; i < 3; i++) {
        char settings[300];
        struct files_layout l;
        struct buf b;
        struct error e = {0};
        json_t *tree = NULL;
        text_format(
            settings, sizeof settings,
            "{\"format\":\"xml\",\"encoding\":\"%s\",\"xml_root\":\"oferta\",\"xml_row\":\"p\",\"columns\":[\"nazwa=name\",\"sku\"]}",
            encodings[i]);
        read_layout(&l, settings, "products", false);
        written(&b, &l,
                "{\"sku\":\"<a> & \\\"b\\\"\",\"name\":\"\xc4\x85 \xe4\xb8\xad \xc3\xa0\"}");
        if (xml_read(b.data, b.length, &tree, &e) != STATUS_OK)
            fail_msg("%s: %s", encodings[i], e.text);
        json_t *p = json_object_get(json_object_get(tree, "oferta"), "p");
        assert_string_equal(json_text(p, "sku", ""), "<a> & \"b\"");
        assert_string_equal(json_text(p, "nazwa", ""), "\xc4\x85 \xe4\xb8\xad \xc3\xa0");
        json_decref(tree);
        buf_free(&b);
    }
}

static void json_lines_keep_what_a_value_is(void **state)
{
    (void)state;
    file_is("{\"format\":\"jsonl\",\"columns\":[\"op\",\"sku\",\"active\",\"ean\",\"eans\"]}",
            "products", true, "{\"sku\":\"A\",\"active\":true,\"ean\":null,\"eans\":[\"1\"]}",
            "{\"op\":\"upsert\",\"sku\":\"A\",\"active\":true,\"ean\":null,\"eans\":[\"1\"]}\n");
    file_is("{\"format\":\"jsonl\",\"columns\":[\"net\",\"gross\"]}", "prices", false,
            "{\"net\":\"1.10\",\"gross\":null}", "{\"net\":\"1.10\",\"gross\":null}\n");
}

static void what_cannot_be_a_column_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *code, *word;
    } bad[] = {{"{\"columns\":[\"Ilosc=ilosc\"]}", "files_column", "Ilosc=ilosc"},
               {"{\"columns\":[\"=sku\"]}", "files_column", "=sku"},
               {"{\"columns\":[7]}", "files_column", ""},
               {"{\"format\":\"xml\",\"columns\":[\"2nd=sku\"]}", "files_column", "2nd"},
               {"{\"format\":\"xml\",\"xml_root\":\"a b\"}", "files_column", "a b"},
               {"{\"format\":\"jsonl\",\"encoding\":\"windows-1250\"}", "files_encoding", "UTF-8"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct files_layout l;
        struct error e = {0};
        json_t *s = object(bad[i].settings);
        assert_int_equal(files_layout_read(&l, s, stream_find("stock"), false, &e), STATUS_INVALID);
        assert_string_equal(e.code, bad[i].code);
        assert_non_null(strstr(e.text, bad[i].word));
        json_decref(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_fields_are_written_under_their_names),
        cmocka_unit_test(columns_are_chosen_and_named),
        cmocka_unit_test(a_decimal_comma_is_for_numbers_only),
        cmocka_unit_test(whole_quantities_are_rounded_down),
        cmocka_unit_test(a_cell_that_would_break_the_line_is_quoted),
        cmocka_unit_test(an_older_encoding_keeps_polish_letters_and_says_the_others_otherwise),
        cmocka_unit_test(xml_is_read_back_as_it_was_in_every_encoding),
        cmocka_unit_test(json_lines_keep_what_a_value_is),
        cmocka_unit_test(what_cannot_be_a_column_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
