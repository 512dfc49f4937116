/* What endpoints sent. */
#include "panel/cli/cmd_changes.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "panel/store/store_rows.h"

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
    if (!command_endpoint_known(c))
        return 3;
    enum status status = c->count ? store_rows_count(c->store, &wanted, &count, &e)
                                  : store_rows_each(c->store, &wanted, print_change, c, &e);
    if (status != STATUS_OK)
        return command_failed(&e);
    if (c->count)
        printf("%lld\n", (long long)count);
    return 0;
}

static const struct args_option option_key = {"key", 0, "--key KEY", "the row of this key only",
                                              COMMAND_TEXT(key)};
static const struct args_option option_count = {"count", 0, "--count", "only how many there are",
                                                COMMAND_FLAG(count)};
static const struct args_option option_deleted = {
    "deleted", 0, "--deleted", "also those that are deleted", COMMAND_FLAG(deleted)};

const struct command cmd_changes[] = {
    {.words = "changes",
     .usage = "changes STREAM",
     .line = "what the panel holds (--key K, --count, --deleted)",
     .options = {&command_endpoint_option, &option_key, &option_count, &option_deleted},
     .min = 1,
     .max = 1,
     .run = changes},
    {0},
};
