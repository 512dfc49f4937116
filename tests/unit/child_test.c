/* os/child: a program is started with what it is to have and nothing else, and is gone when it is said to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "os/child.h"
#include "os/clock.h"
#include "os/fd.h"

enum { PATIENCE_MS = 20000 };

/* Read all of it and close it. */
static void read_all(int *fd, struct buf *b)
{
    char chunk[512];
    ptrdiff_t n;
    while ((n = fd_read(*fd, chunk, sizeof chunk)) > 0)
        buf_add(b, chunk, (size_t)n);
    fd_close(fd);
}

/* What a line of sh says; how it ended goes into end. */
static const char *said_by(const char *line, struct child_how how, struct buf *b,
                           struct child_end *end)
{
    const char *const argv[] = {"/bin/sh", "-c", line, NULL};
    struct child c;
    how.argv = argv;
    how.output = CHILD_PIPE;
    buf_init(b, 4096);
    assert_int_equal(child_start(&how, &c), 0);
    fd_close(&c.input);
    read_all(&c.output, b);
    fd_close(&c.errors);
    child_wait(&c, end);
    return buf_text(b);
}

static void not_there(void **state)
{
    (void)state;
    const char *const argv[] = {"/nowhere/at/all", NULL};
    const struct child_how how = {
        .argv = argv, .input = CHILD_PIPE, .output = CHILD_PIPE, .errors = CHILD_NOTHING};
    struct child c;
    assert_int_equal(child_start(&how, &c), ENOENT);
    assert_int_equal(c.input, -1);
    assert_int_equal(c.output, -1);
    const char *const looked_for[] = {"no-such-program-of-anybody", NULL};
    const struct child_how search = {.argv = looked_for, .search = true};
    assert_int_equal(child_start(&search, &c), ENOENT);
}

static void pipes(void **state)
{
    (void)state;
    const char *const argv[] = {"sh", "-c", "cat; echo two >&2", NULL};
    const struct child_how how = {.argv = argv,
                                  .search = true,
                                  .input = CHILD_PIPE,
                                  .output = CHILD_PIPE,
                                  .errors = CHILD_OUTPUT};
    struct child c;
    struct child_end end;
    struct buf b;
    buf_init(&b, 4096);
    assert_int_equal(child_start(&how, &c), 0);
    assert_true(fd_write_all(c.input, "one\n", 4));
    fd_close(&c.input);
    read_all(&c.output, &b);
    child_wait(&c, &end);
    assert_string_equal(buf_text(&b), "one\ntwo\n");
    assert_true(end.exited);
    assert_int_equal(end.code, 0);
    buf_free(&b);
}

static void endings(void **state)
{
    (void)state;
    struct buf b;
    struct child_end end;
    said_by("exit 7", (struct child_how){0}, &b, &end);
    assert_true(end.exited);
    assert_int_equal(end.code, 7);
    buf_free(&b);
    said_by("kill -9 $$", (struct child_how){0}, &b, &end);
    assert_false(end.exited);
    assert_int_equal(end.code, 9);
    buf_free(&b);
}

static void variables(void **state)
{
    (void)state;
    struct buf b;
    const char *const also[] = {"CHILD_A=new", NULL}, *const only[] = {"CHILD_A=only", NULL};
    assert_int_equal(setenv("CHILD_A", "old", 1), 0);
    assert_int_equal(setenv("CHILD_B", "kept", 1), 0);
    const struct child_how more = {.also = also}, alone = {.environment = only};
    assert_string_equal(said_by("echo $CHILD_A $CHILD_B", more, &b, NULL), "new kept\n");
    buf_free(&b);
    assert_string_equal(said_by("echo $CHILD_A $CHILD_B", alone, &b, NULL), "only\n");
    buf_free(&b);
}

/* A program that we did not write has nothing of ours. */
static void stranger(void **state)
{
    (void)state;
    static const char open_files[] = "for fd in /proc/$$/fd/*; do [ -e $fd ] && n=${fd##*/} && "
                                     "[ $n -gt 2 ] && [ $n -lt 10 ] && echo $n; done; ";
    char line[300], number[20];
    struct buf b;
    FILE *file = tmpfile(); /* not close-on-exec */
    assert_non_null(file);
    text_format(number, sizeof number, "%d\n", fileno(file));
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    const struct child_how plain = {.input = CHILD_NOTHING},
                           strange = {.stranger = true, .input = CHILD_NOTHING};
    text_format(line, sizeof line, "%s kill -HUP $$; echo alive", open_files);
    assert_non_null(strstr(said_by(line, plain, &b, NULL), number));
    assert_non_null(strstr(buf_text(&b), "alive"));
    buf_free(&b);
    text_format(line, sizeof line, "pwd; umask; %s kill -HUP $$; echo alive", open_files);
    assert_string_equal(said_by(line, strange, &b, NULL), "/\n0077\n");
    buf_free(&b);
    fclose(file);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
}

static void whole_group(void **state)
{
    (void)state;
    const char *const argv[] = {"/bin/sh", "-c", "sleep 1000 & echo $!; wait", NULL};
    const struct child_how how = {.argv = argv, .output = CHILD_PIPE, .group = true};
    struct child c;
    struct child_end end;
    char line[40] = "";
    int64_t inner, until = clock_mono_ms() + PATIENCE_MS;
    assert_int_equal(child_start(&how, &c), 0);
    assert_true(fd_read(c.output, line, sizeof line - 1) > 0);
    line[strcspn(line, "\n")] = '\0';
    assert_true(text_to_i64(line, &inner));
    assert_false(child_has_ended(&c));
    child_stop(&c, true);
    child_wait(&c, &end);
    assert_false(end.exited);
    /* The inner one held the pipe, too: it is at its end only when both are gone. */
    assert_int_equal(fd_read(c.output, line, sizeof line), 0);
    while (kill((pid_t)inner, 0) == 0 && clock_mono_ms() < until)
        clock_sleep_ms(2);
    fd_close(&c.output);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(not_there), cmocka_unit_test(pipes),
                                       cmocka_unit_test(endings),   cmocka_unit_test(variables),
                                       cmocka_unit_test(stranger),  cmocka_unit_test(whole_group)};
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
