/* config/path_check: what a setting's path is used for, and what stands in the way. */
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

#include "base/text.h"
#include "config/path_check.h"
#include "os/dir.h"
#include "os/file.h"
#include "unit.h"

#define TEST(f) cmocka_unit_test(f)

static char home[100];

static const char *in_home(const char *name)
{
    static char path[200];
    text_format(path, sizeof path, "%s/%s", home, name);
    return path;
}

static void refused(enum path_use use, const char *name, const char *code)
{
    struct error e = {0};
    assert_int_not_equal(path_check(use, in_home(name), &e), STATUS_OK);
    assert_string_equal(e.code, code);
    assert_non_null(strstr(e.text, home));
}

static void each_setting_has_its_use(void **state)
{
    (void)state;
    assert_int_equal(path_use_of("orders.epp_dir"), PATH_MAKE_IN);
    assert_int_equal(path_use_of("orders.command"), PATH_RUN);
    assert_int_equal(path_use_of("log.file"), PATH_APPEND);
    assert_int_equal(path_use_of("panel.ca"), PATH_READ);
    assert_int_equal(path_use_of("erp.tls_ca"), PATH_READ);
}

static void what_is_there_is_fine(void **state)
{
    (void)state;
    assert_int_equal(path_check(PATH_READ, in_home("file"), NULL), STATUS_OK);
    assert_int_equal(path_check(PATH_RUN, "/bin/sh", NULL), STATUS_OK);
    assert_int_equal(path_check(PATH_MAKE_IN, in_home("dir"), NULL), STATUS_OK);
    assert_int_equal(path_check(PATH_ENTER, in_home("dir"), NULL), STATUS_OK);
    assert_int_equal(path_check(PATH_APPEND, in_home("dir/new.log"), NULL), STATUS_OK);
}

static void what_is_not_there_is_missing(void **state)
{
    (void)state;
    refused(PATH_READ, "none", "path_missing");
    refused(PATH_MAKE_IN, "none", "path_missing");
    refused(PATH_READ, "file/below", "path_missing");
    refused(PATH_APPEND, "none/new.log", "path_missing");
}

static void the_wrong_kind_and_rights_are_named(void **state)
{
    (void)state;
    refused(PATH_MAKE_IN, "file", "path_kind");
    refused(PATH_READ, "dir", "path_kind");
    refused(PATH_RUN, "file", "path_denied"); /* no x: not even root may */
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(each_setting_has_its_use), TEST(what_is_there_is_fine),
                                       TEST(what_is_not_there_is_missing),
                                       TEST(the_wrong_kind_and_rights_are_named)};
    unit_directory(home, sizeof home);
    if (mkdir(in_home("dir"), 0700) != 0 ||
        file_create(in_home("file"), "x", 1, 0600, NULL) != STATUS_OK)
        return 1;
    int failed = cmocka_run_group_tests_name("path_check", tests, NULL, NULL);
    dir_remove(home, NULL);
    return failed;
}
