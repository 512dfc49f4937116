/* ctl/options: each command with each option, and everything that can be typed wrongly. No command is run but help and those
 * that look at their words first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/cmd_help.h"
#include "ctl/options.h"
#include "link/identity.h"
#include "os/dir.h"
#include "unit.h"

static struct {
    struct ctl c;
    const struct command *command;
    char *argv[1300];
    int argc;
    char text[60000], said[20000]; /* on stdout and stderr */
} typed;

static char dir[64];

static int open_it(void **state)
{
    (void)state;
    unit_directory(dir, sizeof dir);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

/* Both outputs go into a file while `what` runs. */
static int caught(int (*what)(void))
{
    FILE *file = tmpfile();
    assert_non_null(file);
    fflush(stdout);
    fflush(stderr);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    dup2(fileno(file), STDERR_FILENO);
    int code = what();
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    rewind(file);
    size_t n = fread(typed.said, 1, sizeof typed.said - 1, file);
    typed.said[n] = '\0';
    fclose(file);
    return code;
}

static int choose(void)
{
    return options_choose(&typed.c, typed.argc, typed.argv, &typed.command);
}

static int run(void)
{
    return typed.command->run(&typed.c);
}

static void type_word(const char *word, size_t length)
{
    char *at = typed.argc ? typed.argv[typed.argc - 1] + strlen(typed.argv[typed.argc - 1]) + 1
                          : typed.text;
    memcpy(at, word, length);
    at[length] = '\0';
    typed.argv[typed.argc++] = at;
}

/* Words with blanks between them. -1: the command may run. */
static int type(const char *line)
{
    memset(&typed, 0, sizeof typed);
    optind = 0; /* getopt begins anew */
    type_word("endpointctl", 11);
    for (const char *at = line; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        type_word(at, length);
        at += length;
    }
    return caught(choose);
}

static bool says(const char *words)
{
    return strstr(typed.said, words) != NULL;
}

#define expect_wrong(line, words)                                                \
    do {                                                                         \
        int unit_code = type(line);                                              \
        if (unit_code != EXIT_USAGE || !says(words))                             \
            fail_msg("%s: %d, %s", (const char *)(line), unit_code, typed.said); \
    } while (0)

#define expect_right(line)                                                       \
    do {                                                                         \
        int unit_code = type(line);                                              \
        if (unit_code >= 0)                                                      \
            fail_msg("%s: %d, %s", (const char *)(line), unit_code, typed.said); \
        assert_string_equal(typed.said, "");                                     \
    } while (0)

/* A line that the command takes: its name, and as many words as it wants. */
static void least_line(const struct command *command, char *line, size_t size)
{
    char first[40] = "x";
    if (command->words)
        text_format(first, sizeof first, "%.*s", (int)strcspn(command->words, " "), command->words);
    text_copy(line, size, command->name);
    for (int i = 0; i < command->min; i++) {
        size_t used = strlen(line);
        text_format(line + used, size - used, " %s", i ? "x" : first);
    }
}

static void add_option(char *line, size_t size, const struct args_option *option)
{
    size_t used = strlen(line);
    text_format(line + used, size - used, " --%s%s", option->name,
                option->takes == ARGS_NOTHING  ? ""
                : option->takes == ARGS_NUMBER ? " 7"
                                               : " value");
}

static bool has(const struct command *command, const struct args_option *option)
{
    for (size_t i = 0; command->options[i]; i++)
        if (command->options[i] == option)
            return true;
    return false;
}

static void expect_taken(const struct args_option *option)
{
    const char *at = (const char *)&typed.c + option->at;
    if (option->takes == ARGS_NOTHING)
        assert_true(*(const bool *)at);
    else if (option->takes == ARGS_NUMBER)
        assert_int_equal(*(const long *)(const void *)at, 7);
    else
        assert_string_equal(*(const char *const *)(const void *)at, "value");
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

static void every_command_has_its_row(void **state)
{
    const struct command *command;
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        assert_ptr_equal(options_command(command->name), command); /* no name twice */
        assert_non_null(command->run);
        assert_true(command->min >= 0 && command->min <= command->max);
        size_t length = strlen(command->name);
        assert_memory_equal(command->usage, command->name, length);
        assert_true(command->usage[length] == ' ' || command->usage[length] == '\0');
        for (const char *at = command->synopsis; at && *at; at += strspn(at, "\n")) {
            assert_memory_equal(at, command->name, length);
            at += strcspn(at, "\n");
        }
        for (size_t k = 0; command->options[k]; k++) {
            const struct args_option *option = command->options[k];
            char named[80];
            assert_true(text_starts(option->usage, "-"));
            assert_true(*option->line);
            text_format(named, sizeof named, "--%s", option->name);
            assert_non_null(strstr(option->usage, named));
            assert_int_equal(strchr(strstr(option->usage, named), ' ') != NULL,
                             option->takes != ARGS_NOTHING);
            assert_ptr_equal(options_find(option->name), option); /* one row a name */
            for (size_t g = 0; options_general_at(g); g++)
                assert_string_not_equal(options_general_at(g)->name, option->name);
        }
    }
    assert_true(command == NULL);
    assert_null(options_command("nothing"));
    assert_null(options_find("nothing"));
}

/* Commands share the row of an option that several have: two of one name would be one to getopt, and the other lost. */
static void an_option_of_a_name_is_one_row(void **state)
{
    const struct command *command;
    const struct args_option *option;
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        for (size_t k = 0; command->options[k]; k++) {
            assert_ptr_equal(options_find(command->options[k]->name), command->options[k]);
            assert_true(*command->options[k]->usage && *command->options[k]->line);
        }
        assert_null(command->options[COMMAND_OPTIONS - 1]);
    }
    for (size_t i = 0; (option = options_general_at(i)) != NULL; i++)
        assert_ptr_equal(options_find(option->name), option);
    assert_null(options_find("nonsense"));
}

static void every_command_takes_its_options_and_no_other(void **state)
{
    const struct command *command, *other;
    char line[400];
    int pairs = 0;
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        least_line(command, line, sizeof line);
        expect_right(line);
        assert_ptr_equal(typed.command, command);
        for (size_t k = 0; (other = options_command_at(k)) != NULL; k++) {
            for (size_t o = 0; other->options[o]; o++) {
                char words[120];
                least_line(command, line, sizeof line);
                add_option(line, sizeof line, other->options[o]);
                pairs++;
                if (has(command, other->options[o])) {
                    expect_right(line);
                    expect_taken(other->options[o]);
                } else {
                    text_format(words, sizeof words, "endpointctl %s takes no --%s", command->name,
                                other->options[o]->name);
                    expect_wrong(line, words);
                }
            }
        }
    }
    assert_true(pairs > 400);
}

static void all_of_a_commands_options_at_once(void **state)
{
    const struct command *command;
    char line[800];
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        least_line(command, line, sizeof line);
        for (size_t k = 0; command->options[k]; k++)
            add_option(line, sizeof line, command->options[k]);
        expect_right(line);
        for (size_t k = 0; command->options[k]; k++)
            expect_taken(command->options[k]);
    }
}

/* However many are typed, one that is not heard must not seem to be. */
static void a_wrong_option_is_found_behind_many_right_ones(void **state)
{
    char line[1200] = "sync";
    (void)state;
    for (int i = 0; i < 60; i++)
        add_option(line, sizeof line, options_find("simulate"));
    expect_right(line);
    add_option(line, sizeof line, options_find("follow"));
    expect_wrong(line, "endpointctl sync takes no --follow");
}

static void options_of_every_command_go_anywhere(void **state)
{
    const struct command *command;
    char line[400], least[200];
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        least_line(command, least, sizeof least);
        text_format(line, sizeof line, "--json --config /c/endpoint.conf %s --state-dir /s", least);
        expect_right(line);
        assert_true(typed.c.json);
        assert_string_equal(typed.c.config_option, "/c/endpoint.conf");
        assert_string_equal(typed.c.paths.state_dir, "/s");
        assert_int_equal(typed.c.argc, command->min);
    }
    expect_right("status --stream");
    assert_true(typed.c.json); /* a stream is JSON */
    expect_right("status --stre");
    assert_true(typed.c.json);
}

/* ---- typed wrongly ---------------------------------------------------------------------------------------------- */

static void an_unknown_option_names_the_nearest(void **state)
{
    (void)state;
    expect_wrong("status --nonsense", "there is no option --nonsense");
    expect_wrong("status --wacht", "there is no option --wacht; did you mean watch?");
    expect_wrong("sync --simulat3", "did you mean simulate?");
    expect_wrong("status -x", "there is no option -x");
    expect_wrong("--jsn status", "did you mean json?");
    expect_wrong("status --watch=1", "--watch takes no value");
}

static void a_value_that_is_missing_or_none(void **state)
{
    (void)state;
    expect_wrong("orders --state", "--state wants a value");
    expect_wrong("orders -n", "-n wants a value");
    expect_wrong("status --config", "--config wants a value");
    expect_wrong("orders --limit x", "--limit wants a number from 1 to 10000");
    expect_wrong("orders -n 0", "-n wants a number from 1 to 10000");
    expect_wrong("orders -n -5", "-n wants a number");
    expect_wrong("orders -n 10001", "-n wants a number");
    expect_wrong("orders --limit=", "--limit wants a number");
    expect_wrong("orders -n 99999999999999999999", "-n wants a number");
    expect_right("orders -n 10000");
    assert_int_equal(typed.c.lines, 10000);
    expect_right("orders --limit=1");
    assert_int_equal(typed.c.lines, 1);
    expect_right("journal -n 3 -f");
    assert_true(typed.c.follow && typed.c.lines == 3);
    expect_right("orders --state done --state rejected"); /* the last one holds */
    assert_string_equal(typed.c.state, "rejected");
}

/* As getopt does: the beginning of a name is enough while only one begins so. */
static void abbreviations_are_heard_when_they_are_clear(void **state)
{
    (void)state;
    expect_right("sync --sim");
    assert_true(typed.c.simulate);
    expect_right("sync --accept-d");
    assert_true(typed.c.accept_deletions);
    expect_right("reload --accept"); /* whole, though --accept-deletions begins so */
    assert_true(typed.c.accept);
    assert_false(typed.c.accept_deletions);
    expect_wrong("reload --acc", "there is no option --acc");
    expect_wrong("orders --st x", "there is no option --st"); /* state, state-dir, stream */
    expect_wrong("status --sim", "endpointctl status takes no --simulate");
}

static void an_unknown_command_names_the_nearest(void **state)
{
    (void)state;
    expect_wrong("nonsense", "there is no command \"nonsense\"");
    expect_wrong("statsu", "did you mean status?");
    expect_wrong("Status", "there is no command \"Status\"");
    expect_wrong("", "Usage: endpointctl");
    expect_wrong("--json", "\"ok\":false");
    expect_wrong("nonsense --watch", "there is no command");
}

static void words_that_are_too_few_or_too_many(void **state)
{
    const struct command *command;
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        char line[9000], first[40] = "x", words[80];
        if (command->words)
            text_format(first, sizeof first, "%.*s", (int)strcspn(command->words, " "),
                        command->words);
        text_format(words, sizeof words, "%s", command->name);
        if (command->min > 0)
            expect_wrong(command->name, words); /* its usage */
        text_format(line, sizeof line, "%s -- %s", command->name, command->max ? first : "x");
        for (int k = 1; k <= command->max && command->max < 1000; k++) {
            size_t used = strlen(line);
            text_format(line + used, sizeof line - used, " x");
        }
        if (command->max < 1000)
            expect_wrong(line, words);
        if (!command->words)
            continue;
        text_format(line, sizeof line, "%s nonsense", command->name);
        text_format(words, sizeof words, "there is no \"%s nonsense\"", command->name);
        expect_wrong(line, words);
    }
    expect_wrong("service strat", "did you mean start?");
}

static void what_follows_two_dashes_is_no_option(void **state)
{
    (void)state;
    expect_right("held -- --limit");
    assert_int_equal(typed.c.argc, 1);
    assert_string_equal(typed.c.argv[0], "--limit");
    expect_right("complete -- endpointctl order --state rej");
    assert_int_equal(typed.c.argc, 4);
}

/* A program reads JSON, also when it typed something wrong. */
static void faults_are_json_for_programs(void **state)
{
    static const char *const lines[] = {"--json nonsense",
                                        "--json status --nonsense",
                                        "--json orders -n",
                                        "--json orders -n x",
                                        "--json sync --follow",
                                        "--json service nonsense",
                                        "--json lookup",
                                        "--json status x",
                                        "status --nonsense --json",
                                        "orders -n 0 --stream",
                                        "--json"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        assert_int_equal(type(lines[i]), EXIT_USAGE);
        json_t *json = json_parse(typed.said, strlen(typed.said), NULL);
        if (!json)
            fail_msg("%s: %s", lines[i], typed.said);
        assert_false(json_flag(json, "ok", true));
        assert_string_equal(json_text(json_object_get(json, "error"), "code", ""), "usage");
        assert_true(*json_text(json_object_get(json, "error"), "text", ""));
        json_decref(json);
    }
}

/* ---- help ---------------------------------------------------------------------------------------------------------- */

static void help_and_version_come_before_what_is_wrong(void **state)
{
    (void)state;
    assert_int_equal(type("--version"), EXIT_GOOD);
    assert_true(text_starts(typed.said, "endpointctl "));
    assert_int_equal(type("status --version"), EXIT_GOOD);
    assert_int_equal(type("--help"), EXIT_GOOD);
    assert_true(says("Usage: endpointctl [options] COMMAND"));
    assert_int_equal(type("-h"), EXIT_GOOD);
    assert_int_equal(type("lookup --help"), EXIT_GOOD); /* though a word is missing */
    assert_true(says("Usage: endpointctl lookup NAME"));
    assert_int_equal(type("sync --follow --help"), EXIT_GOOD);
    assert_int_equal(type("nonsense --help"), EXIT_USAGE);
    assert_true(says("there is no command"));
}

static void each_command_has_help_with_all_its_options(void **state)
{
    const struct command *command;
    (void)state;
    for (size_t i = 0; (command = options_command_at(i)) != NULL; i++) {
        char line[100], begin[100];
        if (!command->line)
            continue; /* for programs */
        text_format(line, sizeof line, "help %s", command->name);
        expect_right(line);
        assert_int_equal(caught(run), EXIT_GOOD);
        text_format(begin, sizeof begin, "Usage: endpointctl %s", command->name);
        assert_true(text_starts(typed.said, begin));
        assert_true(says(command->line));
        for (size_t k = 0; command->options[k]; k++) {
            assert_true(says(command->options[k]->usage));
            assert_true(says(command->options[k]->line));
        }
        text_format(line, sizeof line, "--json help %s", command->name);
        expect_right(line);
        assert_int_equal(caught(run), EXIT_GOOD);
        json_t *json = json_parse(typed.said, strlen(typed.said), NULL);
        assert_true(json_flag(json, "ok", false));
        json_decref(json);
    }
    expect_right("help nonsense");
    assert_int_equal(caught(run), EXIT_USAGE);
    expect_right("help complete");
    assert_int_equal(caught(run), EXIT_USAGE);
}

/* ---- words that do not go together, and nobody there --------------------------------------------------------------- */

/* The command runs, in a directory without an endpointd. */
static int run_line(const char *line)
{
    char whole[600];
    text_format(whole, sizeof whole, "--config %s/endpoint.conf --state-dir %s --runtime-dir %s %s",
                dir, dir, dir, line);
    expect_right(whole);
    return caught(run);
}

static void words_that_do_not_go_together_are_wrong(void **state)
{
    static const char *const lines[] = {"order resolve 7",
                                        "order resolve 7 --exists-as A --does-not-exist",
                                        "order resolve --exists-as A",
                                        "order show",
                                        "order show 7 8",
                                        "order retry",
                                        "order retry 7 --state rejected",
                                        "order retry --state done",
                                        "journal --since nonsense",
                                        "held retry"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        int code = run_line(lines[i]);
        if (code != EXIT_USAGE)
            fail_msg("%s: %d, %s", lines[i], code, typed.said);
    }
}

static void expect_refused(int code, const char *name)
{
    static const char *const lines[] = {"plugins",          "sync",       "sync stock",
                                        "held retry stock", "journal -f", "metrics",
                                        "order retry 7",    "reload",     "take-over"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        char line[100];
        int given = run_line(lines[i]);
        if (given != code)
            fail_msg("%s: %d, %s", lines[i], given, typed.said);
        text_format(line, sizeof line, "--json %s", lines[i]);
        assert_int_equal(run_line(line), code);
        json_t *json = json_parse(typed.said, strlen(typed.said), NULL);
        assert_non_null(json);
        assert_string_equal(json_text(json_object_get(json, "error"), "code", ""), name);
        json_decref(json);
    }
}

static void without_endpointd_it_is_said_so(void **state)
{
    struct identity id;
    struct error e = {0};
    (void)state;
    expect_refused(EXIT_SET_UP, "set_up");
    assert_int_equal(identity_prepare(dir, "https://panel.test", &id, &e), STATUS_OK);
    text_copy(id.endpoint_id, sizeof id.endpoint_id, "endpoint-1");
    assert_int_equal(identity_save(dir, &id, &e), STATUS_OK);
    identity_wipe(&id);
    expect_refused(EXIT_NO_DAEMON, "daemon_away");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_has_its_row),
        cmocka_unit_test(an_option_of_a_name_is_one_row),
        cmocka_unit_test(every_command_takes_its_options_and_no_other),
        cmocka_unit_test(all_of_a_commands_options_at_once),
        cmocka_unit_test(a_wrong_option_is_found_behind_many_right_ones),
        cmocka_unit_test(options_of_every_command_go_anywhere),
        cmocka_unit_test(an_unknown_option_names_the_nearest),
        cmocka_unit_test(a_value_that_is_missing_or_none),
        cmocka_unit_test(abbreviations_are_heard_when_they_are_clear),
        cmocka_unit_test(an_unknown_command_names_the_nearest),
        cmocka_unit_test(words_that_are_too_few_or_too_many),
        cmocka_unit_test(what_follows_two_dashes_is_no_option),
        cmocka_unit_test(faults_are_json_for_programs),
        cmocka_unit_test(help_and_version_come_before_what_is_wrong),
        cmocka_unit_test(each_command_has_help_with_all_its_options),
        cmocka_unit_test(words_that_do_not_go_together_are_wrong),
        cmocka_unit_test(without_endpointd_it_is_said_so),
    };
    return cmocka_run_group_tests_name("options", tests, open_it, close_it);
}
