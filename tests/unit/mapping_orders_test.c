/* The part "orders" of a mapping: each mistake is named, with the file and the line it stands in. Made from
 * the mapping that we ship: one place of it changed, and what is said of that. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping.h"
#include "os/dir.h"
#include "unit.h"

struct fixture {
    char dir[64];
    char *whole;  /* etc/erp/subiekt-gt.conf */
    char *orders; /* where its orders begin */
    struct config_fault faults[CONFIG_FAULTS];
    size_t count;
};

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *text = mem_alloc(1 << 20);
    text[fread(text, 1, (1 << 20) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static int set_up(void **state)
{
    struct fixture *x = mem_alloc(sizeof *x);
    char path[500];
    const char *source = getenv("ENDPOINT_SOURCE");
    unit_directory(x->dir, sizeof x->dir);
    text_format(path, sizeof path, "%s/etc/erp/subiekt-gt.conf", source ? source : ".");
    x->whole = read_whole(path);
    x->orders = strstr(x->whole, "\norders :");
    assert_non_null(x->orders);
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

/* Load the mapping with the first `from` in its orders replaced; the line that it stands in. */
static int load(struct fixture *x, const char *from, const char *to, struct mapping **m)
{
    char path[200];
    struct error e = {0};
    const char *at = strstr(x->orders, from);
    if (!at)
        fail_msg("the mapping has no %s", from);
    int line = 1;
    for (const char *c = x->whole; c < at; c++)
        line += *c == '\n';
    text_format(path, sizeof path, "%s/subiekt-gt.conf", x->dir);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fprintf(file, "%.*s%s%s", (int)(at - x->whole), x->whole, to, at + strlen(from));
    fclose(file);
    *m = NULL;
    x->count = 0;
    mapping_load(x->dir, "/nonexistent", "subiekt-gt", m, x->faults, &x->count, &e);
    return line;
}

/* `line`: where it must be said to stand; 0: at the beginning of the orders. */
static void expect_fault(struct fixture *x, const char *from, const char *to, const char *setting,
                         const char *text, bool at_place)
{
    struct mapping *m;
    int line = load(x, from, to, &m), begin = 2;
    for (const char *c = x->whole; c < x->orders; c++)
        begin += *c == '\n';
    assert_null(m);
    for (size_t i = 0; i < x->count; i++) {
        const struct config_fault *f = &x->faults[i];
        if (strstr(f->text, text) && text_equal(f->setting, setting) &&
            f->line == (at_place ? line : begin) && text_ends(f->file, "/subiekt-gt.conf"))
            return;
    }
    for (size_t i = 0; i < x->count; i++)
        print_error("%s:%d: %s: %s\n", x->faults[i].file, x->faults[i].line, x->faults[i].setting,
                    x->faults[i].text);
    fail_msg("not said for %s: line %d, %s: %s", to, at_place ? line : begin, setting, text);
}

static void the_shipped_one_is_whole(void **state)
{
    struct mapping *m;
    load(*state, "goods = 1", "goods = 1", &m);
    assert_non_null(m);
    assert_true(m->orders.present);
    mapping_free(m);
}

static void what_stands_wrong_is_named_with_its_line(void **state)
{
    static const struct {
        const char *from, *to, *setting, *text;
    } cases[] = {
        {"writers = ( \"epp\", \"command\" )", "writers = 7", "orders.writers",
         "must be a list of"},
        {"writers = ( \"epp\", \"command\" )", "writers = ( )", "orders.writers",
         "must be a list of"},
        {"writers = ( \"epp\", \"command\" )", "writers = ( \"epp\", \"\" )", "orders.writers",
         "must be a list of words"},
        {"document_types = ( \"ZK\", \"ZD\" )",
         "document_types = ( \"a-type-that-is-much-longer-than-it-may-be\" )",
         "orders.document_types", "at most 31 bytes"},
        {"item_types : { goods = 1", "item_types : { goods = \"one\"", "orders.item_types",
         "\"goods\" must be a whole number"},
        {"vat : { zw = -1; np = -4; oo = -5; };", "vat = 5;", "orders.vat", "must be a group"},
        {"original = 20;", "original = 0;", "orders.widths",
         "\"original\" must be a number from 1 to"},
        {"original = 20;", "original = 4001;", "orders.widths",
         "\"original\" must be a number from 1 to"},
        {"original = 20;", "original = 20; colour = 3;", "orders.widths",
         "\"colour\" is not a text of a document"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        expect_fault(*state, cases[i].from, cases[i].to, cases[i].setting, cases[i].text, true);
}

static void what_is_missing_is_named(void **state)
{
    static const struct {
        const char *from, *to, *setting, *text;
    } cases[] = {
        {"document_types = ( \"ZK\", \"ZD\" );", "", "orders", "\"document_types\" is missing"},
        {"item_types : { goods = 1; service = 2; packaging = 4; kit = 8; };", "", "orders",
         "\"item_types\" is missing"},
        {"original = 20;", "", "orders.widths", "\"original\" is missing"},
        {"original = 20;", "original = 19;", "orders.widths",
         "must hold the marker's 20 characters"},
        {"( \"epp\", \"command\" )", "( \"epp\", \"fax\" )", "orders.writers",
         "there is no writer \"fax\""},
        {"zw = -1;", "vatless = -1;", "orders.vat", "\"vatless\" is not a VAT symbol"},
        {"document_types = ", "unicode = true; document_types = ", "orders.unicode",
         "does not go with the writer \"epp\""},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        expect_fault(*state, cases[i].from, cases[i].to, cases[i].setting, cases[i].text, false);
}

/* A statement's mistakes: no place for its values, one that is no list, none at all, one that writes. */
static void statements_are_judged(void **state)
{
    struct fixture *x = *state;
    struct mapping *m;
    static const struct {
        const char *from, *to, *text;
    } cases[] = {
        {"t.tw_Symbol IN (?)\"", "t.tw_Symbol = N'A'\"", "must ask for its values with IN (?)"},
        {"WHERE t.tw_Usuniety = 0 AND t.tw_Symbol IN (?)\"",
         "WHERE t.tw_Usuniety = ? AND t.tw_Symbol IN (?)\"", "has a '?' outside IN (?)"},
        {"sql = \"SELECT t.tw_Id", "sqll = \"SELECT t.tw_Id", "sqll"},
        {"sql = \"SELECT t.tw_Id", "sql = \"DELETE t.tw_Id", "there is DELETE in it"},
        {"t.tw_Symbol IN (?)\"", "t.tw_Symbol IN (?); DROP TABLE x\"", "one statement"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool said = false;
        load(x, cases[i].from, cases[i].to, &m);
        assert_null(m);
        assert_true(x->count > 0);
        for (size_t f = 0; f < x->count; f++)
            said |= strstr(x->faults[f].text, cases[i].text) &&
                    strstr(x->faults[f].setting, "orders") && x->faults[f].line > 0;
        for (size_t f = 0; f < x->count && !said; f++)
            print_error("%s:%d: %s: %s\n", x->faults[f].file, x->faults[f].line,
                        x->faults[f].setting, x->faults[f].text);
        if (!said)
            fail_msg("not said for %s", cases[i].to);
    }
}

static void all_mistakes_are_listed_at_once(void **state)
{
    struct fixture *x = *state;
    struct mapping *m;
    load(x, "widths :", "unicode = 3; colours = 1; widths :", &m);
    assert_null(m);
    assert_int_equal(x->count, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_shipped_one_is_whole),        TEST(what_stands_wrong_is_named_with_its_line),
        TEST(what_is_missing_is_named),        TEST(statements_are_judged),
        TEST(all_mistakes_are_listed_at_once),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
