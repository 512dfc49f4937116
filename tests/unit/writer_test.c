/* The writer of files: every call that can fail fails once, and a process is killed between any two
 * steps; afterwards recover() must tell the truth, and nothing may be written twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/memory.h"
#include "base/text.h"
#include "document/writer.h"
#include "mapping/mapping.h"
#include "os/dir.h"
#include "os/file.h"

#define MARKER "EP0123456789ABCDEFGH"
#define TEXT   "[INFO]\r\n\r\n"

static char directory[256];
static struct config *config;

/* Those of the configuration at hand. */
static const struct order_settings *settings(void)
{
    static struct order_settings of_config;
    of_config = order_settings_of(config);
    return &of_config;
}
static struct mapping mapping = {
    .orders = {.present = true, .writers = {"epp"}, .writer_count = 1}};

/* ---- calls that fail when told to, or kill the process
 * ------------------------------------------- */

static struct {
    const char *call;
    int at, errnum; /* the at-th call fails; errnum 0: the process is killed before it */
    int seen;
} trap;

static bool trapped(const char *call)
{
    if (!trap.call || (strcmp(trap.call, call) != 0 && strcmp(trap.call, "any") != 0) ||
        ++trap.seen != trap.at)
        return false;
    if (!trap.errnum)
        kill(getpid(), SIGKILL);
    errno = trap.errnum;
    return true;
}

int __real_openat(int dir, const char *name, int flags, ...);
int __wrap_openat(int dir, const char *name, int flags, ...);
int __wrap_openat(int dir, const char *name, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = va_arg(args, mode_t);
    va_end(args);
    return trapped("openat") ? -1 : __real_openat(dir, name, flags, mode);
}

ssize_t __real_write(int fd, const void *data, size_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length);
ssize_t __wrap_write(int fd, const void *data, size_t length)
{
    return trapped("write") ? -1 : __real_write(fd, data, length);
}

int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode)
{
    return trapped("fchmod") ? -1 : __real_fchmod(fd, mode);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    return trapped("fsync") ? -1 : __real_fsync(fd);
}

static int no_renameat2; /* errno of a file system that has none */

int __real_renameat2(int from, const char *a, int to, const char *b, unsigned flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags);
int __wrap_renameat2(int from, const char *a, int to, const char *b, unsigned flags)
{
    if (no_renameat2) {
        errno = no_renameat2;
        return -1;
    }
    return trapped("renameat2") ? -1 : __real_renameat2(from, a, to, b, flags);
}

int __real_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b);
int __wrap_renameat(int from, const char *a, int to, const char *b)
{
    return trapped("renameat") ? -1 : __real_renameat(from, a, to, b);
}

int __real_linkat(int from, const char *a, int to, const char *b, int flags);
int __wrap_linkat(int from, const char *a, int to, const char *b, int flags);
int __wrap_linkat(int from, const char *a, int to, const char *b, int flags)
{
    return trapped("linkat") ? -1 : __real_linkat(from, a, to, b, flags);
}

int __real_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags);
int __wrap_unlinkat(int dir, const char *name, int flags)
{
    return trapped("unlinkat") ? -1 : __real_unlinkat(dir, name, flags);
}

static void set_trap(const char *call, int at, int errnum)
{
    trap.call = call;
    trap.at = at;
    trap.errnum = errnum;
    trap.seen = 0;
}

/* ---- a directory, a writer, a document
 * ----------------------------------------------------------- */

static void configure(const char *path)
{
    json_t *settings = json_pack("{s:s,s:s}", "orders.writer", "epp", "orders.epp_dir", path);
    config_free(config);
    assert_int_equal(config_from_json(settings, &config, NULL), STATUS_OK);
    json_decref(settings);
}

static int set_up(void **state)
{
    (void)state;
    text_format(directory, sizeof directory, "%s/writer-test-XXXXXX",
                getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    if (!mkdtemp(directory))
        return -1;
    no_renameat2 = 0;
    set_trap(NULL, 0, 0);
    configure(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    set_trap(NULL, 0, 0);
    config_free(config);
    config = NULL;
    return dir_remove(directory, NULL) == STATUS_OK ? 0 : -1;
}

static struct writer *opened(void)
{
    struct writer *w = NULL;
    struct error e = {0};
    assert_int_equal(writer_find("epp")->open(settings(), &mapping, NULL, &w, &e), STATUS_OK);
    return w;
}

static struct order_document make_document(const char *marker)
{
    struct order_document d = {.fields = NULL};
    text_copy(d.marker, sizeof d.marker, marker);
    buf_init(&d.text, 1000);
    buf_add_text(&d.text, TEXT);
    return d;
}

static bool exists(const char *name)
{
    char path[400];
    text_format(path, sizeof path, "%s/%s", directory, name);
    return access(path, F_OK) == 0;
}

static bool final_exists(void)
{
    return exists(MARKER ".epp");
}

static bool left_behind(void)
{
    return exists("." MARKER ".epp.tmp") || exists("." MARKER ".epp.out");
}

static enum written recovered(bool staged)
{
    const struct writer_ops *ops = writer_find("epp");
    struct writer *w = opened();
    struct writer_outcome out;
    enum written written = ops->recover(w, MARKER, staged, &out);
    ops->close(w);
    return written;
}

/* ---- tests
 * --------------------------------------------------------------------------------------- */

static void a_file_appears_whole(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    struct writer *w = opened();
    struct order_document d = make_document(MARKER);
    struct writer_outcome out;
    struct buf kept;
    char path[400];
    assert_int_equal(ops->stage(w, &d, NULL), STATUS_OK);
    assert_true(exists("." MARKER ".epp.tmp"));
    assert_int_equal(ops->flush(w, NULL), STATUS_OK);
    assert_false(final_exists());
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_HANDED_OVER);
    assert_int_equal(ops->settle(w, NULL), STATUS_OK);
    assert_true(final_exists());
    assert_false(left_behind());
    buf_init(&kept, 1000);
    text_format(path, sizeof path, "%s/" MARKER ".epp", directory);
    assert_int_equal(file_read(path, &kept, NULL, NULL), STATUS_OK);
    assert_string_equal(buf_text(&kept), TEXT);
    buf_free(&kept);
    buf_free(&d.text);
    ops->close(w);
}

static void a_file_that_is_there_is_never_replaced(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    static const int systems[] = {0, EINVAL, ENOSYS};
    char path[400];
    text_format(path, sizeof path, "%s/" MARKER ".epp", directory);
    for (size_t i = 0; i < COUNT_OF(systems); i++) {
        no_renameat2 = systems[i];
        unlink(path);
        assert_int_equal(file_create(path, "first", 5, 0600, NULL), STATUS_OK);
        struct writer *w = opened();
        struct order_document d = make_document(MARKER);
        struct writer_outcome out;
        struct buf kept;
        assert_int_equal(ops->stage(w, &d, NULL), STATUS_OK);
        assert_int_equal(ops->flush(w, NULL), STATUS_OK);
        assert_int_equal(ops->write(w, &d, &out), WRITTEN_HANDED_OVER);
        assert_string_equal(out.error.code, "epp_exists");
        assert_false(left_behind());
        buf_init(&kept, 1000);
        assert_int_equal(file_read(path, &kept, NULL, NULL), STATUS_OK);
        assert_string_equal(buf_text(&kept), "first");
        buf_free(&kept);
        buf_free(&d.text);
        ops->close(w);
    }
}

/* Before write() a failure leaves nothing behind; whatever fails, afterwards it is known what is
 * true. */
static void every_call_may_fail(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    static const struct {
        const char *call;
        int at, errnum;
        enum status stage, flush;
        enum written write;
    } cases[] = {
        {"openat", 1, ENOSPC, STATUS_FULL, 0, 0},
        {"openat", 1, EACCES, STATUS_DENIED, 0, 0},
        {"openat", 1, EROFS, STATUS_DENIED, 0, 0},
        {"write", 1, ENOSPC, STATUS_FULL, 0, 0},
        {"write", 1, EDQUOT, STATUS_FULL, 0, 0},
        {"fchmod", 1, EIO, STATUS_IO, 0, 0},
        {"fsync", 1, EIO, STATUS_OK, STATUS_IO, 0},
        {"fsync", 2, ENOSPC, STATUS_OK, STATUS_FULL, 0},
        {"renameat2", 1, EIO, STATUS_OK, STATUS_OK, WRITTEN_NOT},
        {"renameat2", 1, EXDEV, STATUS_OK, STATUS_OK, WRITTEN_NOT},
        {"renameat2", 1, ENOSPC, STATUS_OK, STATUS_OK, WRITTEN_NOT},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct writer *w = opened();
        struct order_document d = make_document(MARKER);
        struct writer_outcome out;
        struct error e = {0};
        set_trap(cases[i].call, cases[i].at, cases[i].errnum);
        assert_int_equal(ops->stage(w, &d, &e), cases[i].stage);
        if (cases[i].stage == STATUS_OK)
            assert_int_equal(ops->flush(w, &e), cases[i].flush);
        if (cases[i].stage == STATUS_OK && cases[i].flush == STATUS_OK) {
            assert_int_equal(ops->write(w, &d, &out), cases[i].write);
            assert_true(*out.error.text && *out.error.remedy);
            assert_int_equal(recovered(true), WRITTEN_NOT);
            ops->unstage(w, MARKER);
        } else {
            assert_true(*e.text && *e.remedy);
        }
        assert_false(left_behind());
        assert_false(final_exists());
        set_trap(NULL, 0, 0);
        assert_int_equal(ops->stage(w, &d, &e), STATUS_OK); /* and then it goes on */
        ops->unstage(w, MARKER);
        buf_free(&d.text);
        ops->close(w);
    }
}

static void without_renameat2_a_link_does_it(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    static const struct {
        const char *call;
        enum written written;
    } cases[] = {{NULL, WRITTEN_HANDED_OVER},
                 {"renameat", WRITTEN_NOT},
                 {"linkat", WRITTEN_NOT},
                 {"unlinkat", WRITTEN_HANDED_OVER}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct writer *w = opened();
        struct order_document d = make_document(MARKER);
        struct writer_outcome out;
        char path[400];
        no_renameat2 = EINVAL;
        assert_int_equal(ops->stage(w, &d, NULL), STATUS_OK);
        assert_int_equal(ops->flush(w, NULL), STATUS_OK);
        set_trap(cases[i].call, 1, EPERM);
        assert_int_equal(ops->write(w, &d, &out), cases[i].written);
        set_trap(NULL, 0, 0);
        assert_int_equal(final_exists(), cases[i].written == WRITTEN_HANDED_OVER);
        if (text_equal(cases[i].call,
                       "unlinkat")) { /* taken away meanwhile: the link still proves it */
            char away[400];
            text_format(path, sizeof path, "%s/" MARKER ".epp", directory);
            text_format(away, sizeof away, "%s/done.epp", directory);
            assert_int_equal(rename(path, away), 0);
        }
        assert_int_equal(recovered(true), cases[i].written);
        ops->unstage(w, MARKER);
        assert_false(left_behind());
        text_format(path, sizeof path, "%s/" MARKER ".epp", directory);
        unlink(path);
        buf_free(&d.text);
        ops->close(w);
    }
}

/* A child is killed before its N-th call of any kind; `staged` is noted in a file as the ledger
 * would. */
static void child(int at)
{
    const struct writer_ops *ops = writer_find("epp");
    struct writer *w = opened();
    struct order_document d = make_document(MARKER);
    struct writer_outcome out;
    char path[400];
    text_format(path, sizeof path, "%s/staged", directory);
    set_trap("any", at, 0);
    if (ops->stage(w, &d, NULL) != STATUS_OK || ops->flush(w, NULL) != STATUS_OK)
        _Exit(3);
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd < 0 || close(fd) != 0)
        _Exit(3);
    if (ops->write(w, &d, &out) != WRITTEN_HANDED_OVER || ops->settle(w, NULL) != STATUS_OK)
        _Exit(3);
    _Exit(0);
}

static void killed_between_any_two_steps_it_tells_the_truth(void **state)
{
    (void)state;
    for (int fallback = 0; fallback < 2; fallback++) {
        int at = 1, status = 1, nots = 0, handed = 0;
        for (; at < 40; at++) {
            char path[400];
            no_renameat2 = fallback ? ENOSYS : 0;
            pid_t pid = fork();
            if (pid == 0)
                child(at);
            assert_int_equal(waitpid(pid, &status, 0), pid);
            assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
            bool was_written = final_exists();
            enum written told = recovered(exists("staged"));
            if (was_written)
                assert_int_equal(told, WRITTEN_HANDED_OVER);
            else if (told == WRITTEN_UNKNOWN)
                assert_true(fallback); /* stopped between the rename and the link: a person looks */
            else
                assert_int_equal(told, WRITTEN_NOT);
            nots += told == WRITTEN_NOT;
            handed += told == WRITTEN_HANDED_OVER;
            /* Taken by the operator: what is staged and gone was written. */
            text_format(path, sizeof path, "%s/" MARKER ".epp", directory);
            if (was_written && unlink(path) == 0)
                assert_int_equal(recovered(true), WRITTEN_HANDED_OVER);
            text_format(path, sizeof path, "%s/." MARKER ".epp.tmp", directory);
            unlink(path);
            text_format(path, sizeof path, "%s/." MARKER ".epp.out", directory);
            unlink(path);
            text_format(path, sizeof path, "%s/staged", directory);
            unlink(path);
            if (!WIFSIGNALED(status))
                break;
        }
        assert_true(at < 40 && nots >= 5 && handed >= 2);
    }
}

static void a_leftover_of_a_crash_is_no_hindrance(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    char path[400];
    text_format(path, sizeof path, "%s/." MARKER ".epp.tmp", directory);
    assert_int_equal(file_create(path, "half", 4, 0600, NULL), STATUS_OK);
    assert_int_equal(recovered(false), WRITTEN_NOT);
    struct writer *w = opened();
    struct order_document d = make_document(MARKER);
    struct writer_outcome out;
    assert_int_equal(ops->stage(w, &d, NULL), STATUS_OK);
    assert_int_equal(ops->flush(w, NULL), STATUS_OK);
    assert_int_equal(unlink(path), 0); /* somebody tidies up: provably not written by us */
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_NOT);
    assert_string_equal(out.error.code, "epp_taken");
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_UNKNOWN); /* now it is not known any more */
    buf_free(&d.text);
    ops->close(w);
}

static void a_directory_that_will_not_do_is_told(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    struct writer *w = NULL;
    struct error e = {0};
    char path[400], link[400];
    configure("");
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_INVALID);
    text_format(path, sizeof path, "%s/missing", directory);
    configure(path);
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_INVALID);
    assert_non_null(strstr(e.text, "missing"));
    assert_true(*e.remedy);
    assert_int_equal(file_create(path, "x", 1, 0600, NULL), STATUS_OK);
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e),
                     STATUS_INVALID); /* no directory */
    text_format(link, sizeof link, "%s/link", directory);
    assert_int_equal(symlink(directory, link), 0);
    configure(link);
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e),
                     STATUS_OK); /* the administrator's choice */
    ops->close(w);
    const struct mapping none = {.orders = {.present = true}};
    assert_int_equal(ops->open(settings(), &none, NULL, &w, &e), STATUS_INVALID);
    if (geteuid() != 0) {
        configure(directory);
        assert_int_equal(chmod(directory, 0500), 0);
        assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_DENIED);
        assert_int_equal(chmod(directory, 0700), 0);
    }
}

static void a_marker_is_no_path(void **state)
{
    (void)state;
    const struct writer_ops *ops = writer_find("epp");
    struct writer *w = opened();
    struct writer_outcome out;
    static const char *const bad[] = {"", "../x", "EP/1", "ep1", "EP 1"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct order_document d = make_document(bad[i]);
        assert_int_equal(ops->stage(w, &d, NULL), STATUS_INTERNAL);
        assert_int_equal(ops->write(w, &d, &out), WRITTEN_NOT);
        assert_int_equal(ops->recover(w, bad[i], true, &out), WRITTEN_UNKNOWN);
        ops->unstage(w, bad[i]);
        buf_free(&d.text);
    }
    ops->close(w);
    assert_null(writer_find("off"));
    assert_null(writer_find("fax"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_appears_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_is_there_is_never_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_call_may_fail, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_renameat2_a_link_does_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(killed_between_any_two_steps_it_tells_the_truth, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_leftover_of_a_crash_is_no_hindrance, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_directory_that_will_not_do_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_marker_is_no_path, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
