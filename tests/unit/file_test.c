/* os/file: a file is replaced whole or not at all, whichever call fails on the way. */
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
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/lock.h"
#include "unit.h"

/* ---- calls that fail ----------------------------------------------------------------------------------- */

static int fail_in;   /* the Nth of the calls below fails; 0: none */
static int fail_with; /* errno; 0: a write is only half done, or interrupted */
static const char *what_failed;

static bool failing(const char *name)
{
    if (fail_in == 0 || --fail_in > 0)
        return false;
    what_failed = name;
    return true;
}

#define WRAP(type, name, parameters, arguments) \
    type __real_##name parameters;              \
    type __wrap_##name parameters;              \
    type __wrap_##name parameters               \
    {                                           \
        if (!failing(#name))                    \
            return __real_##name arguments;     \
        errno = fail_with ? fail_with : EIO;    \
        return -1;                              \
    }

WRAP(int, fsync, (int fd), (fd))
WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(int, fchown, (int fd, uid_t u, gid_t g), (fd, u, g))
WRAP(int, rename, (const char *a, const char *b), (a, b))
WRAP(int, renameat2, (int da, const char *a, int db, const char *b, unsigned f), (da, a, db, b, f))
WRAP(int, link, (const char *a, const char *b), (a, b))

int __real_close(int fd);
int __wrap_close(int fd);
int __wrap_close(int fd)
{
    int code = __real_close(fd);
    if (!failing("close"))
        return code;
    errno = fail_with ? fail_with : EIO;
    return -1;
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    if (!failing("write"))
        return __real_write(fd, bytes, length);
    if (fail_with == 0)
        return __real_write(fd, bytes, (length + 1) / 2);
    errno = fail_with;
    return -1;
}

/* ---- the tests ------------------------------------------------------------------------------------------ */

struct room {
    char dir[64], path[100];
    struct error e;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    unit_directory(r->dir, sizeof r->dir);
    text_format(r->path, sizeof r->path, "%s/f", r->dir);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    fail_in = 0;
    int code = dir_remove(r->dir, NULL) == STATUS_OK ? 0 : -1;
    free(r);
    return code;
}

static int files(const char *dir)
{
    char command[128];
    int n = -1;
    snprintf(command, sizeof command, "ls -A %s | wc -l", dir);
    FILE *f = popen(command, "r");
    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

static char *content(const char *path)
{
    struct buf b;
    buf_init(&b, 100000);
    if (file_read(path, &b, NULL, NULL) != STATUS_OK) {
        buf_free(&b);
        return NULL;
    }
    return buf_take(&b);
}

/* Replace or create with the Nth call failing, for every N; false once none failed any more. */
static bool one_failure(struct room *r, bool create, int n, int with)
{
    fail_with = with;
    fail_in = n;
    what_failed = NULL;
    memset(&r->e, 0, sizeof r->e);
    enum status status = create ? file_create(r->path, "newer", 5, 0600, &r->e)
                                : file_replace(r->path, "newer", 5, 0600, NULL, &r->e);
    bool fired = fail_in == 0;
    fail_in = 0;
    char *now = content(r->path);
    bool is_new = text_equal(now, "newer"), is_old = create ? !now : text_equal(now, "old");
    free(now);
    if (!is_new && !is_old)
        fail_msg("%s failed, and the file is neither the old one nor the new", what_failed);
    if (status == STATUS_OK)
        assert_true(is_new);
    else
        assert_true(r->e.text[0] && r->e.status == status);
    /* A failure that is reported although the new file stands is one of the directory's fsync. */
    if (status != STATUS_OK && is_new)
        assert_string_equal(r->e.code, "dir_sync");
    if (fired && with != 0 && !text_equal(what_failed, "close"))
        assert_true(status != STATUS_OK ||
                    (with == EINVAL && (text_equal(what_failed, "renameat2") || is_new)));
    if (files(r->dir) != (create && !is_new ? 0 : 1))
        fail_msg("%s failed, and something is left behind", what_failed);
    return fired;
}

static void each_step_failing_leaves_the_old_file_or_the_new(void **state)
{
    struct room *r = *state;
    static const int errors[] = {EIO, ENOSPC, EINVAL, 0};
    for (size_t i = 0; i < 4; i++) {
        for (int create = 0; create < 2; create++) {
            bool fired = true;
            int n = 0;
            while (fired) {
                unlink(r->path);
                if (!create)
                    assert_int_equal(file_replace(r->path, "old", 3, 0644, NULL, NULL), STATUS_OK);
                fired = one_failure(r, create, ++n, errors[i]);
            }
            assert_between(n, 5, 20);
        }
    }
}

static void an_interrupted_write_goes_on(void **state)
{
    struct room *r = *state;
    fail_with = EINTR;
    fail_in = 2; /* fchmod, then write */
    assert_int_equal(file_replace(r->path, "whole", 5, 0600, NULL, &r->e), STATUS_OK);
    assert_string_equal(what_failed, "write");
    char *now = content(r->path);
    assert_string_equal(now, "whole");
    free(now);
}

static void a_full_disk_is_called_full(void **state)
{
    struct room *r = *state;
    int full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    assert_false(fd_write_all(full, "x", 1));
    assert_int_equal(errno, ENOSPC);
    close(full);
    fail_with = ENOSPC;
    fail_in = 2;
    assert_int_equal(file_replace(r->path, "x", 1, 0600, NULL, &r->e), STATUS_FULL);
    assert_non_null(strstr(r->e.text, "No space left"));
}

static void a_link_stays_a_link(void **state)
{
    struct room *r = *state;
    char link_path[128];
    struct stat st;
    text_format(link_path, sizeof link_path, "%s/link", r->dir);
    assert_int_equal(file_replace(r->path, "old", 3, 0600, NULL, NULL), STATUS_OK);
    assert_int_equal(symlink("f", link_path), 0);
    assert_int_equal(file_replace(link_path, "new", 3, 0600, NULL, &r->e), STATUS_OK);
    assert_int_equal(lstat(link_path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    char *now = content(r->path);
    assert_string_equal(now, "new");
    free(now);
    /* A new file is not made through a link that somebody put there. */
    unlink(r->path);
    assert_int_equal(file_create(link_path, "x", 1, 0600, &r->e), STATUS_EXISTS);
}

static void only_regular_files_are_read_and_replaced(void **state)
{
    struct room *r = *state;
    struct buf b;
    buf_init(&b, 10);
    assert_int_equal(file_read(r->dir, &b, NULL, &r->e), STATUS_INVALID);
    assert_int_equal(file_replace(r->dir, "x", 1, 0600, NULL, &r->e), STATUS_INVALID);
    assert_int_equal(mkfifo(r->path, 0600), 0); /* must not block */
    assert_int_equal(file_read(r->path, &b, NULL, &r->e), STATUS_INVALID);
    assert_int_equal(file_replace(r->path, "x", 1, 0600, NULL, &r->e), STATUS_INVALID);
    unlink(r->path);
    assert_int_equal(file_read(r->path, &b, NULL, &r->e), STATUS_NOT_FOUND);
    assert_int_equal(file_replace(r->path, "12345678901", 11, 0600, NULL, NULL), STATUS_OK);
    assert_int_equal(file_read(r->path, &b, NULL, &r->e), STATUS_FULL);
    buf_free(&b);
}

static void the_owner_stays(void **state)
{
    struct room *r = *state;
    struct stat st;
    if (geteuid() != 0)
        skip(); /* only root gives files away */
    assert_int_equal(file_replace(r->path, "old", 3, 0640, NULL, NULL), STATUS_OK);
    assert_int_equal(chown(r->path, 65534, 65534), 0);
    assert_int_equal(file_replace(r->path, "new", 3, 0600, NULL, &r->e), STATUS_OK);
    assert_int_equal(stat(r->path, &st), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_int_equal(st.st_mode & 0777, 0640);
}

static void a_file_that_came_or_went_since_is_seen(void **state)
{
    struct room *r = *state;
    struct file_stamp none = {0}, there;
    struct buf b;
    assert_int_equal(file_replace(r->path, "1", 1, 0600, &none, &r->e), STATUS_OK);
    assert_int_equal(file_replace(r->path, "2", 1, 0600, &none, &r->e), STATUS_EXISTS);
    assert_true(r->e.remedy[0]);
    buf_init(&b, 10);
    assert_int_equal(file_read(r->path, &b, &there, &r->e), STATUS_OK);
    buf_free(&b);
    unlink(r->path);
    assert_int_equal(file_replace(r->path, "2", 1, 0600, &there, &r->e), STATUS_EXISTS);
    assert_int_equal(files(r->dir), 0);
}

static void a_lock_is_held_by_one(void **state)
{
    struct room *r = *state;
    int fd, code;
    assert_int_equal(lock_file(r->path, &fd, &r->e), STATUS_OK);
    pid_t child = fork();
    if (child == 0) {
        int other;
        _exit(lock_file(r->path, &other, NULL) == STATUS_BUSY && other == -1 ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &code, 0), child);
    assert_int_equal(code, 0);
    close(fd);
    assert_int_equal(lock_file(r->path, &fd, &r->e), STATUS_OK);
    close(fd);
}

static void directories_are_made_and_removed_without_following_links(void **state)
{
    struct room *r = *state;
    char deep[128], outside[128], link_path[128];
    struct stat st;
    text_format(deep, sizeof deep, "%s/a/b/c", r->dir);
    text_format(outside, sizeof outside, "%s/kept", r->dir);
    text_format(link_path, sizeof link_path, "%s/link", deep);
    assert_int_equal(dir_ensure(deep, 0750, &r->e), STATUS_OK);
    assert_int_equal(dir_ensure(deep, 0750, &r->e), STATUS_OK);
    assert_int_equal(stat(deep, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0750);
    assert_int_equal(file_create(outside, "x", 1, 0600, NULL), STATUS_OK);
    assert_int_equal(symlink(r->dir, link_path), 0);
    text_format(deep, sizeof deep, "%s/a", r->dir);
    assert_int_equal(dir_remove(deep, &r->e), STATUS_OK);
    assert_int_equal(stat(outside, &st), 0);
    assert_int_equal(dir_ensure(outside, 0700, &r->e), STATUS_INVALID);
    assert_int_equal(dir_ensure("", 0700, &r->e), STATUS_INVALID);
    assert_true(file_free_bytes(r->dir) > 0);
    assert_int_equal(file_free_bytes("/nonexistent"), -1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_step_failing_leaves_the_old_file_or_the_new),
        TEST(an_interrupted_write_goes_on),
        TEST(a_full_disk_is_called_full),
        TEST(a_link_stays_a_link),
        TEST(only_regular_files_are_read_and_replaced),
        TEST(the_owner_stays),
        TEST(a_file_that_came_or_went_since_is_seen),
        TEST(a_lock_is_held_by_one),
        TEST(directories_are_made_and_removed_without_following_links),
    };
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
