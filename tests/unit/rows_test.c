/* The rows that the writer "sql" makes: places in statements, and the part of a mapping that says them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "mapping/mapping.h"
#include "mapping/places.h"
#include "os/dir.h"
#include "os/file.h"
#include "unit.h"

/* ---- places ------------------------------------------------------------------------------------ */

static void places_that_there_are_not_are_refused(void **state)
{
    static const struct {
        const char *text;
        bool line;
        const char *problem; /* NULL: it is right */
    } cases[] = {
        {"1", false, NULL},
        {"CAST({net} AS DECIMAL(15,2))", false, NULL},
        {"{buyer.city}", false, NULL},
        {"{context.number}", false, NULL},
        {"{line.quantity}", true, NULL},
        {"N'brace } of no place'", false, NULL},
        {"{line.quantity}", false, "outside of a line"},
        {"{marke}", false, "no place {marke}"},
        {"{buyer.shoe}", false, "no place {buyer.shoe}"},
        {"{context.}", false, "no place {context.}"},
        {"{context.a.b}", false, "no place"},
        {"{Marker}", false, "is not a place"},
        {"{}", false, "is not a place"},
        {"{marker", false, "is not a place"},
        {"marker}", false, "is not a place"},
        {"{a234567890123456789012345678901234567890123456789012345678901234567890}", false,
         "is not a place"},
        {"N'{marker}'", false, "inside a text"},
        {"[{marker}]", false, "inside a text"},
        {"1 -- {marker}", false, "inside a text"},
        {"?", false, "\"?\""},
        {"N'never ended", false, "has no end"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char problem[MAPPING_PROBLEM] = "";
        bool right = places_check(cases[i].text, cases[i].line, problem);
        char words[300];
        said_words(words, sizeof words, problem);
        if (right != !cases[i].problem || (!right && !strstr(words, cases[i].problem)))
            fail_msg("%s: %s", cases[i].text, right ? "taken" : words);
    }
}

static json_t *some_document(void)
{
    return json_pack("{s:s,s:s,s:b,s:n,s:{s:s,s:n},s:[{s:i,s:s},{}]}", "marker", "EP1", "remarks",
                     "O'Hara; DROP TABLE x -- {net}?", "reserve", 1, "operator", "buyer", "name",
                     "Żuk", "id", "lines", "line", 7, "quantity", "1.5");
}

static void values_are_parameters_and_nothing_else(void **state)
{
    json_t *document = some_document(), *context = json_pack("{s:s}", "number", "12");
    const struct place_values v = {document, json_array_get(json_object_get(document, "lines"), 0),
                                   context};
    static const char *const wanted[] = {"EP1", "O'Hara; DROP TABLE x -- {net}?",
                                         "1",   NULL,
                                         "Żuk", NULL,
                                         "2",   "7",
                                         "1.5", "12",
                                         NULL,  NULL};
    struct place_list list = {0};
    struct buf sql;
    (void)state;
    buf_init(&sql, 1000);
    places_fill(
        "{marker} {remarks} {reserve} {operator} {buyer.name} {buyer.id} {lines} {line.line} "
        "{line.quantity} {context.number} {context.other} {line.net}",
        &v, &sql, &list);
    assert_string_equal(buf_text(&sql), "? ? ? ? ? ? ? ? ? ? ? ?");
    assert_int_equal(list.count, COUNT_OF(wanted));
    for (size_t i = 0; i < list.count; i++) {
        if (wanted[i])
            assert_string_equal(list.values[i], wanted[i]);
        else
            assert_null(list.values[i]);
    }
    places_free(&list);
    buf_free(&sql);
    json_decref(document);
    json_decref(context);
}

static void shown_values_are_literals(void **state)
{
    json_t *document = some_document();
    const struct place_values v = {.document = document};
    struct buf sql;
    (void)state;
    buf_init(&sql, 1000);
    places_show("INSERT ({remarks}, {buyer.id}, {line.net}, {context.number})", &v, &sql);
    assert_string_equal(
        buf_text(&sql),
        "INSERT (N'O''Hara; DROP TABLE x -- {net}?', NULL, NULL, {context.number})");
    buf_free(&sql);
    json_decref(document);
}

/* ---- the mapping's part ------------------------------------------------------------------------ */

struct fixture {
    char dir[64], *whole;
    struct config_fault faults[CONFIG_FAULTS];
    size_t count;
};

static int set_up(void **state)
{
    struct fixture *x = mem_alloc(sizeof *x);
    struct buf text;
    char path[500];
    const char *source = getenv("ENDPOINT_SOURCE");
    unit_directory(x->dir, sizeof x->dir);
    text_format(path, sizeof path, "%s/etc/erp/optima.conf", source ? source : ".");
    buf_init(&text, 1 << 20);
    assert_int_equal(file_read(path, &text, NULL, NULL), STATUS_OK);
    x->whole = buf_take(&text);
    *state = x;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *x = *state;
    dir_remove(x->dir, NULL);
    free(x->whole);
    free(x);
    return 0;
}

static struct mapping *load(struct fixture *x, const char *from, const char *to)
{
    char path[200];
    struct error e = {0};
    struct mapping *m = NULL;
    const char *begin = strstr(x->whole, "    sql :\n"), *at = begin ? strstr(begin, from) : NULL;
    if (!at)
        fail_msg("the mapping has no %s", from);
    text_format(path, sizeof path, "%s/optima.conf", x->dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - x->whole), x->whole, to, at + strlen(from));
    fclose(file);
    x->count = 0;
    mapping_load(x->dir, "/nonexistent", "optima", &m, x->faults, &x->count, &e);
    return m;
}

static void the_shipped_one_is_whole(void **state)
{
    struct mapping *m = load(*state, "TrN_Bufor = 1;", "TrN_Bufor = 1;");
    assert_non_null(m);
    assert_true(m->orders.sql.present);
    json_t *shown = mapping_to_json(m);
    assert_non_null(json_object_get(json_object_get(shown, "orders"), "sql"));
    json_decref(shown);
    mapping_free(m);
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *from, *to, *setting, *text;
    } cases[] = {
        {"TrN_Bufor = 1;", "TrN_Bufor = \"{bufor}\";", "orders.sql.document", "no place {bufor}"},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"{line.net}\";", "orders.sql.document",
         "outside of a line"},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"1; DELETE FROM CDN.Towary\";", "orders.sql.document",
         "\"TrN_Bufor\": there is a \";\""},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"(DELETE)\";", "orders.sql.document", "there is DELETE"},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"1 -- as always\";", "orders.sql.document",
         "must be one value"},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"1, 2\";", "orders.sql.document", "must be one value"},
        {"TrN_Bufor = 1;", "TrN_Bufor = \"1) ROLLBACK SELECT (1\";", "orders.sql.document",
         "must be one value"},
        {"TrN_Bufor = 1;", "TrN_Bufor = 1.5;", "orders.sql.document", "a text of T-SQL"},
        {"TrN_Bufor = 1;", "TrN_Bufor = 1; TRN_BUFOR = 2;", "orders.sql.document", "twice"},
        {"table = \"CDN.TraNag\"", "table = \"TraNag\"", "orders.sql.document",
         "must be SCHEMA.TABLE"},
        {"table = \"CDN.TraNag\"", "table = \"CDN.[TraNag]\"", "orders.sql.document",
         "must be SCHEMA.TABLE"},
        {"from = \"FROM CDN.Kontrahenci", "from = \"SELECT 1 FROM CDN.Kontrahenci",
         "orders.sql.document", "must begin with FROM"},
        {"vat_rates = ( \"23\"", "vat_rates = ( \"twenty\"", "orders.sql.vat_rates",
         "\"twenty\" is not a VAT symbol"},
        {"currencies = ( \"PLN\" );", "", "orders.sql", "\"currencies\" is missing"},
        {"position =", "stance =", "orders.sql", "\"stance\" is not one of its attributes"},
        {"none = \"Optima gave no number\";", "", "orders.sql.context", "\"none\" is missing"},
        {"when = \"operator\"", "when = \"line.net\"", "orders.sql.context",
         "must be a member of the document"},
        {"SELECT COUNT(n.TrN_TrNID) AS count", "DELETE FROM", "orders.sql.seen", "DELETE"},
    };
    struct fixture *x = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct mapping *m = load(x, cases[i].from, cases[i].to);
        bool said = false;
        for (size_t k = 0; k < x->count; k++)
            said |= text_equal(x->faults[k].setting, cases[i].setting) &&
                    strstr(x->faults[k].text, cases[i].text) && x->faults[k].line > 0;
        for (size_t k = 0; k < x->count && !said; k++)
            print_error("%s: %s\n", x->faults[k].setting, x->faults[k].text);
        if (m || !said)
            fail_msg("not said of %s: %s", cases[i].to, cases[i].text);
    }
}

static void a_writer_needs_its_part(void **state)
{
    struct fixture *x = *state;
    char *begin = strstr(x->whole, "    sql :\n");
    assert_non_null(begin);
    memcpy(begin, "};#", 3); /* the rest of the file is a comment to its line's end; cut it */
    begin[2] = '\n';
    begin[3] = '\0';
    char path[200];
    struct error e = {0};
    struct mapping *m = NULL;
    text_format(path, sizeof path, "%s/optima.conf", x->dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(x->whole, file);
    fclose(file);
    mapping_load(x->dir, "/nonexistent", "optima", &m, x->faults, &x->count, &e);
    assert_null(m);
    assert_int_equal(x->count, 1);
    assert_non_null(strstr(x->faults[0].text, "\"sql\" needs the group \"sql\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_that_there_are_not_are_refused),
        cmocka_unit_test(values_are_parameters_and_nothing_else),
        cmocka_unit_test(shown_values_are_literals),
        cmocka_unit_test_setup_teardown(the_shipped_one_is_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(mistakes_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_writer_needs_its_part, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
