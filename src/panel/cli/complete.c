#include "panel/cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/kind.h"
#include "panel/cli/command.h"
#include "panel/cli/command_line.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_orders_read.h"
#include "panel/store/store_plugins.h"

/* First or second words of commands, each once. */
static void offer_words(const char *first)
{
    const struct command *c;
    char last[40] = "";
    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        size_t length = strcspn(c->words, " ");
        char word[40];
        text_format(word, sizeof word, "%.*s", (int)length, c->words);
        if (first && text_equal(word, first) && c->words[length])
            printf("%s\t%s\n", c->words + length + 1, c->line);
        else if (!first && !text_equal(word, last))
            printf("%s\t%s\n", word, c->words[length] ? "" : c->line);
        text_copy(last, sizeof last, word);
    }
}

enum offered { OFFER_ACCOUNTS, OFFER_ENDPOINTS, OFFER_PLUGINS, OFFER_ORDERS };

static enum status rows_of(struct store *s, enum offered what, json_t **rows)
{
    enum { ORDERS_MOST = 100 };
    switch (what) {
    case OFFER_ACCOUNTS: return store_accounts_list(s, rows, NULL);
    case OFFER_ENDPOINTS: return store_endpoints_list(s, NULL, rows, NULL);
    case OFFER_PLUGINS: return store_plugins_list(s, rows, NULL);
    default: return store_orders_list(s, NULL, NULL, ORDERS_MOST, rows, NULL);
    }
}

/* Ids from the store, if there is one: looking for completions must not create it. */
static void offer_rows(const char *data_dir, enum offered what)
{
    static const char *const names[] = {"name", "name", "kind", "number"};
    struct store *s = NULL;
    json_t *rows = NULL, *row;
    size_t i;
    char path[700];
    FILE *there =
        text_format(path, sizeof path, "%s/panel.db", data_dir) ? fopen(path, "rb") : NULL;
    if (!there)
        return;
    fclose(there);
    if (store_open(data_dir, &s, NULL) != STATUS_OK)
        return;
    if (rows_of(s, what, &rows) == STATUS_OK)
        json_array_foreach (rows, i, row)
            if (!json_flag(row, "revoked", false) && text_bare(json_text(row, "id", ""))) {
                printf("%s\t", json_text(row, "id", ""));
                command_print_text(json_text(row, names[what], ""));
                putchar('\n');
            }
    json_decref(rows);
    store_close(s);
}

static void offer_value(const char *data_dir, const char *option)
{
    if (text_equal(option, "account"))
        offer_rows(data_dir, OFFER_ACCOUNTS);
    else if (text_equal(option, "endpoint"))
        offer_rows(data_dir, OFFER_ENDPOINTS);
    else if (text_equal(option, "plugin"))
        offer_rows(data_dir, OFFER_PLUGINS);
    else if (text_equal(option, "state"))
        puts("new\t\nwaiting\t\ndone\t\nrejected\t\nin-doubt\t");
    else if (text_equal(option, "ttl"))
        puts("15m\t\n60m\t\n1d\t");
}

/* Kinds that carry rows out; orders come in. */
static void offer_kind(const char *name)
{
    if (!text_equal(name, "orders"))
        printf("%s\t\n", name);
}

static void offer_kinds(const char *data_dir)
{
    (void)data_dir;
    for (size_t i = 0; kind_at(i); i++)
        offer_kind(kind_at(i)->name);
}

static void offer_endpoints(const char *data_dir)
{
    offer_rows(data_dir, OFFER_ENDPOINTS);
}

static void offer_plugins(const char *data_dir)
{
    offer_rows(data_dir, OFFER_PLUGINS);
}

static void offer_orders(const char *data_dir)
{
    offer_rows(data_dir, OFFER_ORDERS);
}

static void offer_file(const char *data_dir)
{
    (void)data_dir;
    puts(":file\t");
}

static void offer_deeds(const char *data_dir)
{
    (void)data_dir;
    puts("run-now\t\nsimulate\t\nlookup\t\ntest\t\nretry-order\t\nresolve-order\t");
}

/* What an argument at this place can be; a first word such as "order " stands for all commands that
 * begin with it. */
static void offer_arguments(const char *data_dir, const struct command *c, int place)
{
    static const struct {
        const char *words;
        int place;
        void (*offer)(const char *data_dir);
    } rows[] = {{"status", 0, offer_endpoints},      {"endpoint ", 0, offer_endpoints},
                {"command add", 0, offer_endpoints}, {"command add", 1, offer_deeds},
                {"changes", 0, offer_kinds},         {"plugin add", 0, offer_file},
                {"plugin edit", 1, offer_file},      {"plugin ", 0, offer_plugins},
                {"order add", 0, offer_file},        {"order ", 0, offer_orders}};
    for (size_t i = 0; i < COUNT_OF(rows) && place < c->max; i++) {
        bool family = text_ends(rows[i].words, " ");
        if (place == rows[i].place &&
            (family ? text_starts(c->words, rows[i].words) : text_equal(c->words, rows[i].words))) {
            rows[i].offer(data_dir);
            return;
        }
    }
}

/* The option whose value comes next; NULL: none. */
static const char *value_of(const char *word)
{
    if (text_equal(word, "-n"))
        return "limit";
    if (text_equal(word, "--data"))
        return "data";
    const struct args_option *option = text_starts(word, "--") ? command_option(word + 2) : NULL;
    return option && option->takes != ARGS_NOTHING ? option->name : NULL;
}

static void offer_options(const struct command *command)
{
    for (size_t i = 0; command_general_at(i); i++)
        printf("--%s\t%s\n", command_general_at(i)->name, command_general_at(i)->line);
    for (size_t i = 0; command && command->options[i]; i++)
        printf("--%s\t%s\n", command->options[i]->name, command->options[i]->line);
    if (!command)
        puts("--data\tthe panel's data\n--version\t");
}

/* Options of `serve`, and their values. */
static void offer_serve(const char *previous)
{
    static const char *const words[][2] = {
        {"--listen", "127.0.0.1\t\n0.0.0.0\tneeds --cert and --key"},
        {"--port", ""},
        {"--port-file", ":file\t"},
        {"--base-url", "https://\t"},
        {"--cert", ":file\t"},
        {"--key", ":file\t"},
        {"--make-cert", ":dir\t"},
        {"--connections", "1024\tdefault"},
        {"--strangers", "64\tdefault"},
        {"--begin-timeout", "10\tdefault"},
        {"--idle-timeout", "120\tdefault"},
        {"--registrations", "10\tdefault"},
        {"--help", NULL}};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i][1] && text_equal(words[i][0], previous)) {
            puts(words[i][1]);
            return;
        }
    for (size_t i = 0; i < COUNT_OF(words); i++)
        printf("%s\t\n", words[i][0]);
}

#define TYPED_MOST 8 /* words; more belong to no command */

/* What was typed before the word to complete. */
struct typed {
    const char *data_dir;
    char *words[TYPED_MOST]; /* without options */
    int count;
    const char *option; /* whose value comes now; NULL: none */
};

static struct typed read_typed(const char *data_dir, int argc, char **argv)
{
    struct typed t = {.data_dir = data_dir};
    for (int i = 0; i + 1 < argc; i++) {
        const char *option = value_of(argv[i]);
        bool whole = option && i + 2 < argc; /* its value is there */
        if (whole && text_equal(option, "data"))
            t.data_dir = argv[i + 1];
        if (!option && *argv[i] != '-' && t.count < TYPED_MOST)
            t.words[t.count++] = argv[i];
        t.option = whole ? NULL : option;
        i += whole;
    }
    return t;
}

static void offer_first(const struct typed *t)
{
    offer_words(t->count ? t->words[0] : NULL);
    if (t->count == 0)
        puts("serve\tthe API over HTTPS\nhelp\tthis, or one command whole");
}

int complete_words(const char *data_dir, int argc, char **argv)
{
    struct typed t = read_typed(data_dir, argc, argv);
    int words = 0;
    const char *current = argc ? argv[argc - 1] : "";
    const struct command *command = command_find(t.count, t.words, &words);
    if (t.option && text_equal(t.option, "data"))
        puts(":dir\t");
    else if (t.option)
        offer_value(t.data_dir, t.option);
    else if (t.count && text_equal(t.words[0], "serve"))
        offer_serve(argc > 1 ? argv[argc - 2] : "");
    else if (*current == '-')
        offer_options(command);
    else if (command)
        offer_arguments(t.data_dir, command, t.count - words);
    else if (t.count < 2)
        offer_first(&t);
    return 0;
}
