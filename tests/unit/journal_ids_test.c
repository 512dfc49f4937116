/* journal: ids never mean two entries, whatever becomes of the file between two lives of the daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "os/clock.h"
#include "store/journal.h"
#include "unit.h"

static char dir[64];

static int set_up(void **state)
{
    (void)state;
    unit_directory(dir, sizeof dir);
    return 0;
}

static int tear_down(void **state)
{
    char command[100];
    (void)state;
    text_format(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

/* Open, add so many entries, close. The id of the last one; *first (may be NULL) of the first. */
static int64_t live(int count, int64_t *first)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    assert_int_equal(journal_open(dir, &j, NULL), STATUS_OK);
    for (int i = 0; i < count; i++)
        assert_int_equal(journal_add(j,
                                     &(struct journal_entry){.at_ms = clock_wall_ms(),
                                                             .level = "info",
                                                             .code = "test",
                                                             .said = "a word"},
                                     NULL),
                         STATUS_OK);
    assert_int_equal(journal_read(j, -1, count, NULL, &entries, NULL), STATUS_OK);
    assert_int_equal(json_array_size(entries), count);
    if (first)
        *first = json_number(json_array_get(entries, 0), "id", 0);
    int64_t last = json_number(json_array_get(entries, (size_t)count - 1), "id", 0);
    json_decref(entries);
    journal_close(j);
    return last;
}

static void file(const char *command)
{
    char text[300];
    text_format(text, sizeof text, "cd %s && %s", dir, command);
    assert_int_equal(system(text), 0);
}

static void ids_rise_over_restarts(void **state)
{
    int64_t first, last = live(3, &first);
    (void)state;
    assert_int_equal(last, first + 2);
    assert_true(first > 0 && last < (INT64_C(1) << 53));
    int64_t again = live(1, &first);
    assert_true(again > last && again < (INT64_C(1) << 53));
}

static void a_journal_made_anew_has_other_ids(void **state)
{
    int64_t first, last = live(50, &first);
    (void)state;
    file("rm journal.db*");
    int64_t then_first, then_last = live(50, &then_first);
    assert_true(then_first > last || then_last < first);
}

static void a_journal_restored_from_a_copy_goes_on_elsewhere(void **state)
{
    int64_t first, first_then;
    (void)state;
    live(5, NULL);
    file("cp journal.db kept");
    int64_t last = live(50, &first);
    file("rm journal.db* && mv kept journal.db");
    int64_t last_then = live(50, &first_then);
    assert_true(first_then > last || last_then < first);
}

static void trimming_counts_entries_not_ids(void **state)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    (void)state;
    live(700, NULL);
    int64_t last = live(700, NULL); /* a gap of ids between the two */
    assert_int_equal(journal_open(dir, &j, NULL), STATUS_OK);
    assert_int_equal(journal_mark_sent(j, last, NULL), STATUS_OK);
    for (int i = 0; i < 10; i++)
        assert_int_equal(journal_trim(j, 1000, NULL), STATUS_OK);
    assert_int_equal(journal_read(j, 0, 10000, NULL, &entries, NULL), STATUS_OK);
    assert_int_equal(json_array_size(entries), 1000);
    json_decref(entries);
    /* Of those that the panel does not have, ten times as many stay. */
    assert_int_equal(journal_mark_sent(j, 0, NULL), STATUS_OK);
    for (int i = 0; i < 10; i++)
        assert_int_equal(journal_trim(j, 90, NULL), STATUS_OK);
    assert_int_equal(journal_read(j, 0, 10000, NULL, &entries, NULL), STATUS_OK);
    assert_int_equal(json_array_size(entries), 900);
    json_decref(entries);
    journal_close(j);
}

static void change(const char *sql)
{
    char path[100];
    sqlite3 *db = NULL;
    text_format(path, sizeof path, "%s/journal.db", dir);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* An entry gives back how its text was made; a row of an older version, and one whose record is damaged, its text. */
static void entries_keep_how_they_were_made(void **state)
{
    struct journal *j = NULL;
    json_t *entries = NULL;
    struct error e = {0};
    struct buf b;
    char said[SAID_MAX];
    (void)state;
    error_set(&e, STATUS_NOT_FOUND, "file_missing", "no file %s", "received");
    said_format(said, sizeof said, "it cannot be read: %-s", error_said(&e));
    assert_int_equal(journal_open(dir, &j, NULL), STATUS_OK);
    for (int i = 0; i < 3; i++)
        assert_int_equal(
            journal_add(j, &(struct journal_entry){.level = "info", .code = "test", .said = said},
                        NULL),
            STATUS_OK);
    journal_close(j);
    change("UPDATE entries SET said=NULL WHERE id%3=0;"
           "UPDATE entries SET said='[\"%n' WHERE id%3=1");
    assert_int_equal(journal_open(dir, &j, NULL), STATUS_OK);
    assert_int_equal(journal_read(j, -1, 10, NULL, &entries, NULL), STATUS_OK);
    assert_int_equal(json_array_size(entries), 3);
    for (size_t i = 0; i < 3; i++) {
        const json_t *entry = json_array_get(entries, i);
        assert_string_equal(json_text(entry, "text", ""), "it cannot be read: no file received");
        json_t *record = json_object_get(json_object_get(entry, "said"), "text");
        if (json_number(entry, "id", 0) % 3 == 2)
            assert_string_equal(json_string_value(json_array_get(json_array_get(record, 1), 1)),
                                "received");
        buf_init(&b, 1000);
        said_show(&b, entry, "text");
        assert_string_equal(buf_text(&b), "it cannot be read: no file received");
        buf_free(&b);
    }
    json_decref(entries);
    journal_close(j);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ids_rise_over_restarts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_journal_made_anew_has_other_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_journal_restored_from_a_copy_goes_on_elsewhere, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(trimming_counts_entries_not_ids, set_up, tear_down),
        cmocka_unit_test_setup_teardown(entries_keep_how_they_were_made, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
