/* log: what reaches systemd's journal, and the file that is rotated. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/log.h"

static char dir[64], path[96];

static int set_up(void **state)
{
    (void)state;
    text_copy(dir, sizeof dir, "/tmp/endpoint-log-XXXXXX");
    return mkdtemp(dir) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    log_to_file(NULL, 0, 0);
    log_to_journal(NULL);
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : 1;
}

/* What stands in for journald; the last datagram as text. */
static int listen_here(void)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    text_format(path, sizeof path, "%s/journal", dir);
    text_copy(a.sun_path, sizeof a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
    log_to_journal(path);
    return fd;
}

static void receive(int fd, char *text, size_t size)
{
    ssize_t n = recv(fd, text, size - 1, 0);
    assert_true(n > 0);
    text[n] = '\0';
}

static void fields_reach_the_journal(void **state)
{
    char text[8192];
    int fd = listen_here();
    (void)state;
    log_event(LOG_WARNING, "orders", "A-1", "price_missing", "line 2: %s", "no price");
    receive(fd, text, sizeof text);
    assert_string_equal(
        text, "PRIORITY=4\nSYSLOG_IDENTIFIER=tests\nMESSAGE=line 2: no price\nPLUGIN=orders\n"
              "ORDER=A-1\nCODE=price_missing\n");
    log_set_plugin("stock");
    log_info("all is well");
    receive(fd, text, sizeof text);
    assert_string_equal(text,
                        "PRIORITY=6\nSYSLOG_IDENTIFIER=tests\nMESSAGE=all is well\nPLUGIN=stock\n");
    log_set_plugin("");
    close(fd);
}

static void an_error_carries_its_code(void **state)
{
    char text[8192];
    int fd = listen_here();
    struct error e = {0};
    (void)state;
    error_set(&e, STATUS_TIMEOUT, "tds_timeout", "no answer");
    log_problem(LOG_ERROR, "stock", &e);
    receive(fd, text, sizeof text);
    assert_non_null(strstr(text, "\nCODE=tds_timeout\n"));
    assert_non_null(strstr(text, "PRIORITY=3\n"));
    close(fd);
}

static void a_message_cannot_forge_fields_and_is_cut(void **state)
{
    char text[32768], big[9000];
    int fd = listen_here();
    (void)state;
    log_event(LOG_INFO, "x\nPRIORITY=0", NULL, NULL, "one\nCODE=forged\n");
    receive(fd, text, sizeof text);
    assert_null(strstr(text, "\nCODE="));
    assert_null(strstr(text, "\nPRIORITY="));
    memset(big, 'a', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    log_info("%s", big);
    receive(fd, text, sizeof text);
    assert_true(strlen(text) < 4300);
    assert_non_null(strstr(text, "a…\n"));
    close(fd);
}

static int64_t size_of(const char *name)
{
    struct stat st;
    return stat(name, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void two_processes_share_a_rotated_file(void **state)
{
    char name[128];
    struct buf all;
    enum { LINES = 300, LIMIT = 8192, KEPT = 40 };
    (void)state;
    text_format(path, sizeof path, "%s/endpoint.log", dir);
    int quiet = open("/dev/null", O_WRONLY), old = dup(2);
    dup2(quiet, 2);
    log_to_file(path, LIMIT, KEPT);
    pid_t pid = fork();
    for (int i = 0; i < LINES; i++)
        log_event(LOG_INFO, NULL, NULL, "c", "line %s-%d.", pid ? "parent" : "child", i);
    if (pid == 0)
        _Exit(0);
    waitpid(pid, NULL, 0);
    dup2(old, 2);
    buf_init(&all, 1 << 20);
    for (int i = 0; i <= KEPT; i++) {
        text_format(name, sizeof name, i ? "%s.%d" : "%s", path, i);
        if (size_of(name) < 0)
            continue;
        assert_true(size_of(name) <= LIMIT + 512);
        assert_int_equal(file_read(name, &all, NULL, NULL), STATUS_OK);
    }
    assert_true(size_of(path) >= 0);
    for (int i = 0; i < LINES; i++) {
        for (int who = 0; who < 2; who++) {
            text_format(name, sizeof name, "line %s-%d. code=c\n", who ? "parent" : "child", i);
            assert_non_null(strstr(buf_text(&all), name));
        }
    }
    buf_free(&all);
    close(old);
    close(quiet);
}

static void only_so_many_old_files_are_kept(void **state)
{
    char name[128];
    (void)state;
    text_format(path, sizeof path, "%s/endpoint.log", dir);
    int quiet = open("/dev/null", O_WRONLY), old = dup(2);
    dup2(quiet, 2);
    log_to_file(path, 1024, 2);
    for (int i = 0; i < 200; i++)
        log_info("a line that is some forty bytes long, %d", i);
    dup2(old, 2);
    for (int i = 1; i <= 3; i++) {
        text_format(name, sizeof name, "%s.%d", path, i);
        assert_int_equal(size_of(name) >= 0, i <= 2);
    }
    close(old);
    close(quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(fields_reach_the_journal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_error_carries_its_code, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_message_cannot_forge_fields_and_is_cut, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(two_processes_share_a_rotated_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(only_so_many_old_files_are_kept, set_up, tear_down),
    };
    log_open("tests", LOG_INFO);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
