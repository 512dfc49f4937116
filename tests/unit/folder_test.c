/* os/folder, os/dir, os/file: what is looked at and moved is what was meant, and never what a link leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/folder.h"
#include "unit.h"

static char top[64], path[200];

static const char *at(const char *name)
{
    text_format(path, sizeof path, "%s/%s", top, name);
    return path;
}

static int set_up(void **state)
{
    (void)state;
    unit_directory(top, sizeof top);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return dir_remove(top, NULL) == STATUS_OK ? 0 : -1;
}

static void links(void **state)
{
    (void)state;
    struct file_look l;
    assert_int_equal(file_replace(at("file"), "abc", 3, 0640, NULL, NULL), STATUS_OK);
    assert_int_equal(symlink("file", at("link")), 0);
    assert_true(file_look(at("link"), &l));
    assert_int_equal(l.kind, FILE_REGULAR);
    assert_int_equal(l.size, 3);
    assert_int_equal(l.mode, 0640);
    assert_true(file_look_itself(at("link"), &l));
    assert_int_equal(l.kind, FILE_LINK);
    assert_int_equal(file_open(at("link"), 0600), -1);
    assert_int_equal(errno, ELOOP);
    struct folder *f = folder_open(top);
    assert_non_null(f);
    assert_true(folder_look(f, "link", &l));
    assert_int_equal(l.kind, FILE_LINK);
    assert_int_equal(folder_new(f, "link", 0600), -1);
    assert_int_equal(errno, EEXIST);
    assert_true(folder_remove(f, "link"));
    assert_true(file_exists(at("file")));
    assert_int_equal(symlink("/", at("below")), 0);
    assert_null(folder_below(f, "below", true, 0700));
    assert_false(file_exists(at("nothing")));
    assert_int_equal(errno, ENOENT);
    folder_close(f);
}

static void moving(void **state)
{
    (void)state;
    struct folder *f = folder_open(top), *done = folder_below(f, "done", true, 0700);
    assert_non_null(done);
    assert_null(folder_below(f, "other", false, 0));
    assert_int_equal(errno, ENOENT);
    for (int i = 0; i < 2; i++) {
        int fd = folder_new(f, "a", 0600);
        assert_true(fd >= 0);
        fd_close(&fd);
        assert_int_equal(folder_rename_new(f, "a", done, "a"), i == 0);
    }
    assert_int_equal(errno, EEXIST);
    assert_true(file_exists(at("a")));
    assert_true(folder_rename(f, "a", done, "a"));
    assert_false(file_exists(at("a")));
    assert_true(folder_link(done, "a", "b"));
    assert_false(folder_link(done, "a", "b"));
    struct file_look l;
    assert_true(folder_look(done, "a", &l));
    assert_int_equal(l.links, 2);
    /* The folder is the directory, whatever it is called by now. */
    char other[200];
    text_format(other, sizeof other, "%s/elsewhere", top);
    assert_true(file_rename(at("done"), other));
    assert_true(folder_remove(done, "b"));
    assert_true(file_exists(at("elsewhere/a")));
    assert_true(folder_sync(done));
    folder_close(done);
    folder_close(f);
}

static bool is_conf(const char *name)
{
    return text_ends(name, ".conf");
}

static void names(void **state)
{
    (void)state;
    static const char *const made[] = {"b.conf", "B.conf", ".h.conf", "a.conf", "x"};
    char **all;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(file_replace(at(made[i]), "", 0, 0600, NULL, NULL), STATUS_OK);
    assert_int_equal(dir_names(top, is_conf, &all), 4);
    assert_string_equal(all[0], ".h.conf");
    assert_string_equal(all[1], "B.conf");
    assert_string_equal(all[2], "a.conf");
    assert_string_equal(all[3], "b.conf");
    dir_names_free(all, 4);
    assert_int_equal(dir_names(at("none"), NULL, &all), -1);
    dir_names_free(all, -1);
    struct dir *d = dir_open(top);
    int count = 0;
    while (dir_next(d))
        count++;
    dir_close(d);
    assert_int_equal(count, 5); /* neither "." nor ".." */
}

static void ends_of_files(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 100);
    assert_int_equal(file_replace(at("log"), "0123456789", 10, 0600, NULL, NULL), STATUS_OK);
    assert_true(file_read_end(at("log"), 4, &b));
    assert_string_equal(buf_text(&b), "6789");
    buf_reset(&b);
    assert_true(file_read_end(at("log"), 40, &b));
    assert_string_equal(buf_text(&b), "0123456789");
    assert_false(file_read_end(at("none"), 4, &b));
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(moving, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_of_files, set_up, tear_down)};
    return cmocka_run_group_tests_name("folder", tests, NULL, NULL);
}
