#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/words.h"
#include "os/clock.h"
#include "os/console.h"
#include "os/fd.h"
#include "os/file.h"

int ctl_failed(const struct ctl *c, const struct error *e)
{
    if (c->json) {
        json_t *o = json_object();
        json_set_flag(o, "ok", false);
        json_object_set_new(o, "error", json_from_error(e));
        ctl_print_json(o);
    } else {
        fprintf(stderr, "endpointctl: %s\n", ctl_shown(CTL_TEXT, e->text));
        if (*error_advice(e))
            fprintf(stderr, "  > %s\n", ctl_shown(CTL_TEXT, error_advice(e)));
    }
    return ctl_exit_code(e);
}

int ctl_usage(const struct ctl *c, const char *usage)
{
    struct error e = {0};
    if (!c->json) {
        fprintf(stderr, _("usage: %s\n"), usage);
        return EXIT_USAGE;
    }
    error_set(&e, STATUS_INVALID, "usage", "usage: %s", usage);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

int ctl_exit_code(const struct error *e)
{
    if (text_equal(e->code, "daemon_away"))
        return EXIT_NO_DAEMON;
    if (text_equal(e->code, "rights"))
        return EXIT_RIGHTS;
    if (text_equal(e->code, "clients"))
        return EXIT_BUSY;
    if (text_equal(e->code, "set_up"))
        return EXIT_SET_UP;
    if (text_equal(e->code, "would_cut_session"))
        return EXIT_CONFIRM;
    return e->status == STATUS_NOT_FOUND ? EXIT_NOT_FOUND : EXIT_RED;
}

void ctl_print_json(json_t *value)
{
    json_write(stdout, value, JSON_COMPACT);
    putchar('\n');
    json_decref(value);
}

bool ctl_colour(void)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return fd_is_terminal(FD_OUTPUT) && !(no && *no) && !text_equal(term, "dumb");
}

int ctl_width(void)
{
    int columns = console_columns();
    if (columns < 40)
        return 80;
    return columns > 160 ? 160 : columns;
}

void ctl_due(char target[40], const char *time)
{
    int64_t ms;
    if (time && clock_parse(time, &ms) && ms <= clock_wall_ms())
        text_copy(target, 40, _("now"));
    else
        ctl_relative(target, time);
}

const char *ctl_when(char target[40], const char *time)
{
    int64_t ms;
    struct tm local;
    time_t at;
    if (!time || !clock_parse(time, &ms)) {
        text_copy(target, 40, "-");
        return target;
    }
    at = (time_t)(ms / 1000);
    localtime_r(&at, &local);
    if (strftime(target, 40, "%Y-%m-%d %H:%M:%S", &local) == 0)
        text_copy(target, 40, "-");
    return target;
}

void ctl_relative(char target[40], const char *time)
{
    int64_t ms;
    char length[32];
    if (!time || !clock_parse(time, &ms)) {
        text_copy(target, 40, "-");
        return;
    }
    int64_t away = clock_wall_ms() - ms;
    bool future = away < 0;
    if (future)
        away = -away;
    text_from_duration(length, sizeof length, away < 1000 ? 1000 : away / 1000 * 1000);
    text_format(target, 40, future ? _("in %s") : _("%s ago"), length);
}

json_t *ctl_faults_json(const struct config_fault *faults, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct config_fault *f = &faults[i];
        json_t *fault = json_pack("{s:s,s:i,s:s,s:b}", "file", f->file, "line", f->line, "setting",
                                  f->setting, "warning", f->warning);
        said_set_text(fault, "text", f->text, f->said);
        json_array_append_new(list, fault);
    }
    return list;
}

void ctl_print_fault(FILE *to, const struct config_fault *f)
{
    fprintf(to, "%s:%d: %s%s%s%s\n", f->file, f->line, f->warning ? _("warning: ") : "",
            ctl_shown(CTL_TEXT, f->setting), f->setting[0] ? ": " : "",
            ctl_shown(CTL_TEXT, f->text));
}

void ctl_faulty(const struct ctl *c, const struct error *e, const struct config_fault *faults,
                size_t count)
{
    for (size_t i = 0; !c->json && i < count; i++)
        ctl_print_fault(stderr, &faults[i]);
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:o,s:o}", "ok", 0, "error", json_from_error(e), "faults",
                                 ctl_faults_json(faults, count)));
    else if (count == 0)
        ctl_failed(c, e);
}

struct config *ctl_config_load(struct ctl *c, int *code)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *config = NULL;
    struct error e = {0};
    size_t count = 0;
    enum status status = config_load(&c->paths, &config, faults, &count, &e);
    *code = EXIT_GOOD;
    if (status == STATUS_INVALID) {
        ctl_faulty(c, &e, faults, count);
        *code = EXIT_USAGE;
    } else if (!config) {
        *code = ctl_failed(c, &e);
    }
    free(faults);
    return config;
}

static bool first_line(const struct buf *b, char *target, size_t size)
{
    size_t length = strcspn(buf_text(b), "\r\n");
    if (length == 0 || length >= size)
        return false;
    memcpy(target, buf_text(b), length);
    target[length] = '\0';
    return true;
}

static bool prompt_secret(const char *prompt, struct buf *b)
{
    struct console_typing before;
    char chunk[1024];
    if (!console_hide_typing(&before))
        return false;
    fprintf(stderr, "%s: ", i18n_text(prompt));
    fflush(stderr);
    ptrdiff_t n = fd_read(FD_INPUT, chunk, sizeof chunk);
    console_show_typing(&before);
    fputc('\n', stderr);
    if (n > 0)
        buf_add(b, chunk, (size_t)n);
    mem_wipe(chunk, sizeof chunk);
    return n > 0;
}

enum status ctl_read_secret(const char *file, const char *prompt, char *target, size_t size,
                            struct error *e)
{
    struct buf b;
    enum status status = STATUS_OK;
    buf_init(&b, 65536);
    if (file && strcmp(file, "-") != 0) {
        status = file_read(file, &b, NULL, e);
    } else if (!file && fd_is_terminal(FD_INPUT)) {
        prompt_secret(prompt, &b);
    } else {
        char chunk[4096];
        ptrdiff_t n;
        while ((n = fd_read(FD_INPUT, chunk, sizeof chunk)) > 0)
            buf_add(&b, chunk, (size_t)n);
        mem_wipe(chunk, sizeof chunk);
    }
    if (status == STATUS_OK && !first_line(&b, target, size))
        status = b.length > 0 && b.length >= size
                     ? error_set(e, STATUS_INVALID, "secret", "the input is too long")
                     : error_set(e, STATUS_INVALID, "secret", "no input was given");
    mem_wipe(b.data, b.length);
    buf_free(&b);
    return status;
}

const char *ctl_shown(char target[CTL_TEXT_SIZE], const char *text)
{
    size_t length = strlen(text);
    struct buf b; /* a shown text is never shorter than the text, and at most four times as long */
    buf_init(&b, (size_t)CTL_TEXT_SIZE * 4);
    text_printable(&b, text, length < CTL_TEXT_SIZE ? length : CTL_TEXT_SIZE);
    if (!text_copy(target, CTL_TEXT_SIZE - 3, buf_text(&b)))
        text_copy(target + strlen(target), 4, "…");
    buf_free(&b);
    return target;
}

void ctl_print_text(const char *text)
{
    struct buf b;
    buf_init(&b, 64 << 20);
    text_printable(&b, text, strlen(text));
    fputs(buf_text(&b), stdout);
    buf_free(&b);
}

void ctl_sign(int result)
{
    static const char *const colours[] = {[CHECK_OK] = "\033[32m",
                                          [CHECK_FAIL] = "\033[1;31m",
                                          [CHECK_WARN] = "\033[33m",
                                          [CHECK_WAIT] = "\033[2m",
                                          [CHECK_SKIPPED] = "\033[2m"};
    bool colour = ctl_colour();
    printf("%s%s%s ", colour ? colours[result] : "", check_sign(result), colour ? "\033[0m" : "");
}

int ctl_answer_error(struct ctl *c, const json_t *answer)
{
    const json_t *error = json_object_get(answer, "error");
    struct error e;
    if (json_text(error, "text", NULL))
        json_to_error(error, &e);
    else
        error_set(&e, STATUS_REFUSED, json_text(error, "code", ""), "it failed");
    if (e.status != STATUS_NOT_FOUND)
        e.status = STATUS_REFUSED;
    return ctl_failed(c, &e);
}

void ctl_print_error(const json_t *error, int indent)
{
    if (!json_is_object(error))
        return;
    printf("%*s", indent, "");
    words_print(error, "text");
    putchar('\n');
    if (*json_text(error, "remedy", "")) {
        printf("%*s> ", indent, "");
        words_print(error, "remedy");
        putchar('\n');
    }
}

void ctl_print_table(const json_t *rows)
{
    size_t i;
    json_t *row, *value;
    const char *key;
    json_array_foreach (rows, i, row) {
        bool first = true;
        json_object_foreach (row, key, value) {
            fputs(first ? "" : "\t", stdout);
            ctl_print_text(json_is_string(value) ? json_string_value(value) : "-");
            first = false;
        }
        putchar('\n');
    }
}
