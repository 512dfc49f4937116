/* The rows of a file that is always written whole: they last, they know whose they are, and damage begins anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/text.h"
#include "os/dir.h"
#include "store/whole.h"
#include "unit.h"

static char directory[200];

static int set_up(void **state)
{
    (void)state;
    unit_directory(directory, sizeof directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return dir_remove(directory, NULL) == STATUS_OK ? 0 : 1;
}

static struct whole *opened(void)
{
    struct whole *w;
    struct error e = {0};
    if (whole_open(directory, "stany", &w, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return w;
}

static void put(struct whole *w, const char *key, const char *data)
{
    assert_int_equal(whole_begin(w, NULL), STATUS_OK);
    assert_int_equal(
        data ? whole_put(w, key, data, strlen(data), NULL) : whole_delete(w, key, NULL), STATUS_OK);
    assert_int_equal(whole_commit(w, NULL), STATUS_OK);
}

static enum status collect(void *user, const char *key, const char *data, struct error *e)
{
    (void)e;
    buf_printf(user, "%s=%s;", key, data);
    return STATUS_OK;
}

static void holds(struct whole *w, const char *wanted)
{
    struct buf b;
    buf_init(&b, 1000);
    assert_int_equal(whole_each(w, collect, &b, NULL), STATUS_OK);
    assert_string_equal(buf_text(&b), wanted);
    buf_free(&b);
}

static void rows_last_and_the_last_value_counts(void **state)
{
    (void)state;
    char life[WHOLE_LIFE];
    struct whole *w = opened();
    assert_false(whole_is_dirty(w));
    put(w, "b", "1");
    put(w, "a", "2");
    put(w, "b", "3");
    put(w, "c", "4");
    put(w, "c", NULL);
    put(w, "unknown", NULL);
    text_copy(life, sizeof life, whole_life(w));
    whole_close(w);
    w = opened();
    assert_true(whole_is_dirty(w));
    assert_string_equal(whole_life(w), life);
    holds(w, "a=2;b=3;");
    assert_int_equal(whole_written(w, NULL), STATUS_OK);
    whole_close(w);
    w = opened();
    assert_false(whole_is_dirty(w));
    holds(w, "a=2;b=3;");
    whole_close(w);
}

static void what_was_not_committed_was_never_there(void **state)
{
    (void)state;
    struct whole *w = opened();
    put(w, "a", "1");
    assert_int_equal(whole_begin(w, NULL), STATUS_OK);
    assert_int_equal(whole_put(w, "a", "2", 1, NULL), STATUS_OK);
    whole_close(w); /* as if killed */
    w = opened();
    holds(w, "a=1;");
    assert_int_equal(whole_begin(w, NULL), STATUS_OK);
    assert_int_equal(whole_put(w, "a", "2", 1, NULL), STATUS_OK);
    whole_rollback(w);
    holds(w, "a=1;");
    whole_close(w);
}

static void a_new_life_has_another_name_and_no_rows(void **state)
{
    (void)state;
    char life[WHOLE_LIFE];
    struct whole *w = opened();
    put(w, "a", "1");
    text_copy(life, sizeof life, whole_life(w));
    assert_int_equal(whole_renew(w, NULL), STATUS_OK);
    assert_string_not_equal(whole_life(w), life);
    assert_false(whole_is_dirty(w));
    holds(w, "");
    whole_close(w);
}

static void a_damaged_file_is_kept_aside_and_begins_anew(void **state)
{
    (void)state;
    char life[WHOLE_LIFE], path[300];
    struct whole *w = opened();
    put(w, "a", "1");
    text_copy(life, sizeof life, whole_life(w));
    whole_close(w);
    text_format(path, sizeof path, "%s/files/stany.db", directory);
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    for (int i = 0; i < 200; i++)
        fputs("this is no database ", f);
    fclose(f);
    w = opened();
    assert_string_not_equal(whole_life(w), life);
    holds(w, "");
    whole_close(w);
}

int main(void)
{
#define WHOLE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        WHOLE_TEST(rows_last_and_the_last_value_counts),
        WHOLE_TEST(what_was_not_committed_was_never_there),
        WHOLE_TEST(a_new_life_has_another_name_and_no_rows),
        WHOLE_TEST(a_damaged_file_is_kept_aside_and_begins_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
