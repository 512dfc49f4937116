/* Stamps: when everything is compared, and a mapping's places, filters, stamps, variants and base. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "mapping/mapping.h"
#include "mapping/mapping_stamp.h"
#include "mapping/mapping_stream.h"
#include "sync/stamps.h"
#include "unit.h"

#define HOUR INT64_C(3600000)
#define NOW  (INT64_C(1000) * HOUR)

static struct stamps known(const char *stamp, int64_t full_ms)
{
    struct stamps s = {.full_ms = full_ms};
    text_copy(s.stamp, sizeof s.stamp, stamp);
    text_copy(s.print, sizeof s.print, "p");
    return s;
}

static enum stamps_pass plan(const struct stamps *s, const char *safe, int64_t now)
{
    return stamps_plan(s, safe, "p", 6 * HOUR, false, false, now);
}

static void plans_passes(void **state)
{
    (void)state;
    struct stamps s = known("100", NOW);
    assert_int_equal(plan(&s, "100", NOW + 1), PASS_CHANGED);
    assert_int_equal(plan(&s, "99", NOW + 1), PASS_FULL); /* the database came back from a copy */
    assert_int_equal(plan(&s, "1000", NOW + 1), PASS_CHANGED);
    assert_int_equal(plan(&s, "", NOW + 1), PASS_FULL);
    assert_int_equal(plan(&s, "100", NOW + 6 * HOUR), PASS_MEASURED);
    assert_int_equal(plan(&s, "100", NOW - 1), PASS_MEASURED); /* our clock went back */
    assert_int_equal(stamps_plan(&s, "100", "p", 6 * HOUR, true, false, NOW + 1), PASS_MEASURED);
    assert_int_equal(stamps_plan(&s, "100", "p", 6 * HOUR, false, true, NOW + 1), PASS_FULL);
    assert_int_equal(stamps_plan(&s, "100", "other statement", 6 * HOUR, false, false, NOW + 1),
                     PASS_FULL);
    s = known("", NOW);
    assert_int_equal(plan(&s, "100", NOW + 1), PASS_FULL);
    /* A time without a fraction is the earlier one, though its text is shorter. */
    s = known("2026-11-26T10:00:00.997", NOW);
    assert_int_equal(plan(&s, "2026-11-26T10:00:01", NOW + 1), PASS_CHANGED);
    assert_int_equal(plan(&s, "2026-11-26T10:00:00", NOW + 1), PASS_FULL);
}

/* After misses the compare runs four times as often, down to ten minutes, and comes back step by step. */
static void intervals(void **state)
{
    (void)state;
    struct stamps s = {0}, read;
    struct ledger *l = NULL;
    char dir[200], command[300];
    unit_directory(dir, sizeof dir);
    assert_int_equal(ledger_open(dir, "p", &l, NULL), STATUS_OK);
    static const struct {
        int64_t missed, interval; /* seconds */
    } steps[] = {{-1, 0},    {0, 0},    {3, 5400}, {1, 1350}, {7, 600},   {2, 600}, {0, 1200},
                 {-1, 1200}, {0, 2400}, {0, 4800}, {0, 9600}, {0, 19200}, {0, 0},   {0, 0}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_int_equal(stamps_full_done(l, &s, steps[i].missed, 6 * HOUR, NOW + (int64_t)i, NULL),
                         STATUS_OK);
        assert_int_equal(s.interval_ms, steps[i].interval * 1000);
        assert_int_equal(stamps_load(l, &read, NULL), STATUS_OK);
        assert_int_equal(read.interval_ms, s.interval_ms);
        assert_int_equal(read.full_ms, NOW + (int64_t)i);
    }
    /* A scenario that compares every five minutes is not made slower by misses. */
    assert_int_equal(stamps_full_done(l, &s, 5, 300000, NOW, NULL), STATUS_OK);
    assert_int_equal(s.interval_ms, 300000);
    ledger_close(l);
    text_format(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

/* ---- mappings ---- */

static char dir[200];

static void put(const char *name, const char *text)
{
    char path[300];
    text_format(path, sizeof path, "%s/%s.conf", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static enum status load(const char *name, struct mapping **m, struct config_fault *faults,
                        size_t *count)
{
    struct error e = {0};
    return mapping_load(dir, "/nonexistent", name, m, faults, count, &e);
}

static const char head[] = "name = \"a\"; title = \"A\";\nstreams : { stock : {\n";
static const char tail[] = "}; };\n";

static void faults_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *stream, *said;
        int line;
    } wrong[] = {
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {filter} FROM x\";", "{filter}", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {filters} FROM x\";",
         "nothing to fill it", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\"; filters : { columns = \"a\"; };",
         "no such place", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT ?\";",
         "allowed only in stamp.changed, kits.changed and filters.field", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {changed}\";\nstamp : { kind = \"clock\"; safe = \"s\"; "
         "changed = \"?\"; };",
         "neither", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {changed}\";\nstamp : { kind = \"datetime\"; safe = \"s\"; "
         "changed = \"x\"; };",
         "needs a", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {changed}\";\nstamp : { kind = \"datetime\"; "
         "changed = \"?\"; };",
         "\"safe\" is missing", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\";\nvariants = ( { probe = \"p\"; sql = \"s\"; } );",
         "\"expect\" is missing", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\";\nvariants = ( { probe = \"p\"; expect = \"1\"; "
         "sql = \"{joins}\"; } );",
         "nothing to fill it", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\";\nvariants = 3;", "must be a list",
         5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\";\nstamp = 1;", "must be a group",
         5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT {kits}\";", "is not a place", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM b\";\nkits : { own = \"FROM a\"; "
         "parts = \"FROM c\"; };",
         "must occur in the statement exactly once", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM a WHERE 1 IN (SELECT 1 FROM a)\";\nkits : { own "
         "= \"FROM a\"; parts = \"FROM c\"; };",
         "must occur in the statement exactly once", 4},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1{filters}\";\nfilters : { fields = 1; };",
         "must be a group", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1{filters}\";\nfilters : { columns = \"a AS _a\"; "
         "stamped = 1; };",
         "true or false", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1\";\nkits = 1;", "must be a group", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM a\";\nkits : { own = \"FROM a\"; };",
         "\"parts\" is missing", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM a\";\nkits : { own = \"FROM a\"; "
         "parts = \"FROM b WHERE c = ?\"; };",
         "no value", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM a\";\nkits : { own = \"FROM a\"; "
         "parts = \"FROM b\"; changed = \"c > ?\"; };",
         "replaces stamp.changed", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1 FROM a\";\nkits : { own = \"FROM a\"; "
         "parts = \"DELETE FROM b\"; };",
         "only reads", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1{filters}{joins}\";\nfilters : { columns = \"a "
         "AS _a\"; field : { column = \"v\"; join = \"JOIN f\"; }; };",
         "needs a \"?\"", 5},
        {"keys = (\"integer\",\"integer\");\nsql = \"SELECT 1{filters}\";\nfilters : { columns = \"? AS "
         "_a\"; };",
         "no value", 5},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct config_fault faults[CONFIG_FAULTS];
        struct mapping *m = NULL;
        char text[2000];
        size_t count = 0;
        text_format(text, sizeof text, "%s%s%s", head, wrong[i].stream, tail);
        put("a", text);
        assert_int_equal(load("a", &m, faults, &count), STATUS_INVALID);
        assert_true(count >= 1);
        bool found = false;
        for (size_t f = 0; f < count; f++)
            found |=
                strstr(faults[f].text, wrong[i].said) != NULL && faults[f].line == wrong[i].line;
        if (!found)
            print_error("%zu: line %d: %s\n", i, faults[0].line, faults[0].text);
        assert_true(found);
    }
}

static void places_are_filled(void **state)
{
    (void)state;
    struct mapping *m = NULL;
    struct buf b;
    struct mapping_values values;
    const struct mapping_choice plain = {.filters = false}, filters = {.filters = true},
                                all = {.filters = true, .since = "7"};
    char first[MAPPING_PRINT], second[MAPPING_PRINT];
    put("a",
        "name = \"a\"; title = \"A\"; streams : { stock : { keys = (\"integer\",\"integer\"); "
        "sql = \"SELECT x{filters} FROM t {joins} WHERE 1=1 {changed}\"; "
        "filters : { columns = \"a AS _active\"; joins = \"JOIN y\"; }; "
        "stamp : { kind = \"rowversion\"; safe = \"SELECT 1 AS s\"; changed = \"AND (p > ? OR q > ?)\"; }; }; };");
    assert_int_equal(load("a", &m, NULL, NULL), STATUS_OK);
    const struct mapping_stream *s = mapping_stream(m, "stock");
    buf_init(&b, 1000);
    mapping_stream_sql(s, s->statement.sql, &plain, &b, &values);
    assert_string_equal(buf_text(&b), "SELECT x FROM t  WHERE 1=1 ");
    assert_int_equal(values.count, 0);
    mapping_stream_sql(s, s->statement.sql, &all, &b, &values);
    assert_string_equal(buf_text(&b),
                        "SELECT x, a AS _active FROM t JOIN y WHERE 1=1 AND (p > ? OR q > ?)");
    assert_int_equal(values.count, 2);
    assert_string_equal(values.list[1], "7");
    assert_int_equal(mapping_stamp(m, "stock", &plain), STAMP_ROWVERSION);
    mapping_stream_print(m, "stock", &plain, first);
    mapping_stream_print(m, "stock", &filters, second);
    assert_int_equal(strlen(first), MAPPING_PRINT - 1);
    assert_string_not_equal(first, second);
    buf_free(&b);
    mapping_free(m);
}

/* The places that depend on what a scenario wants: kits, and custom fields by their names. */
static void kits_and_fields(void **state)
{
    (void)state;
    struct mapping *m = NULL;
    struct buf b;
    struct mapping_values values;
    const struct mapping_choice plain = {.filters = false}, kits = {.kits = true};
    const struct mapping_choice all = {
        .filters = true, .kits = true, .fields = {NULL, "Kolor ?"}, .since = "7"};
    const struct mapping_choice both = {.filters = true, .fields = {"a", "b"}, .since = "7"};
    char first[MAPPING_PRINT], second[MAPPING_PRINT];
    put("a",
        "name = \"a\"; title = \"A\"; streams : { stock : { keys = (\"integer\",\"integer\"); "
        "sql = \"SELECT x{filters} FROM s {joins} WHERE 1=1 {changed}\"; "
        "filters : { columns = \"a AS _active\"; joins = \"JOIN y\"; fields : { columns = \"w.b AS _b\"; "
        "joins = \"JOIN w\"; }; field : { column = \"f{n}.v\"; "
        "join = \"JOIN (SELECT v FROM f WHERE k = ?) AS f{n}\"; }; }; "
        "kits : { own = \"FROM s\"; parts = \"FROM (SELECT p)\"; changed = \"OR k > ?\"; }; "
        "stamp : { kind = \"rowversion\"; safe = \"SELECT 1 AS s\"; changed = \"AND p > ?\"; }; }; "
        "prices : { keys = (\"integer\",\"integer\"); sql = \"SELECT x FROM s {changed}\"; "
        "kits : { own = \"FROM s\"; parts = \"FROM p\"; }; "
        "stamp : { kind = \"rowversion\"; safe = \"SELECT 1 AS s\"; changed = \"AND p > ?\"; }; }; };");
    assert_int_equal(load("a", &m, NULL, NULL), STATUS_OK);
    const struct mapping_stream *s = mapping_stream(m, "stock");
    buf_init(&b, 1000);
    mapping_stream_sql(s, s->statement.sql, &plain, &b, &values);
    assert_string_equal(buf_text(&b), "SELECT x FROM s  WHERE 1=1 ");
    mapping_stream_sql(s, s->statement.sql, &kits, &b, &values);
    assert_string_equal(buf_text(&b), "SELECT x FROM (SELECT p)  WHERE 1=1 ");
    assert_int_equal(values.count, 0);
    mapping_stream_sql(s, s->statement.sql, &all, &b, &values);
    assert_string_equal(
        buf_text(&b),
        "SELECT x, a AS _active, w.b AS _b, f2.v AS _field2 FROM (SELECT p) JOIN y JOIN w JOIN "
        "(SELECT v FROM f WHERE k = ?) AS f2 WHERE 1=1 OR k > ?");
    assert_int_equal(values.count, 2);
    assert_string_equal(values.list[0], "Kolor ?");
    assert_string_equal(values.list[1], "7");
    mapping_stream_sql(s, s->statement.sql, &both, &b, &values);
    assert_string_equal(
        buf_text(&b),
        "SELECT x, a AS _active, w.b AS _b, f1.v AS _field1, f2.v AS _field2 FROM s JOIN y JOIN w "
        "JOIN (SELECT v FROM f WHERE k = ?) AS f1 JOIN (SELECT v FROM f WHERE k = "
        "?) AS f2 WHERE 1=1 AND p > ?");
    assert_int_equal(values.count, 3);
    assert_int_equal(mapping_stamp(m, "stock", &kits), STAMP_ROWVERSION);
    assert_int_equal(mapping_stamp(m, "prices", &plain), STAMP_ROWVERSION);
    assert_int_equal(mapping_stamp(m, "prices", &kits), STAMP_NONE);
    mapping_stream_print(m, "stock", &plain, first);
    mapping_stream_print(m, "stock", &kits, second);
    assert_string_not_equal(first, second);
    buf_free(&b);
    mapping_free(m);
}

static void bases(void **state)
{
    (void)state;
    struct config_fault faults[CONFIG_FAULTS];
    struct mapping *m = NULL;
    size_t count = 0;
    put("a",
        "name = \"a\"; title = \"A\"; streams : { stock : { keys = (\"integer\",\"integer\"); sql = \"SELECT 1\"; }; "
        "customers : { keys = (\"integer\"); sql = \"SELECT 2\"; }; };");
    put("b",
        "name = \"b\"; title = \"B\"; base = \"a\"; streams : { stock : { keys = (\"integer\",\"integer\"); "
        "sql = \"SELECT 3\"; }; };");
    assert_int_equal(load("b", &m, NULL, NULL), STATUS_OK);
    assert_string_equal(mapping_title(m), "B");
    assert_string_equal(mapping_stream(m, "stock")->statement.sql, "SELECT 3");
    assert_string_equal(mapping_stream(m, "customers")->statement.sql, "SELECT 2");
    mapping_free(m);
    static const char *const wrong[] = {"b", "c", "none", "../a"};
    put("c", "name = \"c\"; title = \"C\"; base = \"b\";");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char text[200];
        text_format(text, sizeof text, "name = \"d\"; title = \"D\";\nbase = \"%s\";", wrong[i]);
        put("d", text);
        assert_int_equal(load("d", &m, faults, &count), STATUS_INVALID);
        assert_string_equal(faults[count - 1].setting, "base");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_passes),     cmocka_unit_test(intervals),
        cmocka_unit_test(faults_are_named), cmocka_unit_test(places_are_filled),
        cmocka_unit_test(kits_and_fields),  cmocka_unit_test(bases),
    };
    char command[300];
    unit_directory(dir, sizeof dir);
    int failed = cmocka_run_group_tests_name("stamps", tests, NULL, NULL);
    text_format(command, sizeof command, "rm -rf %s", dir);
    return system(command) != 0 || failed;
}
