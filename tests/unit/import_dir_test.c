/* erp/import_dir: whose directory it is, whatever lies in it and whatever its file system cannot do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "document/import_dir.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "unit.h"

static char dir[64], mark[128];
static bool poor; /* the file system knows neither links nor a rename that replaces nothing */
static struct error e;

static const struct import_owner mine = {.endpoint = "ep-1", .host = "srv-erp"},
                                 other = {.endpoint = "ep-2", .host = "srv-erp"},
                                 clone = {.endpoint = "ep-1", .host = "srv-erp-2"},
                                 upper = {.endpoint = "ep-1", .host = "SRV-ERP"};

int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (!poor)
        return __real_renameat2(from_dir, from, to_dir, to, flags);
    errno = EINVAL;
    return -1;
}

int __real_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to);
int __wrap_link(const char *from, const char *to)
{
    if (!poor)
        return __real_link(from, to);
    errno = EPERM;
    return -1;
}

static int set_up(void **state)
{
    (void)state;
    unit_directory(dir, sizeof dir);
    snprintf(mark, sizeof mark, "%s/%s", dir, IMPORT_MARK);
    poor = false;
    error_clear(&e);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    chmod(dir, 0700);
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

static void put(const char *text)
{
    int fd = open(mark, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0 && fd_write_all(fd, text, strlen(text)));
    close(fd);
}

/* How many names are in the directory: nothing may be left lying about. */
static int names(void)
{
    char command[200], line[16] = "";
    snprintf(command, sizeof command, "ls -A %s | wc -l", dir);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof line, out));
    pclose(out);
    return atoi(line);
}

static void the_first_one_has_it(void **state)
{
    (void)state;
    struct import_owner found;
    struct stat st;
    mode_t before = umask(077);
    assert_int_equal(import_dir_owner(dir, &found, &e), STATUS_END);
    assert_int_equal(import_dir_check(dir, &other, &e),
                     STATUS_OK); /* nobody's; asking marks nothing */
    assert_int_equal(names(), 0);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    umask(before);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &upper, &e),
                     STATUS_OK); /* names of machines have no case */
    assert_int_equal(stat(mark, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644); /* the other one has to be able to read it */
    assert_int_equal(import_dir_own(dir, &other, &e), STATUS_REFUSED);
    assert_string_equal(e.code, "epp_owner");
    assert_non_null(strstr(e.text, "another endpoint, ep-1 on the machine srv-erp"));
    assert_non_null(strstr(e.remedy, "take-directory"));
    assert_int_equal(import_dir_check(dir, &other, &e), STATUS_REFUSED);
    assert_int_equal(import_dir_check(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &clone, &e), STATUS_REFUSED);
    assert_non_null(strstr(e.text, "this endpoint on the machine srv-erp (since 20"));
    assert_non_null(strstr(e.text, "this is srv-erp-2"));
    assert_int_equal(import_dir_owner(dir, &found, &e), STATUS_OK);
    assert_string_equal(found.endpoint, "ep-1");
    assert_int_equal(import_dir_own(dir, &other, NULL), STATUS_REFUSED);
    assert_int_equal(names(), 1);
}

static void a_person_takes_it_over(void **state)
{
    (void)state;
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_take(dir, &other, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &other, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_REFUSED); /* the old one stops */
    assert_int_equal(names(), 1);
}

static void what_is_no_mark_is_nobodys_to_delete(void **state)
{
    (void)state;
    static char long_text[6000];
    memset(long_text, ' ', sizeof long_text - 1);
    const char *const texts[] = {
        "",       "{", "{}", "[1]", "{\"endpoint\":7,\"host\":\"x\"}", "{\"endpoint\":\"ep-1\"}",
        long_text};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put(texts[i]);
        assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_INVALID);
        assert_non_null(strstr(e.text, "does not say whose"));
        assert_non_null(strstr(e.remedy, "take-directory"));
        struct buf b;
        buf_init(&b, 8192);
        assert_int_equal(file_read(mark, &b, NULL, &e), STATUS_OK);
        assert_string_equal(buf_text(&b), texts[i]);
        buf_free(&b);
    }
    assert_int_equal(import_dir_take(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_int_equal(unlink(mark), 0);
    assert_int_equal(mkfifo(mark, 0600), 0); /* nor does it hang */
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_INVALID);
    assert_int_equal(import_dir_take(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
}

/* Who may write into the directory must not make us write elsewhere. */
static void a_link_is_not_followed(void **state)
{
    (void)state;
    char victim[128];
    struct stat st;
    snprintf(victim, sizeof victim, "%s/victim", dir);
    assert_int_equal(symlink(victim, mark), 0);
    assert_int_not_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_non_null(strstr(e.remedy, "take-directory"));
    assert_int_equal(import_dir_take(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_int_not_equal(lstat(victim, &st), 0);
}

static void a_poor_file_system_will_do(void **state)
{
    (void)state;
    poor = true;
    assert_int_equal(import_dir_own(dir, &mine, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &other, &e), STATUS_REFUSED);
    assert_int_equal(import_dir_take(dir, &other, &e), STATUS_OK);
    assert_int_equal(import_dir_own(dir, &other, &e), STATUS_OK);
    assert_int_equal(names(), 1);
}

static void a_directory_that_is_not_there_is_said(void **state)
{
    (void)state;
    char gone[128];
    snprintf(gone, sizeof gone, "%s/gone", dir);
    assert_int_equal(import_dir_own(gone, &mine, &e), STATUS_NOT_FOUND);
    assert_non_null(strstr(e.text, gone));
    assert_true(e.remedy[0]);
    assert_int_not_equal(import_dir_take(gone, &mine, &e), STATUS_OK);
}

/* Many at once: one of them has it, all others know whose it is. */
static void one_of_many_gets_it(void **state)
{
    for (int round = 0; round < 20; round++) {
        int owners = 0, ready[2];
        poor = round % 2;
        assert_int_equal(pipe(ready), 0);
        pid_t children[8];
        for (int i = 0; i < 8; i++) {
            children[i] = fork();
            assert_true(children[i] >= 0);
            if (children[i] == 0) {
                struct import_owner me = {.host = "srv"};
                char byte;
                snprintf(me.endpoint, sizeof me.endpoint, "ep-%d", i);
                close(ready[1]);
                _exit(read(ready[0], &byte, 1) == 0 && import_dir_own(dir, &me, &e) == STATUS_OK);
            }
        }
        close(ready[0]);
        close(ready[1]); /* all go */
        for (int i = 0; i < 8; i++) {
            int code = 0;
            assert_int_equal(waitpid(children[i], &code, 0), children[i]);
            owners += WIFEXITED(code) && WEXITSTATUS(code) == 1;
        }
        assert_int_equal(owners, 1);
        assert_int_equal(names(), 1);
        assert_int_equal(unlink(mark), 0);
    }
    (void)state;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_one_has_it),
        TEST(a_person_takes_it_over),
        TEST(what_is_no_mark_is_nobodys_to_delete),
        TEST(a_link_is_not_followed),
        TEST(a_poor_file_system_will_do),
        TEST(a_directory_that_is_not_there_is_said),
        TEST(one_of_many_gets_it),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
