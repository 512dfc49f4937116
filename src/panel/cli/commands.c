#include "panel/cli/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/plugin.h"
#include "panel/store/store_changes.h"
#include "panel/cli/commands_endpoints.h"
#include "panel/cli/commands_orders.h"

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

int command_print_rows(struct command_line *c, const char *sql, const char *const *parameters,
                       size_t count, const char *const *columns)
{
    static const char *const flags[] = {"cancelled", "enabled",
                                        "revoked"}; /* SQLite has no booleans */
    json_t *rows = NULL, *row;
    size_t i;
    struct error e = {0};
    if (store_query(c->store, sql, parameters, count, &rows, &e) != STATUS_OK) {
        json_decref(rows);
        return command_failed(&e);
    }
    json_array_foreach (rows, i, row) {
        if (c->json) {
            for (size_t k = 0; k < COUNT_OF(flags); k++)
                if (json_object_get(row, flags[k]))
                    json_set_flag(row, flags[k], json_number(row, flags[k], 0) != 0);
            json_write(stdout, row, JSON_COMPACT);
            putchar('\n');
            continue;
        }
        for (size_t k = 0; columns[k]; k++) {
            const json_t *value = json_object_get(row, columns[k]);
            struct buf b;
            buf_init(&b, 1 << 20);
            if (json_is_integer(value))
                buf_printf(&b, "%lld", (long long)json_integer_value(value));
            else
                text_printable(&b, json_text(row, columns[k], "-"),
                               strlen(json_text(row, columns[k], "-")));
            printf("%s%s", k ? "\t" : "", buf_text(&b));
            buf_free(&b);
        }
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
    return command_print_rows(c, "SELECT id,name,created FROM accounts ORDER BY created", NULL, 0,
                              (const char *[]){"id", "name", "created", NULL});
}

static int token_new(struct command_line *c)
{
    char token[64];
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

static int changed_or(struct command_line *c, enum status status, int changed, struct error *e,
                      const char *what)
{
    if (status != STATUS_OK)
        return command_failed(e);
    if (changed)
        return command_done(c, c->argv[0]);
    return command_missing(c, what, c->argv[0]);
}

static int endpoint_revoke(struct command_line *c)
{
    struct error e = {0};
    int changed = 0;
    const char *id = c->argv[0];
    enum status status = store_run(c->store, "UPDATE endpoints SET revoked=1,rev=rev+1 WHERE id=?",
                                   &id, 1, &changed, &e);
    return changed_or(c, status, changed, &e, "endpoint");
}

char *command_endpoint(struct command_line *c, const char *given)
{
    json_t *rows = NULL;
    char *id = NULL;
    store_query(c->store, "SELECT id FROM endpoints WHERE (?1 IS NULL AND revoked=0) OR id=?1",
                &given, 1, &rows, NULL);
    if (json_array_size(rows) == 1)
        id = mem_string(json_text(json_array_get(rows, 0), "id", ""));
    else if (json_array_size(rows))
        fprintf(stderr, "endpoint-panel: there are several endpoints: name one\n");
    else
        command_missing(c, "endpoint", given ? given : "");
    json_decref(rows);
    return id;
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

/* The plugin's row; NULL: said so. */
static json_t *plugin_row(struct command_line *c, const char *id)
{
    json_t *rows = NULL, *row = NULL;
    store_query(c->store, "SELECT endpoint_id,scenario,enabled,version FROM plugins WHERE id=?",
                &id, 1, &rows, NULL);
    if (json_array_size(rows))
        row = json_incref(json_array_get(rows, 0));
    else
        command_missing(c, "plugin", id);
    json_decref(rows);
    return row;
}

static int put_again(struct command_line *c, const json_t *row, json_t *plugin)
{
    struct error e = {0};
    json_set_text(plugin, "id", c->argv[0]);
    return store_plugin_put(c->store, json_text(row, "endpoint_id", ""), c->argv[0], plugin, false,
                            &e) == STATUS_OK
               ? 0
               : command_failed(&e);
}

static int plugin_edit(struct command_line *c)
{
    json_t *row = plugin_row(c, c->argv[0]);
    json_t *plugin = row ? command_read_json(c->argv[1], 1 << 20) : NULL;
    int code = !row ? 3 : plugin ? put_again(c, row, plugin) : 1;
    if (code == 0)
        code = command_done(c, c->argv[0]);
    json_decref(plugin);
    json_decref(row);
    return code;
}

/* Enabling changes no scenario: its version stays. */
static int set_enabled(struct command_line *c, const char *on)
{
    struct error e = {0};
    int changed = 0;
    enum status status =
        store_run(c->store, "UPDATE plugins SET enabled=CAST(?2 AS INTEGER) WHERE id=?1",
                  (const char *[]){c->argv[0], on}, 2, &changed, &e);
    if (status == STATUS_OK && changed)
        status = store_run(
            c->store,
            "UPDATE endpoints SET rev=rev+1 WHERE id=(SELECT endpoint_id FROM plugins WHERE "
            "id=?)",
            (const char *[]){c->argv[0]}, 1, NULL, &e);
    return changed_or(c, status, changed, &e, "plugin");
}

static int plugin_enable(struct command_line *c)
{
    return set_enabled(c, "1");
}

static int plugin_disable(struct command_line *c)
{
    return set_enabled(c, "0");
}

static int plugin_list(struct command_line *c)
{
    return command_print_rows(c,
                              "SELECT id,endpoint_id,json_extract(scenario,'$.kind') AS "
                              "kind,enabled,version,acked,scenario "
                              "FROM plugins ORDER BY id",
                              NULL, 0,
                              (const char *[]){"id", "kind", "enabled", "version", "acked", NULL});
}

/* Is what an option names there? Says why not. NULL is. */
static bool known(struct command_line *c, const char *what, const char *sql, const char *id)
{
    json_t *rows = NULL;
    struct error e = {0};
    if (!id)
        return true;
    bool asked = store_query(c->store, sql, &id, 1, &rows, &e) == STATUS_OK;
    bool found = json_array_size(rows) > 0;
    json_decref(rows);
    if (!asked)
        command_failed(&e);
    else if (!found)
        command_missing(c, what, id);
    return found;
}

static bool endpoint_known(struct command_line *c)
{
    return known(c, "endpoint", "SELECT id FROM endpoints WHERE id=?", c->endpoint);
}

bool command_plugin_known(struct command_line *c)
{
    return known(c, "plugin", "SELECT id FROM plugins WHERE id=?", c->plugin);
}

static int changes(struct command_line *c)
{
    struct error e = {0};
    sqlite3_stmt *st = NULL;
    const char *stream = c->argv[0];
    if (!store_stream_known(stream)) {
        fprintf(stderr, "endpoint-panel: there is no stream \"%s\"\n", stream);
        return 2;
    }
    if (!endpoint_known(c))
        return 3;
    const char *sql =
        c->count
            ? "SELECT count(*),NULL,0 FROM rows AS r JOIN plugins AS p ON p.id=r.plugin_id WHERE "
              "r.stream=?1 AND (?2 IS NULL OR r.key=?2) AND (?3 IS NULL OR p.endpoint_id=?3) AND "
              "(r.deleted=0 OR ?4)"
            : "SELECT r.key,r.data,r.deleted FROM rows AS r JOIN plugins AS p ON p.id=r.plugin_id "
              "WHERE r.stream=?1 AND (?2 IS NULL OR r.key=?2) AND (?3 IS NULL OR p.endpoint_id=?3) "
              "AND (r.deleted=0 OR ?4) ORDER BY r.plugin_id,r.key";
    enum status status = db_prepare(store_db(c->store), sql, &st, &e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(st, 1, stream, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, c->key, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 3, c->endpoint, -1, SQLITE_STATIC);
        sqlite3_bind_int(st, 4, c->deleted);
    }
    while (status == STATUS_OK && (status = db_step(st, &e)) == STATUS_OK) {
        const char *data = sqlite3_column_type(st, 1) == SQLITE_NULL ? "null" : db_text(st, 1);
        if (c->count) {
            printf("%lld\n", (long long)sqlite3_column_int64(st, 0));
        } else if (c->json) {
            struct buf key;
            buf_init(&key, 65536);
            json_add_string(&key, db_text(st, 0), strlen(db_text(st, 0)));
            fputs("{\"key\":", stdout);
            json_write_text(stdout, buf_text(&key), key.length);
            printf(",\"deleted\":%s,\"data\":", sqlite3_column_int(st, 2) ? "true" : "false");
            json_write_text(stdout, data, strlen(data));
            puts("}");
            buf_free(&key);
        } else {
            command_print_text(db_text(st, 0));
            putchar('\t');
            command_print_text(sqlite3_column_int(st, 2) ? "(deleted)" : data);
            putchar('\n');
        }
    }
    sqlite3_finalize(st);
    return status == STATUS_END ? 0 : command_failed(&e);
}

static int stock(struct command_line *c)
{
    const char *sku = c->argv[0];
    if (!known(c, "stock of",
               "SELECT 1 AS found FROM rows WHERE stream='stock' AND deleted=0 AND "
               "json_extract(data,'$.sku')=? LIMIT 1",
               sku))
        return 3;
    return command_print_rows(
        c,
        "SELECT json_extract(data,'$.warehouse') AS warehouse,json_extract(data,'$.on_hand') AS "
        "on_hand,json_extract(data,'$.reserved') AS reserved,json_extract(data,'$.available') AS "
        "available FROM rows WHERE stream='stock' AND deleted=0 AND json_extract(data,'$.sku')=? "
        "ORDER "
        "BY 1",
        &sku, 1, (const char *[]){"warehouse", "on_hand", "reserved", "available", NULL});
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
    const char *id = c->argv[0];
    json_t *rows = NULL;
    store_query(c->store,
                "SELECT id,what,with_json,created,answered,result FROM commands WHERE id=?", &id, 1,
                &rows, NULL);
    json_t *row = json_array_get(rows, 0);
    if (!row) {
        json_decref(rows);
        return command_missing(c, "command", id);
    }
    const char *text = json_text(row, "result", NULL);
    json_t *result = text ? json_parse(text, strlen(text), NULL) : NULL;
    json_object_set_new(row, "result", result ? result : json_null());
    command_print_json(json_incref(row));
    json_decref(rows);
    return 0;
}

static int journal(struct command_line *c)
{
    char limit[24];
    if (!endpoint_known(c))
        return 3;
    text_format(limit, sizeof limit, "%ld", c->lines ? c->lines : 50);
    return command_print_rows(
        c,
        "SELECT * FROM (SELECT id,at,level,plugin,ord AS \"order\",code,text,correlation FROM journal WHERE ?1 "
        "IS "
        "NULL OR endpoint_id=?1 ORDER BY id DESC LIMIT CAST(?2 AS INTEGER)) ORDER BY id",
        (const char *[]){c->endpoint, limit}, 2,
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
