/* A large file has its name only when it is whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/part.h"
#include "unit.h"

static char directory[200], path[300];

static int set_up(void **state)
{
    (void)state;
    unit_directory(directory, sizeof directory);
    text_format(path, sizeof path, "%s/stock.csv", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return dir_remove(directory, NULL) == STATUS_OK ? 0 : 1;
}

static void content_is(const char *wanted)
{
    struct buf b;
    buf_init(&b, 1000);
    assert_int_equal(file_read(path, &b, NULL, NULL), STATUS_OK);
    assert_string_equal(buf_text(&b), wanted);
    buf_free(&b);
}

static size_t names_in(const char *dir, bool hidden)
{
    struct dir *d = dir_open(dir);
    size_t count = 0;
    for (const char *name; (name = dir_next(d)) != NULL;)
        count += hidden || name[0] != '.';
    dir_close(d);
    return count;
}

static struct part *begun(const char *text)
{
    struct part *p = NULL;
    struct error e = {0};
    if (part_open(path, 0644, &p, &e) != STATUS_OK ||
        part_write(p, text, strlen(text), &e) != STATUS_OK)
        fail_msg("%s", e.text);
    return p;
}

static void it_is_there_when_it_is_whole(void **state)
{
    (void)state;
    struct stat st;
    struct part *p = begun("one,");
    assert_int_equal(names_in(directory, false), 0);
    assert_int_equal(part_write(p, "two", 3, NULL), STATUS_OK);
    assert_int_equal(part_finish(p, NULL), STATUS_OK);
    content_is("one,two");
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    p = begun("three");
    content_is("one,two");
    assert_int_equal(part_finish(p, NULL), STATUS_OK);
    content_is("three");
    assert_int_equal(names_in(directory, true), 1);
}

static void what_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    part_drop(begun("half"));
    part_drop(NULL);
    assert_int_equal(names_in(directory, true), 0);
}

static void a_part_that_a_dead_process_left_is_in_nobodys_way(void **state)
{
    (void)state;
    char left[300];
    text_format(left, sizeof left, "%s/.stock.csv.tmp", directory);
    FILE *f = fopen(left, "w");
    fputs("half of an older one", f);
    fclose(f);
    assert_int_equal(part_finish(begun("whole"), NULL), STATUS_OK);
    content_is("whole");
    assert_int_equal(names_in(directory, true), 1);
}

static void a_directory_in_its_place_is_not_replaced(void **state)
{
    (void)state;
    struct error e = {0};
    assert_true(dir_make(path, 0700));
    assert_int_equal(part_finish(begun("x"), &e), STATUS_INVALID);
    assert_int_equal(names_in(directory, true), 1);
}

int main(void)
{
#define PART_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        PART_TEST(it_is_there_when_it_is_whole),
        PART_TEST(what_is_given_up_leaves_nothing),
        PART_TEST(a_part_that_a_dead_process_left_is_in_nobodys_way),
        PART_TEST(a_directory_in_its_place_is_not_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
