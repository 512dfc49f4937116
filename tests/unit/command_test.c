/* The writer that starts a program: whatever the program does, an order is done only when it is,
 * and what is not known is in doubt; and nothing of a program is left behind. */
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
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "document/writer.h"
#include "mapping/mapping.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/fd.h"
#include "os/file.h"
#include "os/program.h"

#define MARKER   "EP0123456789ABCDEFGH"
#define DONE     "{\"result\":\"done\",\"document\":\"ZK 1/2026\",\"document_id\":\"7\"}"
#define REJECTED "{\"result\":\"rejected\",\"reasons\":[\"no such product\",\"closed month\"]}"
#define LONG_MS  60000 /* for what ends by itself */

static char directory[256], script[300];
static struct config *config;

/* Those of the configuration at hand. */
static const struct order_settings *settings(void)
{
    static struct order_settings of_config;
    of_config = order_settings_of(config);
    return &of_config;
}
static struct mapping mapping = {
    .orders = {.present = true, .writers = {"command"}, .writer_count = 1}};

static int set_up(void **state)
{
    (void)state;
    text_copy(directory, sizeof directory, "/tmp/endpoint-command.XXXXXX");
    assert_non_null(mkdtemp(directory));
    text_format(script, sizeof script, "%s/program", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    config_free(config);
    config = NULL;
    return dir_remove(directory, NULL) == STATUS_OK ? 0 : -1;
}

static void configure(const char *path, int timeout_ms)
{
    struct error e = {0};
    char duration[32];
    text_format(duration, sizeof duration, "%dms", timeout_ms);
    json_t *values = json_object();
    json_set_text(values, "orders.writer", "command");
    json_set_text(values, "orders.command", path);
    json_set_text(values, "orders.command_timeout", duration);
    config_free(config);
    config = NULL;
    if (config_from_json(values, &config, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    json_decref(values);
}

static void put_program(const char *body)
{
    char text[4000];
    text_format(text, sizeof text, "#!/bin/bash\nD='%s'\ncd \"$D\"\n%s\n", directory, body);
    unlink(script);
    int fd = open(script, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
    assert_true(fd >= 0);
    assert_true(fd_write_all(fd, text, strlen(text)));
    close(fd);
}

static struct order_document make_document(void)
{
    struct order_document d = {.utf8 = true};
    text_copy(d.marker, sizeof d.marker, MARKER);
    buf_init(&d.text, 4 << 20);
    buf_add_text(&d.text, "{\"do\":\"write\"}\n");
    return d;
}

/* Let a program with this body write an order. */
static enum written write_with(const char *body, int timeout_ms, struct writer_outcome *out)
{
    struct writer *w = NULL;
    struct error e = {0};
    struct order_document d = make_document();
    put_program(body);
    configure(script, timeout_ms);
    const struct writer_ops *ops = writer_find("command");
    if (ops->open(settings(), &mapping, NULL, &w, &e) != STATUS_OK)
        fail_msg("%s", e.text);
    assert_int_equal(ops->stage(w, &d, &e), STATUS_OK);
    assert_int_equal(ops->flush(w, &e), STATUS_OK);
    enum written written = ops->write(w, &d, out);
    assert_int_equal(ops->settle(w, &e), STATUS_OK);
    ops->close(w);
    buf_free(&d.text);
    return written;
}

static bool exists(const char *name)
{
    char path[400];
    text_format(path, sizeof path, "%s/%s", directory, name);
    return access(path, F_OK) == 0;
}

static void read_back(const char *name, struct buf *b)
{
    char path[400];
    text_format(path, sizeof path, "%s/%s", directory, name);
    buf_init(b, 1 << 20);
    assert_int_equal(file_read(path, b, NULL, NULL), STATUS_OK);
}

/* ---- what it may do ----------------------------------------------------------------------------
 */

static void it_gets_the_order_and_says_the_document(void **state)
{
    (void)state;
    struct writer_outcome out;
    struct buf b;
    assert_int_equal(write_with("cat >got; printf '%s\\n' '" DONE "'", LONG_MS, &out),
                     WRITTEN_DONE);
    assert_string_equal(out.document, "ZK 1/2026");
    assert_string_equal(out.document_id, "7");
    assert_string_equal(out.error.text, "");
    read_back("got", &b);
    assert_string_equal(buf_text(&b), "{\"do\":\"write\"}\n");
    buf_free(&b);
    assert_int_equal(write_with("printf '%s' '" DONE "'", LONG_MS, &out),
                     WRITTEN_DONE); /* reads nothing */
    assert_int_equal(
        write_with("echo warning >&2; printf '\\xef\\xbb\\xbf%s\\r\\n' '" DONE "'", LONG_MS, &out),
        WRITTEN_DONE);
}

static void it_refuses_with_reasons(void **state)
{
    (void)state;
    struct writer_outcome out;
    assert_int_equal(write_with("echo '" REJECTED "'", LONG_MS, &out), WRITTEN_REJECTED);
    assert_string_equal(out.error.text, "no such product; closed month");
}

static void it_asks_to_be_started_later(void **state)
{
    (void)state;
    struct writer_outcome out;
    assert_int_equal(write_with("echo 'no licence free' >&2; exit 75", LONG_MS, &out), WRITTEN_NOT);
    assert_non_null(strstr(out.error.text, "no licence free"));
    assert_true(*out.error.remedy);
    assert_int_equal(write_with("echo x; exit 75", LONG_MS, &out), WRITTEN_UNKNOWN);
}

/* ---- what it should not do ---------------------------------------------------------------------
 */

static void anything_else_is_in_doubt(void **state)
{
    (void)state;
    static const struct {
        const char *body, *says;
    } cases[] = {
        {"exit 0", "is empty"},
        {"echo", "is empty"},
        {"echo '" DONE "'; echo '" DONE "'", "more than one line"},
        {"echo '" DONE "'; exit 1", "exit code 1"},
        {"echo '" REJECTED "'; exit 1", "exit code 1"},
        {"echo 'hello'", "no JSON object"},
        {"echo '[]'", "no JSON object"},
        {"printf '\\x00\\xff\\xfe'", "no JSON object"},
        {"echo '{\"result\":\"done\"}'", "not which document"},
        {"echo '{\"result\":\"done\",\"document\":\"\\u0007\"}'", "no number"},
        {"echo '{\"result\":\"rejected\"}'", "no reasons"},
        {"echo '{\"result\":\"maybe\"}'", "neither"},
        {"echo '{\"result\":\"done\",\"result\":\"done\",\"document\":\"1\"}'", "no JSON object"},
        {"echo '" DONE "'; kill -TERM $$", "signal 15"},
        {"echo '" DONE "'; kill -KILL $$", "signal 9"},
        {"echo oops >&2; exit 3", "oops"},
        {"nosuchprogram", "exit code 127"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct writer_outcome out;
        enum written written = write_with(cases[i].body, LONG_MS, &out);
        if (written != WRITTEN_UNKNOWN || !strstr(out.error.text, cases[i].says) ||
            !out.error.remedy[0])
            fail_msg("%s: %d, %s", cases[i].body, (int)written, out.error.text);
        assert_string_equal(out.document, "");
    }
}

static void megabytes_end_it(void **state)
{
    (void)state;
    struct writer_outcome out;
    assert_int_equal(
        write_with("echo '" DONE "'; yes | head -c 50000000; touch finished", LONG_MS, &out),
        WRITTEN_UNKNOWN);
    assert_non_null(strstr(out.error.text, "was killed"));
    assert_false(exists("finished"));
    /* Of errors as much as is wanted is kept, and it may go on. */
    assert_int_equal(write_with("yes | head -c 5000000 >&2; echo '" DONE "'", LONG_MS, &out),
                     WRITTEN_DONE);
}

static void a_document_larger_than_a_pipe_goes_through(void **state)
{
    (void)state;
    struct program_end end;
    struct error e = {0};
    struct buf input;
    const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
    buf_init(&input, 4 << 20);
    for (int i = 0; i < 300000; i++)
        buf_add_text(&input, "0123456789");
    put_program("exec cat");
    struct program p = {.path = script,
                        .environment = environment,
                        .input = input.data,
                        .input_length = input.length,
                        .timeout_ms = LONG_MS,
                        .output_max = 4 << 20};
    assert_int_equal(program_run(&p, &end, &e), STATUS_OK);
    assert_int_equal(end.ending, PROGRAM_EXITED);
    assert_int_equal(end.output.length, input.length);
    assert_memory_equal(end.output.data, input.data, input.length);
    program_end_free(&end);
    put_program("exec 0<&-; sleep 0.1; echo yes"); /* wants none of it */
    assert_int_equal(program_run(&p, &end, &e), STATUS_OK);
    assert_string_equal(buf_text(&end.output), "yes\n");
    program_end_free(&end);
    buf_free(&input);
}

/* The pid that a program wrote to a file. */
static pid_t pid_in(const char *name)
{
    struct buf b;
    read_back(name, &b);
    pid_t pid = (pid_t)strtol(buf_text(&b), NULL, 10);
    buf_free(&b);
    assert_true(pid > 1);
    return pid;
}

/* It may be a zombie until whoever inherited it has looked. */
static bool gone(pid_t pid)
{
    char path[64], text[512];
    struct buf b;
    text_format(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return true;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    buf_init(&b, sizeof text);
    buf_add(&b, text, n > 0 ? (size_t)n : 0);
    const char *state = strrchr(buf_text(&b), ')');
    bool dead = !state || state[2] == 'Z' || state[2] == 'X';
    buf_free(&b);
    return dead;
}

static void assert_gone(const char *name)
{
    pid_t pid = pid_in(name);
    int64_t until = clock_mono_ms() + LONG_MS;
    while (!gone(pid)) {
        assert_true(clock_mono_ms() < until);
        usleep(2000);
    }
}

static void one_that_hangs_is_killed_with_all_that_it_started(void **state)
{
    (void)state;
    struct writer_outcome out;
    /* Each waits until what it started has said who it is. */
    static const char *const bodies[] = {
        "sleep 1000 & echo $! >helper; wait",
        "trap '' TERM INT HUP; sleep 1000 & echo $! >helper; while :; do wait; done",
        "echo '" DONE "'; sleep 1000 & echo $! >helper; wait", /* an answer, but no end */
    };
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        int64_t began = clock_mono_ms();
        assert_int_equal(write_with(bodies[i], 3000, &out), WRITTEN_UNKNOWN);
        assert_true(clock_mono_ms() - began >= 3000);
        assert_non_null(strstr(out.error.text, "after 3 s"));
        assert_gone("helper");
    }
    /* One that ends, but leaves somebody with its output in hand. */
    assert_int_equal(write_with("sleep 1000 & echo $! >helper; echo '" DONE "'", 3000, &out),
                     WRITTEN_UNKNOWN);
    assert_gone("helper");
    /* One that ends well and leaves somebody who holds nothing: he is ended all the same. */
    assert_int_equal(
        write_with("sleep 1000 >/dev/null 2>&1 </dev/null & echo $! >helper; echo '" DONE "'",
                   LONG_MS, &out),
        WRITTEN_DONE);
    assert_gone("helper");
}

static void an_answer_that_comes_too_late_does_not_count(void **state)
{
    (void)state;
    struct writer_outcome out;
    assert_int_equal(write_with("mkfifo never; read x <>never; echo '" DONE "'", 1000, &out),
                     WRITTEN_UNKNOWN);
    assert_string_equal(out.document, "");
}

static void it_gets_nothing_of_ours(void **state)
{
    (void)state;
    struct writer_outcome out;
    struct buf b;
    int leak = open("/dev/null", O_RDONLY); /* on purpose without O_CLOEXEC */
    assert_int_equal(setenv("SECRET_OF_OURS", "x", 1), 0);
    assert_int_equal(
        write_with("env >environment; ls -l /proc/self/fd >descriptors; pwd >where; umask >mask\n"
                   "echo '" DONE "'",
                   LONG_MS, &out),
        WRITTEN_DONE);
    close(leak);
    unsetenv("SECRET_OF_OURS");
    read_back("environment", &b);
    assert_null(strstr(buf_text(&b), "SECRET"));
    assert_null(strstr(buf_text(&b), "HOME="));
    assert_non_null(strstr(buf_text(&b), "PATH="));
    buf_free(&b);
    read_back("descriptors", &b);
    assert_null(strstr(buf_text(&b), "null"));
    buf_free(&b);
    read_back("mask", &b);
    assert_string_equal(buf_text(&b), "0077\n");
    buf_free(&b);
}

/* ---- when it cannot be started -----------------------------------------------------------------
 */

static void what_cannot_be_started_was_not_written(void **state)
{
    (void)state;
    struct writer *w = NULL;
    struct writer_outcome out;
    struct error e = {0};
    struct order_document d = make_document();
    const struct writer_ops *ops = writer_find("command");
    put_program("echo");
    configure(script, LONG_MS);
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_OK);
    assert_int_equal(chmod(script, 0600), 0);
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_NOT);
    assert_true(out.error.text[0] && out.error.remedy[0]);
    unlink(script);
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_NOT);
    int fd = open(script, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);
    assert_true(fd_write_all(fd, "#!/no/such/shell\n", 17));
    close(fd);
    assert_int_equal(ops->write(w, &d, &out), WRITTEN_NOT);
    /* After a crash: it is started only when that was noted. */
    assert_int_equal(ops->recover(w, MARKER, false, &out), WRITTEN_NOT);
    assert_int_equal(ops->recover(w, MARKER, true, &out), WRITTEN_UNKNOWN);
    assert_true(out.error.remedy[0]);
    d.utf8 = false;
    assert_int_equal(ops->stage(w, &d, &e), STATUS_INTERNAL);
    ops->unstage(w, MARKER);
    ops->close(w);
    buf_free(&d.text);
}

static void a_set_up_that_will_not_do_is_told(void **state)
{
    (void)state;
    struct writer *w = NULL;
    struct error e = {0};
    const struct writer_ops *ops = writer_find("command");
    char missing[400];
    text_format(missing, sizeof missing, "%s/missing", directory);
    put_program("echo");
    static const char *const bad[] = {"", "program", "/", "/etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(bad) + 1; i++) {
        configure(i < COUNT_OF(bad) ? bad[i] : missing, LONG_MS);
        error_clear(&e);
        assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_INVALID);
        assert_true(e.text[0] && e.remedy[0]);
        assert_null(w);
    }
    configure(script, LONG_MS);
    assert_int_equal(chmod(script, 0707), 0);
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_DENIED);
    assert_int_equal(chmod(script, 0700), 0);
    configure(script, 3600000); /* longer than the watchdog's patience: the wait is told */
    assert_int_equal(ops->open(settings(), &mapping, NULL, &w, &e), STATUS_OK);
    ops->close(w);
    w = NULL;
    const struct mapping none = {.orders = {.present = true}};
    configure(script, LONG_MS);
    assert_int_equal(ops->open(settings(), &none, NULL, &w, &e), STATUS_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_gets_the_order_and_says_the_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_refuses_with_reasons, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_asks_to_be_started_later, set_up, tear_down),
        cmocka_unit_test_setup_teardown(anything_else_is_in_doubt, set_up, tear_down),
        cmocka_unit_test_setup_teardown(megabytes_end_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_document_larger_than_a_pipe_goes_through, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(one_that_hangs_is_killed_with_all_that_it_started, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(an_answer_that_comes_too_late_does_not_count, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(it_gets_nothing_of_ours, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_started_was_not_written, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_set_up_that_will_not_do_is_told, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
