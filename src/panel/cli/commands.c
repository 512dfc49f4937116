#include "panel/cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/plugin.h"
#include "os/file.h"
#include "panel/cli/commands_endpoints.h"
#include "panel/cli/commands_orders.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_journal.h"
#include "panel/store/store_plugins.h"
#include "panel/store/store_rows.h"
#include "panel/store/store_tokens.h"

/* How long a token that buys an identity may lie about. */
#define TTL_LEAST_MS 60000
#define TTL_MOST_MS  INT64_C(604800000)

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

/* Columns that are times: for people in their own zone. */
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

/* A name that people can read and tell from others. */
static bool name_ok(const char *name)
{
    bool blank = true;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p < ' ' || *p == 0x7f)
            return false;
        blank &= *p == ' ';
    }
    return !blank && strlen(name) <= 200;
}

static int account_add(struct command_line *c)
{
    char id[CRYPTO_ID_TEXT];
    struct error e = {0};
    if (!name_ok(c->argv[0])) {
        error_set(&e, STATUS_INVALID, "account_name",
                  "an account wants a name: 1 to 200 bytes, no control characters");
        command_failed(&e);
        return 2;
    }
    if (store_account_add(c->store, c->argv[0], id, &e) != STATUS_OK)
        return command_failed(&e);
    if (c->json)
        command_print_json(json_pack("{s:s,s:s}", "id", id, "name", c->argv[0]));
    else
        puts(id);
    return 0;
}

static int account_list(struct command_line *c)
{
    json_t *accounts = NULL;
    struct error e = {0};
    enum status status = store_accounts_list(c->store, &accounts, &e);
    return command_print_rows(c, status, accounts, &e,
                              (const char *[]){"id", "name", "created", NULL});
}

static int token_new(struct command_line *c)
{
    char token[STORE_TOKEN];
    int64_t ttl = 3600000;
    struct error e = {0};
    if (c->ttl && (!text_to_duration(c->ttl, &ttl) || ttl < TTL_LEAST_MS || ttl > TTL_MOST_MS)) {
        error_set(&e, STATUS_INVALID, "token_ttl",
                  "--ttl wants a time from 1m to 7d, such as 60m; not \"%.40s\"", c->ttl);
        command_failed(&e);
        return 2;
    }
    if (store_token_new(c->store, c->account, ttl, token, &e) != STATUS_OK)
        return command_failed(&e);
    if (c->json)
        command_print_json(json_pack("{s:s}", "token", token));
    else
        puts(token);
    mem_wipe(token, sizeof token);
    return 0;
}

/* Says to programs what was done; people see the exit code. */
static int command_done(struct command_line *c, const char *id)
{
    if (c->json)
        command_print_json(json_pack("{s:b,s:s}", "ok", 1, "id", id));
    return 0;
}

static int done_or(struct command_line *c, enum status status, const struct error *e,
                   const char *what)
{
    if (status == STATUS_NOT_FOUND)
        return command_missing(c, what, c->argv[0]);
    return status == STATUS_OK ? command_done(c, c->argv[0]) : command_failed(e);
}

static int endpoint_revoke(struct command_line *c)
{
    struct error e = {0};
    char *endpoint = command_endpoint(c, c->argv[0]);
    if (!endpoint)
        return 3;
    enum status status = store_endpoint_revoke(c->store, endpoint, &e);
    int code = status == STATUS_OK ? command_done(c, endpoint) : command_failed(&e);
    free(endpoint);
    return code;
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
        ssize_t n;
        while (!b.failed && (n = read(STDIN_FILENO, chunk, sizeof chunk)) > 0)
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

static int plugin_add(struct command_line *c)
{
    struct error e = {0};
    char *endpoint = command_endpoint(c, c->endpoint);
    json_t *plugin = endpoint ? command_read_json(c->argv[0], 1 << 20) : NULL;
    int code = endpoint ? 1 : 3;
    if (plugin) {
        char id[CRYPTO_ID_TEXT];
        if (!json_object_get(plugin, "id")) {
            crypto_random_id(id);
            json_set_text(plugin, "id", id);
        }
        const char *name = json_text(plugin, "id", "");
        code = store_plugin_put(c->store, endpoint, name, plugin, true, &e) == STATUS_OK
                   ? 0
                   : command_failed(&e);
        if (code == 0 && c->json)
            command_print_json(json_pack("{s:s}", "id", name));
        else if (code == 0)
            puts(name);
    }
    json_decref(plugin);
    free(endpoint);
    return code;
}

/* Whose plugin is it? Says so when it is nobody's. */
static bool find_plugin(struct command_line *c, const char *id, char endpoint[CRYPTO_ID_TEXT])
{
    struct error e = {0};
    enum status status = store_plugin_endpoint(c->store, id, endpoint, &e);
    if (status == STATUS_NOT_FOUND)
        command_missing(c, "plugin", id);
    else if (status != STATUS_OK)
        command_failed(&e);
    return status == STATUS_OK;
}

static int put_again(struct command_line *c, const char *endpoint, json_t *plugin)
{
    struct error e = {0};
    json_set_text(plugin, "id", c->argv[0]);
    return store_plugin_put(c->store, endpoint, c->argv[0], plugin, false, &e) == STATUS_OK
               ? command_done(c, c->argv[0])
               : command_failed(&e);
}

static int plugin_edit(struct command_line *c)
{
    char endpoint[CRYPTO_ID_TEXT];
    if (!find_plugin(c, c->argv[0], endpoint))
        return 3;
    json_t *plugin = command_read_json(c->argv[1], 1 << 20);
    int code = plugin ? put_again(c, endpoint, plugin) : 1;
    json_decref(plugin);
    return code;
}

/* Enabling changes no scenario: its version stays. */
static int set_enabled(struct command_line *c, bool on)
{
    struct error e = {0};
    enum status status = store_plugin_enable(c->store, c->argv[0], on, &e);
    return done_or(c, status, &e, "plugin");
}

static int plugin_enable(struct command_line *c)
{
    return set_enabled(c, true);
}

static int plugin_disable(struct command_line *c)
{
    return set_enabled(c, false);
}

static int plugin_list(struct command_line *c)
{
    json_t *plugins = NULL;
    struct error e = {0};
    enum status status = store_plugins_list(c->store, &plugins, &e);
    return command_print_rows(c, status, plugins, &e,
                              (const char *[]){"id", "kind", "enabled", "version", "acked", NULL});
}

/* Is the endpoint there that --endpoint names, in part perhaps? Says why not; without --endpoint it is true. */
static bool endpoint_known(struct command_line *c)
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
    return !c->plugin || find_plugin(c, c->plugin, endpoint);
}

static void print_change(void *user, const struct store_row *row)
{
    const struct command_line *c = user;
    if (c->json) {
        const char *data = row->data ? row->data : "null";
        struct buf key;
        buf_init(&key, 65536);
        json_add_string(&key, row->key, strlen(row->key));
        fputs("{\"key\":", stdout);
        json_write_text(stdout, buf_text(&key), key.length);
        printf(",\"deleted\":%s,\"data\":", row->deleted ? "true" : "false");
        json_write_text(stdout, data, strlen(data));
        puts("}");
        buf_free(&key);
    } else {
        command_print_text(row->key);
        putchar('\t');
        command_print_text(row->deleted ? "(deleted)" : row->data ? row->data : "null");
        putchar('\n');
    }
}

static int changes(struct command_line *c)
{
    struct error e = {0};
    int64_t count = 0;
    const struct store_rows_wanted wanted = {
        .stream = c->argv[0], .key = c->key, .endpoint = c->endpoint, .deleted = c->deleted};
    if (!store_stream_known(wanted.stream)) {
        fprintf(stderr, "endpoint-panel: there is no stream \"%s\"\n", wanted.stream);
        return 2;
    }
    if (!endpoint_known(c))
        return 3;
    enum status status = c->count ? store_rows_count(c->store, &wanted, &count, &e)
                                  : store_rows_each(c->store, &wanted, print_change, c, &e);
    if (status != STATUS_OK)
        return command_failed(&e);
    if (c->count)
        printf("%lld\n", (long long)count);
    return 0;
}

static int stock(struct command_line *c)
{
    json_t *levels = NULL;
    struct error e = {0};
    enum status status = store_rows_stock(c->store, c->argv[0], &levels, &e);
    if (status == STATUS_OK && !json_array_size(levels)) {
        json_decref(levels);
        return command_missing(c, "stock of", c->argv[0]);
    }
    return command_print_rows(
        c, status, levels, &e,
        (const char *[]){"warehouse", "on_hand", "reserved", "available", NULL});
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

static int command_add(struct command_line *c)
{
    static const char *const words[] = {"run-now", "simulate",    "lookup",
                                        "test",    "retry-order", "resolve-order"};
    const char *with = c->argc > 2 ? c->argv[2] : "{}";
    size_t i = 0;
    json_t *object = json_parse(with, strlen(with), NULL);
    bool is_object = json_is_object(object);
    json_decref(object);
    while (i < COUNT_OF(words) && !text_equal(words[i], c->argv[1]))
        i++;
    if (i == COUNT_OF(words) || !is_object) {
        fprintf(stderr, "endpoint-panel: a command is run-now, simulate, lookup, test, retry-order "
                        "or resolve-order, "
                        "with a JSON object\n");
        return 2;
    }
    char *endpoint = command_endpoint(c, c->argv[0]);
    int code = endpoint ? command_queue(c, endpoint, c->argv[1], with) : 3;
    free(endpoint);
    return code;
}

static int command_show(struct command_line *c)
{
    json_t *command = NULL;
    struct error e = {0};
    if (store_command_show(c->store, c->argv[0], &command, &e) != STATUS_OK)
        return command_failed(&e);
    if (!command)
        return command_missing(c, "command", c->argv[0]);
    command_print_json(command);
    return 0;
}

static int journal(struct command_line *c)
{
    json_t *entries = NULL;
    struct error e = {0};
    if (!endpoint_known(c))
        return 3;
    enum status status =
        store_journal_list(c->store, c->endpoint, c->lines ? c->lines : 50, &entries, &e);
    return command_print_rows(c, status, entries, &e,
                              (const char *[]){"at", "level", "plugin", "text", NULL});
}

static const struct command table[] = {
    {"account add", "account add NAME", "make an account", "", 1, 1, account_add},
    {"account list", "account list", "the accounts", "", 0, 0, account_list},
    {"token new", "token new [--account A]", "a registration token, shown once (--ttl 60m)",
     "account ttl", 0, 0, token_new},
    {"endpoint list", "endpoint list", "the endpoints that registered, and who is silent", "", 0, 0,
     endpoint_list},
    {"endpoint take-over", "endpoint take-over ID", "let its held copy go on in its place", "", 1,
     1, endpoint_take_over},
    {"endpoint revoke", "endpoint revoke ID", "refuse an endpoint from now on", "", 1, 1,
     endpoint_revoke},
    {"plugin add", "plugin add FILE|-", "add a plugin to --endpoint ID; JSON", "endpoint", 1, 1,
     plugin_add},
    {"plugin edit", "plugin edit ID FILE|-", "replace a plugin's scenario", "", 2, 2, plugin_edit},
    {"plugin enable", "plugin enable ID", "let it run", "", 1, 1, plugin_enable},
    {"plugin disable", "plugin disable ID", "stop it", "", 1, 1, plugin_disable},
    {"plugin list", "plugin list", "the plugins", "", 0, 0, plugin_list},
    {"changes", "changes STREAM", "what the panel holds (--key K, --count, --deleted)",
     "endpoint key count deleted", 1, 1, changes},
    {"stock", "stock SKU", "a product's stock in every warehouse", "", 1, 1, stock},
    {"status", "status [ENDPOINT]", "the last status that it sent, JSON; 1 when red or not heard",
     "", 0, 1, endpoint_status},
    {"command add", "command add ENDPOINT DO", "queue run-now, simulate, lookup, test … [JSON]", "",
     2, 3, command_add},
    {"command show", "command show ID", "a command and its result, JSON", "", 1, 1, command_show},
    {"order add", "order add FILE|-", "an order, or a list of them, for --plugin ID; JSON",
     "plugin", 1, 1, order_add},
    {"order list", "order list", "the orders, newest last (--state S, -n N)", "state plugin limit",
     0, 0, order_list},
    {"order show", "order show ID", "an order with its outcomes", "plugin", 1, 1, order_show},
    {"order cancel", "order cancel ID", "deliver it again, as cancelled", "plugin", 1, 1,
     order_cancel},
    {"order retry", "order retry ID", "let the endpoint try it again", "plugin", 1, 1, order_retry},
    {"order resolve", "order resolve ID", "--exists-as DOCUMENT or --does-not-exist",
     "plugin exists-as does-not-exist", 1, 1, order_resolve},
    {"journal", "journal [-n N]", "what happened, newest last", "endpoint limit", 0, 0, journal},
};

const struct command *command_at(size_t index)
{
    return index < COUNT_OF(table) ? &table[index] : NULL;
}
