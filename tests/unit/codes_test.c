/* What is red or amber always says what to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/codes.h"
#include "base/error.h"
#include "base/json.h"
#include "check/check.h"
#include "os/log.h"

static void test_error_without_a_remedy_has_its_codes(void **state)
{
    const struct code *c;
    (void)state;
    for (size_t i = 0; (c = codes_at(i)); i++) {
        struct error e = {0};
        error_set(&e, STATUS_IO, c->code, "it failed");
        json_t *o = json_from_error(&e);
        assert_string_equal(json_text(o, "remedy", ""), c->remedy);
        json_decref(o);
    }
}

static void test_own_remedy_stays(void **state)
{
    struct error e = {0};
    (void)state;
    assert_string_equal(error_advice(&e), "");
    error_set(&e, STATUS_IO, "tcp", "it failed");
    error_remedy(&e, "Do this.");
    assert_string_equal(error_advice(&e), "Do this.");
    error_set(&e, STATUS_REFUSED, "shop_says_no", "a code of another's");
    assert_true(strlen(error_advice(&e)) > 20);
}

static void test_red_and_amber_checks_say_what_to_do(void **state)
{
    (void)state;
    for (int result = CHECK_OK; result <= CHECK_SKIPPED; result++) {
        struct check c = {.code = "erp.tcp", .title = "x", .result = (enum check_result)result};
        struct buf b;
        bool bad = result == CHECK_FAIL || result == CHECK_WARN;
        json_t *o = check_to_json(&c);
        assert_int_equal(strlen(json_text(o, "remedy", "")) > 20, bad);
        json_decref(o);
        buf_init(&b, 65536);
        check_print(&b, &c, false, 200);
        assert_int_equal(strstr(buf_text(&b), "> ") != NULL, bad);
        buf_free(&b);
    }
}

static void test_failed_check_takes_the_errors_code(void **state)
{
    struct check c = {.code = "orders.directory"};
    struct error e = {0};
    (void)state;
    error_set(&e, STATUS_IO, "epp_dir", "it failed");
    assert_int_equal(check_failed(&c, &e), CHECK_FAIL);
    assert_string_equal(c.remedy, codes_find("epp_dir")->remedy);
}

static void test_log_says_what_to_do(void **state)
{
    char path[] = "/tmp/codes-test-XXXXXX", text[2048] = "";
    struct error e = {0};
    (void)state;
    int fd = mkstemp(path), old = dup(STDERR_FILENO);
    assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
    error_set(&e, STATUS_IO, "disk_full", "no room");
    log_problem(LOG_ERROR, "test", &e);
    dup2(old, STDERR_FILENO);
    assert_true(pread(fd, text, sizeof text - 1, 0) > 0);
    assert_non_null(strstr(text, codes_find("disk_full")->remedy));
    close(old);
    close(fd);
    unlink(path);
}

static void test_nearest(void **state)
{
    (void)state;
    assert_string_equal(codes_nearest("erp_logni")->code, "erp_login");
    assert_null(codes_nearest("something quite different"));
    assert_null(codes_find("erp_logni"));
    assert_null(codes_at(100000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_error_without_a_remedy_has_its_codes),
        cmocka_unit_test(test_own_remedy_stays),
        cmocka_unit_test(test_red_and_amber_checks_say_what_to_do),
        cmocka_unit_test(test_failed_check_takes_the_errors_code),
        cmocka_unit_test(test_log_says_what_to_do),
        cmocka_unit_test(test_nearest),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
