/* What the commands of endpoint-panel share. */
#include "panel/cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/fd.h"
#include "os/file.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_plugins.h"

const struct args_option command_endpoint_option = {
    "endpoint", 0, "--endpoint ID", "not needed when there is one only", COMMAND_TEXT(endpoint)};
const struct args_option command_plugin_option = {"plugin", 0, "--plugin ID", "of this plugin",
                                                  COMMAND_TEXT(plugin)};
const struct args_option command_limit_option = {
    "limit", 'n', "-n N, --limit N", "so many at most, the newest", COMMAND_NUMBER(lines)};

int command_failed(const struct error *e)
{
    fprintf(stderr, "endpoint-panel: %s\n", e->text);
    if (*error_advice(e))
        fprintf(stderr, "  %s\n", error_advice(e));
    return e->status == STATUS_NOT_FOUND ? 3 : 1;
}

int command_missing(const struct command_line *c, const char *what, const char *which)
{
    struct error e = {0};
    error_set(&e, STATUS_NOT_FOUND, "unknown", "there is no %s%s%s", what, *which ? " " : "",
              which);
    if (c->json)
        command_print_json(json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e)));
    return command_failed(&e);
}

void command_print_json(json_t *value)
{
    json_write(stdout, value, JSON_COMPACT);
    putchar('\n');
    json_decref(value);
}

void command_print_text(const char *text)
{
    struct buf b;
    buf_init(&b, 4 << 20);
    text_printable(&b, text, strlen(text));
    fputs(buf_text(&b), stdout);
    buf_free(&b);
}

void command_print_time(const char *at)
{
    char text[40];
    int64_t ms;
    struct tm local;
    time_t seconds;
    if (!clock_parse(at, &ms)) {
        command_print_text(at);
        return;
    }
    seconds = (time_t)(ms / 1000);
    localtime_r(&seconds, &local);
    if (strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local))
        fputs(text, stdout);
}

/* Columns that are times: shown to people in their own time zone. */
static bool is_time(const char *column)
{
    return text_equal(column, "at") || text_equal(column, "created") || text_equal(column, "added");
}

static void print_columns(const json_t *row, const char *const *columns)
{
    for (size_t k = 0; columns[k]; k++) {
        const json_t *value = json_object_get(row, columns[k]);
        if (k)
            putchar('\t');
        if (json_is_integer(value))
            printf("%lld", (long long)json_integer_value(value));
        else if (json_is_boolean(value))
            putchar(json_is_true(value) ? '1' : '0');
        else if (is_time(columns[k]))
            command_print_time(json_text(row, columns[k], "-"));
        else
            command_print_text(json_text(row, columns[k], "-"));
    }
}

int command_print_rows(const struct command_line *c, enum status status, json_t *rows,
                       const struct error *e, const char *const *columns)
{
    json_t *row;
    size_t i;
    if (status != STATUS_OK)
        return command_failed(e);
    json_array_foreach (rows, i, row) {
        if (c->json)
            json_write(stdout, row, JSON_COMPACT);
        else
            print_columns(row, columns);
        putchar('\n');
    }
    json_decref(rows);
    return 0;
}

int command_done(struct command_line *c, const char *id)
{
    if (c->json)
        command_print_json(json_pack("{s:b,s:s}", "ok", 1, "id", id));
    return 0;
}

char *command_endpoint(struct command_line *c, const char *given)
{
    char id[CRYPTO_ID_TEXT];
    size_t count;
    struct error e = {0};
    if (store_endpoint_find(c->store, given, id, &count, &e) != STATUS_OK)
        command_failed(&e);
    else if (count > 1)
        fprintf(stderr, "endpoint-panel: there are several endpoints: name one\n");
    else if (count == 0)
        command_missing(c, "endpoint", given ? given : "");
    else
        return mem_string(id);
    return NULL;
}

json_t *command_read_json(const char *path, size_t maximum)
{
    struct buf b;
    struct error e = {0};
    json_t *value = NULL;
    buf_init(&b, maximum);
    if (strcmp(path, "-") == 0) {
        char chunk[16384];
        ptrdiff_t n;
        while (!b.failed && (n = fd_read(0, chunk, sizeof chunk)) > 0)
            buf_add(&b, chunk, (size_t)n);
        if (b.failed)
            error_set(&e, STATUS_FULL, "file_size", "the input is longer than %zu bytes", maximum);
    } else {
        file_read(path, &b, NULL, &e);
    }
    if (e.status == STATUS_OK) {
        value = json_parse(buf_text(&b), b.length, &e);
        if (!value)
            error_prefix(&e, "%s", strcmp(path, "-") == 0 ? "standard input" : path);
    }
    if (!value)
        command_failed(&e);
    buf_free(&b);
    return value;
}

bool command_find_plugin(struct command_line *c, const char *id, char endpoint[CRYPTO_ID_TEXT])
{
    struct error e = {0};
    enum status status = store_plugin_endpoint(c->store, id, endpoint, &e);
    if (status == STATUS_NOT_FOUND)
        command_missing(c, "plugin", id);
    else if (status != STATUS_OK)
        command_failed(&e);
    return status == STATUS_OK;
}

bool command_endpoint_known(struct command_line *c)
{
    char *id = c->endpoint ? command_endpoint(c, c->endpoint) : NULL;
    bool known = id || !c->endpoint;
    if (id && text_copy(c->endpoint_id, sizeof c->endpoint_id, id))
        c->endpoint = c->endpoint_id;
    free(id);
    return known;
}

bool command_plugin_known(struct command_line *c)
{
    char endpoint[CRYPTO_ID_TEXT];
    return !c->plugin || command_find_plugin(c, c->plugin, endpoint);
}

int command_queue(struct command_line *c, const char *endpoint, const char *what, const char *with)
{
    char id[CRYPTO_ID_TEXT];
    struct error e = {0};
    if (store_command_add(c->store, endpoint, what, with, id, &e) != STATUS_OK)
        return command_failed(&e);
    if (c->json)
        command_print_json(json_pack("{s:s}", "id", id));
    else
        puts(id);
    return 0;
}
