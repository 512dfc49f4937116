/* The command line: the commands that there are, and the options. */
#include "ctl/options.h"

#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/paths.h"
#include "ctl/cmd_register.h"
#include "ctl/cmd_status.h"
#include "ctl/cmd_test.h"
#include "ctl/cmd_plugin.h"
#include "ctl/cmd_sync.h"
#include "ctl/cmd_journal.h"
#include "ctl/cmd_lookup.h"
#include "ctl/cmd_erp.h"
#include "ctl/cmd_config.h"
#include "ctl/cmd_reload.h"
#include "ctl/cmd_unregister.h"
#include "ctl/cmd_key.h"
#include "ctl/cmd_take_over.h"
#include "ctl/cmd_version.h"
#include "ctl/cmd_service.h"
#include "ctl/cmd_metrics.h"
#include "ctl/cmd_explain.h"
#include "ctl/cmd_bundle.h"
#include "ctl/cmd_held.h"
#include "ctl/cmd_orders.h"
#include "ctl/complete.h"

#define OPTIONS_GIVEN 32

static const struct subcommand table[] = {
    {"register", "register [--panel URL] [--token-file F]", NULL,
     N_("register with a token (asked for, or from stdin)"), NULL,
     "panel token-file name values again yes", 0, 0, cmd_register},
    {"status", "status [--watch]", NULL, N_("one screen: is everything all right?"), NULL, "watch",
     0, 0, cmd_status},
    {"test", "test [connection | operator | rights | panel]", NULL,
     N_("every check on the way to ERP and panel, or some"), "connection operator rights panel all",
     "values", 0, 1, cmd_test},
    {"plugins", "plugins", NULL, N_("the plugins and what they do"), NULL, "", 0, 0, cmd_plugins},
    {"plugin", "plugin options [KIND] | check FILE", NULL,
     N_("what a scenario may say, and whether one is right"), "options check", "", 1, 2,
     cmd_plugin},
    {"sync", "sync [PLUGIN] [--simulate]", NULL,
     N_("run now (--accept-deletions: once past the guard)"), NULL, "simulate accept-deletions", 0,
     1, cmd_sync},
    {"held", "held [PLUGIN] | retry PLUGIN [KEY]", NULL,
     N_("rows that are held back, why, and what to do"), NULL, "limit", 0, 3, cmd_held},
    {"orders", "orders [--state S] [-n N]", "orders [--state STATE] [--plugin PLUGIN] [-n N]",
     N_("the shop's orders and what became of them"), NULL, "state plugin limit", 0, 0, cmd_orders},
    {"order", "order show | retry | resolve ID | take-directory",
     "order show ID\norder retry ID...\norder retry --state rejected [--plugin PLUGIN]\norder "
     "resolve ID --exists-as DOCUMENT\norder resolve ID --does-not-exist\norder take-directory "
     "[--yes]",
     N_("one of them, or several to be tried again"), "show retry resolve take-directory",
     "plugin state exists-as does-not-exist yes", 1, ORDERS_AT_ONCE + 1, cmd_order},
    {"journal", "journal [-f] [-n N] [--since TIME]", NULL, N_("what happened"), NULL,
     "follow limit since", 0, 0, cmd_journal},
    {"lookup", "lookup NAME", NULL, N_("a list of the ERP's: warehouses, price-levels …"), NULL,
     "values", 1, 1, cmd_lookup},
    {"erp",
     "erp list | show NAME | check [FILE] | preview STREAM |\n"
     "      instances | databases | grants [LOGIN] | certificate",
     "erp list\nerp show NAME\nerp check [FILE]\nerp preview STREAM [-n N]\nerp instances\nerp "
     "databases\nerp grants [LOGIN]\nerp certificate",
     N_("the ERPs' mappings and what their servers show"),
     "list show check preview instances databases grants certificate", "values limit", 1, 2,
     cmd_erp},
    {"key", "key renew", NULL, N_("a new identity key, agreed with the panel"), "renew", "", 1, 1,
     cmd_key},
    {"take-over", "take-over", NULL, N_("go on here, and not where a copy of this runs"), NULL, "",
     0, 0, cmd_take_over},
    {"unregister", "unregister [ENDPOINT-ID | --yes]", NULL,
     N_("forget the identity that the panel gave"), NULL, "yes", 0, 1, cmd_unregister},
    {"config", "config check | list | get | set | unset | edit",
     "config check\nconfig list\nconfig get SETTING\nconfig set SETTING VALUE\nconfig set "
     "SETTING=VALUE...\nconfig set SECRET\nconfig unset SETTING...\nconfig edit",
     N_("the configuration file"), "check list get set unset edit", "accept yes create", 1, 65,
     cmd_config},
    {"reload", "reload [--accept]", NULL,
     N_("endpointd reads the configuration file again (--accept: what it no longer sets is meant)"),
     NULL, "accept", 0, 0, cmd_reload},
    {"service", "service status | start | stop | restart",
     "service status\nservice start | stop | restart\nservice autostart on | off | boot | "
     "login\nservice user own | system | NAME [--check] [--password-file FILE]\nservice mode "
     "service | application [--for USER] [--check]\nservice paths [SETTING=PATH]... [--check] "
     "[--create]",
     N_("what runs endpointd; also: user, mode, autostart, paths"),
     "status start stop restart user mode autostart paths", "for password-file check yes create", 1,
     18, cmd_service},
    {"bundle", "bundle [FILE] [--list]", NULL,
     N_("what support needs, without secrets, in one file"), NULL, "list", 0, 1, cmd_bundle},
    {"explain", "explain [CODE]", NULL, N_("what a code means, why it comes and what to do"), NULL,
     "", 0, 1, cmd_explain},
    {"metrics", "metrics", NULL, N_("numbers for Prometheus"), NULL, "", 0, 0, cmd_metrics},
    {"version", "version", NULL, N_("which version this is"), NULL, "", 0, 0, cmd_version},
    /* For the shells' completions; nobody types it. */
    {"complete", "complete -- WORD...", NULL, NULL, NULL, "", 0, 1000, complete_run},
    {"help", "help [COMMAND]", NULL, N_("this, or one command whole"), NULL, "", 0, 1,
     options_help},
};

/* ---- options -------------------------------------------------------------------------------------- */

enum {
    CONFIG = 256,
    STATE,
    RUNTIME,
    LANGUAGE,
    JSON,
    PANEL,
    TOKEN_FILE,
    NAME,
    SIMULATE,
    ACCEPT,
    ACCEPT_LOST,
    AGAIN,
    STREAM,
    VALUES,
    YES,
    FOR,
    PASSWORD_FILE,
    CHECK,
    CREATE,
    LIST,
    LIMIT,
    ORDER_STATE,
    PLUGIN,
    EXISTS_AS,
    DOES_NOT_EXIST,
    WATCH,
    SINCE,
    FOLLOW,
    HELP,
    VERSION
};

static const struct option options[] = {{"config", 1, NULL, CONFIG},
                                        {"state-dir", 1, NULL, STATE},
                                        {"runtime-dir", 1, NULL, RUNTIME},
                                        {"lang", 1, NULL, LANGUAGE},
                                        {"json", 0, NULL, JSON},
                                        {"panel", 1, NULL, PANEL},
                                        {"token-file", 1, NULL, TOKEN_FILE},
                                        {"name", 1, NULL, NAME},
                                        {"simulate", 0, NULL, SIMULATE},
                                        {"accept-deletions", 0, NULL, ACCEPT},
                                        {"accept", 0, NULL, ACCEPT_LOST},
                                        {"stream", 0, NULL, STREAM},
                                        {"values", 1, NULL, VALUES},
                                        {"yes", 0, NULL, YES},
                                        {"for", 1, NULL, FOR},
                                        {"password-file", 1, NULL, PASSWORD_FILE},
                                        {"check", 0, NULL, CHECK},
                                        {"create", 0, NULL, CREATE},
                                        {"list", 0, NULL, LIST},
                                        {"limit", 1, NULL, LIMIT},
                                        {"state", 1, NULL, ORDER_STATE},
                                        {"plugin", 1, NULL, PLUGIN},
                                        {"exists-as", 1, NULL, EXISTS_AS},
                                        {"does-not-exist", 0, NULL, DOES_NOT_EXIST},
                                        {"again", 0, NULL, AGAIN},
                                        {"watch", 0, NULL, WATCH},
                                        {"since", 1, NULL, SINCE},
                                        {"follow", 0, NULL, FOLLOW},
                                        {"help", 0, NULL, HELP},
                                        {"version", 0, NULL, VERSION},
                                        {0}};

/* What each is for, for a command's own help; those of every command are in the general one. */
static const struct {
    const char *name, *usage, *line;
} meanings[] = {
    {"panel", "--panel URL", N_("the panel's address, https://…")},
    {"token-file", "--token-file FILE", N_("where the registration token is (-: standard input)")},
    {"name", "--name NAME", N_("what this endpoint is called in the panel")},
    {"values", "--values FILE", N_("settings to try, as JSON, over those of the file (-: stdin)")},
    {"again", "--again", N_("register anew, though it is registered already")},
    {"watch", "--watch", N_("again every two seconds, until Ctrl-C")},
    {"simulate", "--simulate", N_("say what would be sent or written; nothing is")},
    {"accept-deletions", "--accept-deletions",
     N_("let this one pass delete more than the guard lets")},
    {"accept", "--accept", N_("what the file no longer sets is meant")},
    {"state", "--state STATE", N_("waiting, sending, handed-over, done, rejected or in-doubt")},
    {"plugin", "--plugin PLUGIN", N_("of this plugin only")},
    {"limit", "-n N, --limit N", N_("so many at most")},
    {"follow", "-f, --follow", N_("go on with what happens, until Ctrl-C")},
    {"since", "--since TIME", N_("not older: 2h, 3d, today, yesterday, 14:30, 2026-11-29 [14:30]")},
    {"exists-as", "--exists-as DOCUMENT", N_("you found it in the ERP, under this number")},
    {"does-not-exist", "--does-not-exist", N_("you looked, and it is not in the ERP")},
    {"yes", "--yes", N_("do it without asking")},
    {"for", "--for USER", N_("whose application it is")},
    {"password-file", "--password-file FILE", N_("that account's password (-: standard input)")},
    {"check", "--check", N_("only whether it would work")},
    {"create", "--create", N_("make a directory that does not exist")},
    {"list", "--list", N_("only what would be in it")},
};

/* Its code when it belongs to single commands, else 0. */
static int own_option(int option)
{
    return option == 'f'                                                               ? FOLLOW
           : option == 'n'                                                             ? LIMIT
           : option < PANEL || option == STREAM || option == HELP || option == VERSION ? 0
                                                                                       : option;
}

/* ---- help --------------------------------------------------------------------------------------------- */

#define HELP_COLUMN 40 /* widest usage that what it is for stands beside */

static const char tail[] = N_(
    "\n  --config FILE, --state-dir DIR, --runtime-dir DIR   other places than the usual ones\n"
    "  --json         answers for programs; --stream: each as it comes\n"
    "  --lang LANGUAGE   en or pl; else the system's (LC_ALL, LANG, LANGUAGE)\n"
    "  -h, --help     this; with a command: that one whole    --version\n\n"
    "Exit codes: 0 all right, 1 something is red or failed, 2 wrong words or configuration,\n"
    "3 endpointd is not running, 4 there is no such thing, 5 needs sudo, 6 needs --yes or --accept,\n"
    "7 all works, and orders wait for a person, 8 not set up yet, 9 endpointd is busy: try again.\n");

void options_print_help(FILE *to)
{
    fputs(_("Usage: endpointctl [options] COMMAND …\n\n"), to);
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (!table[i].line)
            continue;
        else if (strlen(table[i].usage) <= HELP_COLUMN)
            fprintf(to, "  %-*s %s\n", HELP_COLUMN, table[i].usage, i18n_text(table[i].line));
        else
            fprintf(to, "  %s\n%*s%s\n", table[i].usage, HELP_COLUMN + 3, "",
                    i18n_text(table[i].line));
    fputs(i18n_text(tail), to);
}

const struct subcommand *options_command_at(size_t index)
{
    return index < COUNT_OF(table) ? &table[index] : NULL;
}

/* Is `word` in a blank-separated list? */
static bool listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = strstr(list, word); length && at; at = strstr(at + 1, word))
        if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

bool options_of(const struct subcommand *command, const char *name)
{
    return listed(command->options, name);
}

bool options_at(size_t index, const char **name, const char **what, bool *own, bool *value)
{
    if (index >= COUNT_OF(options) || !options[index].name)
        return false;
    *name = options[index].name;
    *value = options[index].has_arg != 0;
    *own = own_option(options[index].val) != 0;
    *what = "";
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if (text_equal(meanings[i].name, *name))
            *what = meanings[i].line;
    return true;
}

static void print_synopsis(FILE *to, const struct subcommand *command)
{
    const char *at = command->synopsis ? command->synopsis : command->usage;
    const char *before = _("Usage: endpointctl ");
    while (*at) {
        size_t length = strcspn(at, "\n");
        fprintf(to, "%s%.*s\n", before, (int)length, at);
        before = "       endpointctl ";
        at += length + (at[length] == '\n');
    }
}

static void print_help_of(const struct subcommand *command)
{
    print_synopsis(stdout, command);
    printf("\n%s\n", i18n_text(command->line));
    bool first = true;
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        if (!listed(command->options, meanings[i].name))
            continue;
        printf("%s  %-24s %s\n", first ? "\n" : "", meanings[i].usage, i18n_text(meanings[i].line));
        first = false;
    }
    fputs(
        _("\nThe options of every command and the exit codes: endpointctl help. More: endpointctl(1)\n"),
        stdout);
}

int options_help(struct ctl *c)
{
    if (c->argc == 0 && c->json) {
        json_t *list = json_array();
        for (size_t i = 0; i < COUNT_OF(table); i++)
            if (table[i].line)
                json_array_append_new(list,
                                      json_pack("{s:s,s:s,s:s}", "name", table[i].name, "usage",
                                                table[i].usage, "line", table[i].line));
        ctl_print_json(json_pack("{s:b,s:o}", "ok", 1, "commands", list));
        return EXIT_GOOD;
    }
    if (c->argc == 0) {
        options_print_help(stdout);
        return EXIT_GOOD;
    }
    const struct subcommand *command = options_command(c->argv[0]);
    if (!command || !command->line)
        return options_no_command(c);
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:s,s:s,s:s}", "ok", 1, "name", command->name, "usage",
                                 command->synopsis ? command->synopsis : command->usage, "line",
                                 command->line));
    else
        print_help_of(command);
    return EXIT_GOOD;
}

/* ---- wrong words ------------------------------------------------------------------------------------------ */

#define NEAR 2 /* letters that may be wrong in what was meant */

static void nearer(const char *typed, const char *word, size_t length, char best[64],
                   size_t *distance)
{
    char copy[64];
    if (length >= sizeof copy)
        return;
    text_format(copy, sizeof copy, "%.*s", (int)length, word);
    size_t d = text_distance(typed, copy);
    if (d < *distance) {
        *distance = d;
        text_copy(best, 64, copy);
    }
}

/* The nearest of a blank-separated list; "" when none is near. */
static void nearest_of(const char *typed, const char *list, char best[64])
{
    size_t distance = NEAR + 1;
    best[0] = '\0';
    for (const char *at = list; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        nearer(typed, at, length, best, &distance);
        at += length;
    }
}

int options_no_command(const struct ctl *c)
{
    struct error e = {0};
    char best[64] = "";
    size_t distance = NEAR + 1;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        nearer(c->argv[0], table[i].name, strlen(table[i].name), best, &distance);
    error_set(&e, STATUS_INVALID, "usage", "there is no command \"%.40s\"%s%s%s", c->argv[0],
              *best ? _("; did you mean ") : "", best, *best ? "?" : "");
    error_remedy(&e, "endpointctl help lists them.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* The command has no such second word. */
static int no_word(const struct ctl *c, const struct subcommand *command)
{
    struct error e = {0};
    char best[64];
    nearest_of(c->argv[0], command->words, best);
    error_set(&e, STATUS_INVALID, "usage", "there is no \"%s %.40s\"%s%s%s", command->name,
              c->argv[0], *best ? _("; did you mean ") : "", best, *best ? "?" : "");
    error_remedy(&e, "endpointctl help %s", command->name);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

static const char *option_name(int code)
{
    for (size_t i = 0; options[i].name; i++)
        if (options[i].val == code)
            return options[i].name;
    return "";
}

/* One that there is, but not here: it must not seem to have been heard. */
static int wrong_option(const struct ctl *c, const struct subcommand *command, int code)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "endpointctl %s takes no --%s", command->name,
              option_name(code));
    error_remedy(&e, "endpointctl help %s", command->name);
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

static int bad_option(const struct ctl *c, char **argv)
{
    struct error e = {0};
    char best[64] = "";
    const char *typed = argv[optind - 1];
    size_t distance = NEAR + 1;
    if (optopt >= CONFIG) {
        error_set(&e, STATUS_INVALID, "usage", "--%s wants a value", option_name(optopt));
    } else if (optopt) {
        error_set(&e, STATUS_INVALID, "usage",
                  optopt == 'n' ? "-%c wants a value" : "there is no option -%c", optopt);
    } else {
        for (size_t i = 0; options[i].name; i++)
            nearer(typed + strspn(typed, "-"), options[i].name, strlen(options[i].name), best,
                   &distance);
        error_set(&e, STATUS_INVALID, "usage", "there is no option %.60s%s%s%s", typed,
                  *best ? _("; did you mean ") : "", best, *best ? "?" : "");
    }
    error_remedy(&e, "endpointctl help lists commands and options.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* ---- reading them ------------------------------------------------------------------------------------------- */

static bool take_limit(struct ctl *c, const char *name)
{
    struct error e = {0};
    if (text_to_long(optarg, 1, 10000, &c->lines))
        return true;
    error_set(&e, STATUS_INVALID, "usage", "%s wants a number from 1 to 10000", name);
    ctl_failed(c, &e);
    return false;
}

/* Where an option's text or flag goes. */
static const struct {
    int option;
    size_t at; /* in struct ctl */
    bool flag;
} targets[] = {
    {CONFIG, offsetof(struct ctl, config_option), false},
    {STATE, offsetof(struct ctl, state_option), false},
    {RUNTIME, offsetof(struct ctl, runtime_option), false},
    {PANEL, offsetof(struct ctl, panel), false},
    {TOKEN_FILE, offsetof(struct ctl, token_file), false},
    {NAME, offsetof(struct ctl, name), false},
    {VALUES, offsetof(struct ctl, values), false},
    {FOR, offsetof(struct ctl, for_user), false},
    {PASSWORD_FILE, offsetof(struct ctl, password_file), false},
    {ORDER_STATE, offsetof(struct ctl, state), false},
    {PLUGIN, offsetof(struct ctl, plugin), false},
    {EXISTS_AS, offsetof(struct ctl, exists_as), false},
    {SINCE, offsetof(struct ctl, since), false},
    {JSON, offsetof(struct ctl, json), true},
    {SIMULATE, offsetof(struct ctl, simulate), true},
    {ACCEPT, offsetof(struct ctl, accept_deletions), true},
    {ACCEPT_LOST, offsetof(struct ctl, accept), true},
    {AGAIN, offsetof(struct ctl, again), true},
    {YES, offsetof(struct ctl, yes), true},
    {CREATE, offsetof(struct ctl, create), true},
    {CHECK, offsetof(struct ctl, check), true},
    {LIST, offsetof(struct ctl, list), true},
    {DOES_NOT_EXIST, offsetof(struct ctl, does_not_exist), true},
    {WATCH, offsetof(struct ctl, watch), true},
    {FOLLOW, offsetof(struct ctl, follow), true},
    {HELP, offsetof(struct ctl, help), true},
    {VERSION, offsetof(struct ctl, version), true},
    {STREAM, offsetof(struct ctl, stream), true},
};

/* False: there is none for it. */
static bool take_target(struct ctl *c, int option)
{
    for (size_t i = 0; i < COUNT_OF(targets); i++) {
        char *at = (char *)c + targets[i].at;
        if (targets[i].option != option)
            continue;
        if (targets[i].flag)
            *(bool *)at = true;
        else
            *(const char **)(void *)at = optarg;
        return true;
    }
    return false;
}

/* False: it ends here, with EXIT_USAGE. */
static bool take_option(struct ctl *c, int option, char **argv)
{
    option = option == 'f' ? FOLLOW : option == 'h' ? HELP : option;
    if (option == LIMIT || option == 'n')
        return take_limit(c, option == LIMIT ? "--limit" : "-n");
    if (option == LANGUAGE) {
        i18n_open(optarg);
        return true;
    }
    if (option == STREAM)
        c->json = true;
    if (take_target(c, option))
        return true;
    bad_option(c, argv);
    return false;
}

/* The words before it is known what they mean. ≥ 0: end with this code. */
static int first_look(struct ctl *c, const int *given, size_t count)
{
    if (c->version) {
        puts("endpointctl " ENDPOINT_VERSION);
        return EXIT_GOOD;
    }
    if (c->help)
        return options_help(c);
    const struct subcommand *command = c->argc ? options_command(c->argv[0]) : NULL;
    for (size_t i = 0; command && i < count; i++)
        if (!listed(command->options, option_name(given[i])))
            return wrong_option(c, command, given[i]);
    return -1;
}

int options_read(struct ctl *c, int argc, char **argv)
{
    struct error e = {0};
    int option, given[OPTIONS_GIVEN];
    size_t count = 0;
    opterr = 0;                    /* said in our own words */
    for (int i = 1; i < argc; i++) /* what is wrong with another option is JSON, too */
        c->json |= text_equal(argv[i], "--json") || text_equal(argv[i], "--stream");
    while ((option = getopt_long(argc, argv, "fhn:", options, NULL)) != -1) {
        if (!take_option(c, option, argv))
            return EXIT_USAGE;
        if (own_option(option) && count < OPTIONS_GIVEN)
            given[count++] = own_option(option);
    }
    c->argc = argc - optind;
    c->argv = argv + optind;
    int code = first_look(c, given, count);
    if (code >= 0)
        return code;
    if (paths_choose(&c->paths, c->config_option, c->state_option, c->runtime_option, &e) !=
        STATUS_OK) {
        ctl_failed(c, &e);
        return EXIT_USAGE;
    }
    return -1;
}

const struct subcommand *options_command(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

int options_check_words(const struct ctl *c, const struct subcommand *command)
{
    if (command->words && c->argc && !listed(command->words, c->argv[0]))
        return no_word(c, command);
    if (c->argc >= command->min && c->argc <= command->max)
        return -1;
    if (c->json) {
        char text[600];
        text_format(text, sizeof text, "endpointctl %s", command->usage);
        return ctl_usage(c, text);
    }
    print_synopsis(stderr, command);
    return EXIT_USAGE;
}
