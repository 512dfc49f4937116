/* The panel's command line: which command, its options, help, and what can follow the words typed so far. */
#include "panel/cli/command_line.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/args.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/kind.h"
#include "panel/cli/commands.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_orders_read.h"
#include "panel/store/store_plugins.h"

#define NEAR 2 /* letters that may be wrong in what was meant */

static const struct {
    struct option option;
    const char *usage, *line;
} options[] = {
    {{"json", 0, NULL, 'j'}, NULL, "answers for programs"},
    {{"help", 0, NULL, 'h'}, NULL, "this command whole"},
    {{"account", 1, NULL, 'a'},
     "--account ACCOUNT",
     "its name or id; not needed when there is one only"},
    {{"endpoint", 1, NULL, 'e'}, "--endpoint ID", "not needed when there is one only"},
    {{"plugin", 1, NULL, 'p'}, "--plugin ID", "of this plugin"},
    {{"key", 1, NULL, 'k'}, "--key KEY", "the row of this key only"},
    {{"ttl", 1, NULL, 't'}, "--ttl TIME", "how long it is good: 1m to 7d (default 60m)"},
    {{"count", 0, NULL, 'c'}, "--count", "only how many there are"},
    {{"deleted", 0, NULL, 'd'}, "--deleted", "also those that are deleted"},
    {{"state", 1, NULL, 's'}, "--state STATE", "new, waiting, done, rejected or in-doubt"},
    {{"exists-as", 1, NULL, 'x'}, "--exists-as DOCUMENT", "it is in the ERP, under this number"},
    {{"does-not-exist", 0, NULL, 'X'}, "--does-not-exist", "it is not in the ERP"},
    {{"limit", 1, NULL, 'n'}, "-n N, --limit N", "so many at most, the newest"},
};

static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); length && at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

/* The one whose words stand at the beginning; *words: how many there are. NULL: none. */
static const struct command *find(int argc, char **argv, int *words)
{
    char two[80];
    const struct command *c;
    text_format(two, sizeof two, "%s %s", argc > 0 ? argv[0] : "", argc > 1 ? argv[1] : "");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        *words = strchr(c->words, ' ') ? 2 : 1;
        if (argc > 0 && strcmp(c->words, *words == 2 ? two : argv[0]) == 0)
            return c;
    }
    return NULL;
}

static int print_help_of(const struct command *command)
{
    printf("Usage: endpoint-panel %s\n\n%s\n", command->usage, command->line);
    bool first = true;
    for (size_t i = 0; i < COUNT_OF(options); i++) {
        if (!options[i].usage || !listed(command->options, options[i].option.name))
            continue;
        printf("%s  %-24s %s\n", first ? "\n" : "", options[i].usage, options[i].line);
        first = false;
    }
    puts("\nThe options of every command: endpoint-panel --help. More: endpoint-panel(1)");
    return 0;
}

static int no_command(int argc, char **argv)
{
    char typed[80];
    const char *best = NULL;
    size_t distance = NEAR + 1;
    const struct command *c;
    text_format(typed, sizeof typed, "%s%s%s", argv[0], argc > 1 ? " " : "",
                argc > 1 ? argv[1] : "");
    for (size_t i = 0; (c = command_at(i)) != NULL; i++) {
        size_t d = text_distance(strchr(c->words, ' ') ? typed : argv[0], c->words);
        if (d < distance) {
            distance = d;
            best = c->words;
        }
    }
    fprintf(stderr, "endpoint-panel: there is no command \"%s\"%s%s%s\n", typed,
            best ? "; did you mean " : "", best ? best : "", best ? "?" : "");
    fputs("  endpoint-panel --help lists them.\n", stderr);
    return 2;
}

/* ---- options -------------------------------------------------------------------------------------- */

static bool take(struct command_line *c, int option, bool *help)
{
    switch (option) {
    case 'j': c->json = true; break;
    case 'h': *help = true; break;
    case 'a': c->account = optarg; break;
    case 'e': c->endpoint = optarg; break;
    case 'k': c->key = optarg; break;
    case 't': c->ttl = optarg; break;
    case 'c': c->count = true; break;
    case 'd': c->deleted = true; break;
    case 'p': c->plugin = optarg; break;
    case 's': c->state = optarg; break;
    case 'x': c->exists_as = optarg; break;
    case 'X': c->does_not_exist = true; break;
    case 'n': return text_to_long(optarg, 1, 1000000, &c->lines);
    default: return false;
    }
    return true;
}

/* One that belongs to another command must not seem to have been heard. */
static bool belongs(const struct command *command, int option)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (options[i].option.val == option && options[i].usage &&
            !listed(command->options, options[i].option.name)) {
            fprintf(stderr, "endpoint-panel: %s takes no --%s\n", command->words,
                    options[i].option.name);
            return false;
        }
    return true;
}

static int read_options(struct command_line *c, const struct command *command, int argc,
                        char **argv, bool *help)
{
    struct option all[COUNT_OF(options) + 1] = {0};
    struct error e = {0};
    int option;
    for (size_t i = 0; i < COUNT_OF(options); i++)
        all[i] = options[i].option;
    optind = 0; /* a second round: GNU getopt starts anew */
    while ((option = args_next(argc, argv, "hn:", all, &e)) != -1) {
        if (option == '?')
            return args_complain("endpoint-panel", &e);
        if (!take(c, option, help)) {
            fputs("endpoint-panel: -n wants a number from 1 to 1000000\n", stderr);
            return 2;
        }
        if (!belongs(command, option))
            return 2;
    }
    c->argc = argc - optind;
    c->argv = argv + optind;
    return 0;
}

int command_main(const char *data_dir, bool json, int argc, char **argv)
{
    struct command_line c = {.json = json};
    struct error e = {0};
    int words;
    bool help = false;
    const struct command *found = find(argc, argv, &words);
    if (!found)
        return no_command(argc, argv);
    if (read_options(&c, found, argc - words + 1, argv + words - 1, &help) != 0)
        return 2;
    if (help)
        return print_help_of(found);
    if (c.argc < found->min || c.argc > found->max) {
        fprintf(stderr, "usage: endpoint-panel %s\n", found->usage);
        return 2;
    }
    if (store_open(data_dir, &c.store, &e) != STATUS_OK)
        return command_failed(&e);
    int code = found->run(&c);
    store_close(c.store);
    return fflush(stdout) == 0 ? code : 1;
}

int command_help(int argc, char **argv)
{
    int words;
    const struct command *found = find(argc, argv, &words);
    return found ? print_help_of(found) : no_command(argc, argv);
}

/* ---- what can follow, for the shells' completions ---------------------------------------------------- */

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

/* Ids of the store, when there is a store: to look for completions makes none. */
static void offer_rows(const char *data_dir, enum offered what)
{
    static const char *const names[] = {"name", "name", "kind", "number"};
    struct store *s = NULL;
    json_t *rows = NULL, *row;
    size_t i;
    char path[700];
    if (!text_format(path, sizeof path, "%s/panel.db", data_dir) || access(path, F_OK) != 0 ||
        store_open(data_dir, &s, NULL) != STATUS_OK)
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

static void offer_value(const char *data_dir, int option)
{
    if (option == 'a')
        offer_rows(data_dir, OFFER_ACCOUNTS);
    else if (option == 'e')
        offer_rows(data_dir, OFFER_ENDPOINTS);
    else if (option == 'p')
        offer_rows(data_dir, OFFER_PLUGINS);
    else if (option == 's')
        puts("new\t\nwaiting\t\ndone\t\nrejected\t\nin-doubt\t");
    else if (option == 't')
        puts("15m\t\n60m\t\n1d\t");
}

/* What carries rows: orders come in. */
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

/* What stands at a place behind a command's words; "order ": of all others that begin so. */
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

/* The option whose value comes next; 0: none. */
static int value_of(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (options[i].option.has_arg && text_starts(word, "--") &&
            text_equal(word + 2, options[i].option.name))
            return options[i].option.val;
    return text_equal(word, "-n") ? 'n' : text_equal(word, "--data") ? 'D' : 0;
}

static void offer_options(const struct command *command)
{
    for (size_t i = 0; i < COUNT_OF(options); i++)
        if (!options[i].usage || (command && listed(command->options, options[i].option.name)))
            printf("--%s\t%s\n", options[i].option.name, options[i].line);
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

/* What was typed before the word that is to be completed. */
struct typed {
    const char *data_dir;
    char *words[TYPED_MOST]; /* without options */
    int count;
    int option; /* whose value comes now; 0: none */
};

static struct typed read_typed(const char *data_dir, int argc, char **argv)
{
    struct typed t = {.data_dir = data_dir};
    for (int i = 0; i + 1 < argc; i++) {
        int option = value_of(argv[i]);
        bool whole = option && i + 2 < argc; /* its value is there */
        if (option == 'D' && whole)
            t.data_dir = argv[i + 1];
        if (!option && *argv[i] != '-' && t.count < TYPED_MOST)
            t.words[t.count++] = argv[i];
        t.option = whole ? 0 : option;
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

int command_complete(const char *data_dir, int argc, char **argv)
{
    struct typed t = read_typed(data_dir, argc, argv);
    int words = 0;
    const char *current = argc ? argv[argc - 1] : "";
    const struct command *command = find(t.count, t.words, &words);
    if (t.option == 'D')
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
