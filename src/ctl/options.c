/* The command line: the commands that there are, and the options. */
#include "ctl/options.h"

#include <getopt.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "config/paths.h"

static const struct subcommand table[] = {
    {"register", "register [--panel URL] [--token-file F]",
     "register with a token (asked for, or from stdin)", 0, 0, ctl_register},
    {"status", "status", "one screen: is everything all right?", 0, 0, ctl_status},
    {"test", "test [connection | operator | rights | panel]",
     "every check on the way to ERP and panel, or some", 0, 1, ctl_test},
    {"plugins", "plugins", "the plugins and what they do", 0, 0, ctl_plugins},
    {"plugin", "plugin options [KIND] | check FILE",
     "what a scenario may say, and whether one is right", 1, 2, ctl_plugin},
    {"sync", "sync [PLUGIN] [--simulate]", "run now (--accept-deletions: once past the guard)", 0,
     1, ctl_sync},
    {"held", "held [PLUGIN] | retry PLUGIN [KEY]", "rows that are held back, why, and what to do",
     0, 3, ctl_held},
    {"orders", "orders [--state S] [-n N]", "the shop's orders and what became of them", 0, 0,
     ctl_orders},
    {"order", "order show | retry | resolve ID | take-directory",
     "one of them (--exists-as DOCUMENT, --does-not-exist)", 1, 2, ctl_order},
    {"journal", "journal [-f] [-n N]", "what happened", 0, 0, ctl_journal},
    {"lookup", "lookup NAME", "a list of the ERP's: warehouses, price-levels …", 1, 1, ctl_lookup},
    {"erp",
     "erp list | show NAME | check [FILE] | preview STREAM |\n"
     "      instances | databases | grants [LOGIN] | certificate",
     "the ERPs' mappings and what their servers show", 1, 2, ctl_erp},
    {"key", "key renew", "a new identity key, agreed with the panel", 1, 1, ctl_key},
    {"take-over", "take-over", "go on here, and not where a copy of this runs", 0, 0,
     ctl_take_over},
    {"unregister", "unregister [--yes]", "forget the identity that the panel gave", 0, 1,
     ctl_unregister},
    {"config", "config check | list | get | set", "the configuration file", 1, 65, ctl_config},
    {"reload", "reload [--accept]",
     "endpointd reads the configuration file again (--accept: what it no longer sets is meant)", 0,
     0, ctl_reload},
    {"service", "service status | start | stop | restart",
     "what runs endpointd; also: user, mode, autostart", 1, 2, ctl_service},
    {"bundle", "bundle [FILE] [--list]", "what support needs, without secrets, in one file", 0, 1,
     ctl_bundle},
    {"metrics", "metrics", "numbers for Prometheus", 0, 0, ctl_metrics},
    {"version", "version", "which version this is", 0, 0, ctl_version},
};

#define HELP_COLUMN 40 /* widest usage that what it is for stands beside */

void ctl_print_help(FILE *to)
{
    fputs("Usage: endpointctl [options] COMMAND …\n\n", to);
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strlen(table[i].usage) <= HELP_COLUMN)
            fprintf(to, "  %-*s %s\n", HELP_COLUMN, table[i].usage, table[i].line);
        else
            fprintf(to, "  %s\n%*s%s\n", table[i].usage, HELP_COLUMN + 3, "", table[i].line);
    fputs(
        "\n  --config FILE, --state-dir DIR, --runtime-dir DIR   other places than the usual ones\n"
        "  --json         answers for programs; --stream: each as it comes\n"
        "  --lang LANGUAGE   of the checks' reasons and remedies: en, pl\n  --help, --version\n\n"
        "Exit codes: 0 all right, 1 something is red or failed, 2 wrong usage or configuration,\n"
        "3 endpointd is not running, 4 there is no such thing, 5 needs sudo, 6 needs --yes or --accept.\n",
        to);
}

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
    LIST,
    LIMIT,
    ORDER_STATE,
    PLUGIN,
    EXISTS_AS,
    DOES_NOT_EXIST,
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
                                        {"list", 0, NULL, LIST},
                                        {"limit", 1, NULL, LIMIT},
                                        {"state", 1, NULL, ORDER_STATE},
                                        {"plugin", 1, NULL, PLUGIN},
                                        {"exists-as", 1, NULL, EXISTS_AS},
                                        {"does-not-exist", 0, NULL, DOES_NOT_EXIST},
                                        {"again", 0, NULL, AGAIN},
                                        {"help", 0, NULL, HELP},
                                        {"version", 0, NULL, VERSION},
                                        {0}};

int ctl_options_read(struct ctl *c, int argc, char **argv)
{
    const char *config = NULL, *state = NULL, *runtime = NULL;
    struct error e = {0};
    int option;
    for (int i = 1; i < argc; i++) /* what is wrong with another option is JSON, too */
        c->json |= text_equal(argv[i], "--json") || text_equal(argv[i], "--stream");
    while ((option = getopt_long(argc, argv, "fn:", options, NULL)) != -1) {
        switch (option) {
        case CONFIG: config = optarg; break;
        case STATE: state = optarg; break;
        case RUNTIME: runtime = optarg; break;
        case LANGUAGE: i18n_open(optarg); break;
        case JSON: c->json = true; break;
        case PANEL: c->panel = optarg; break;
        case TOKEN_FILE: c->token_file = optarg; break;
        case NAME: c->name = optarg; break;
        case SIMULATE: c->simulate = true; break;
        case ACCEPT: c->accept_deletions = true; break;
        case ACCEPT_LOST: c->accept = true; break;
        case AGAIN: c->again = true; break;
        case STREAM: c->stream = c->json = true; break;
        case VALUES: c->values = optarg; break;
        case YES: c->yes = true; break;
        case FOR: c->for_user = optarg; break;
        case PASSWORD_FILE: c->password_file = optarg; break;
        case CHECK: c->check = true; break;
        case LIST: c->list = true; break;
        case ORDER_STATE: c->state = optarg; break;
        case PLUGIN: c->plugin = optarg; break;
        case EXISTS_AS: c->exists_as = optarg; break;
        case DOES_NOT_EXIST: c->does_not_exist = true; break;
        case 'f': c->follow = true; break;
        case LIMIT:
        case 'n':
            if (!text_to_long(optarg, 1, 10000, &c->lines)) {
                error_set(&e, STATUS_INVALID, "usage", "%s wants a number from 1 to 10000",
                          option == LIMIT ? "--limit" : "-n");
                ctl_failed(c, &e);
                return EXIT_USAGE;
            }
            break;
        case HELP: ctl_print_help(stdout); return EXIT_GOOD;
        case VERSION: puts("endpointctl " ENDPOINT_VERSION); return EXIT_GOOD;
        default: /* getopt has said what is wrong */
            return c->json ? ctl_usage(c, "endpointctl [options] COMMAND … (see --help)")
                           : EXIT_USAGE;
        }
    }
    c->config_option = config;
    c->state_option = state;
    c->runtime_option = runtime;
    if (paths_choose(&c->paths, config, state, runtime, &e) != STATUS_OK) {
        ctl_failed(c, &e);
        return EXIT_USAGE;
    }
    c->argc = argc - optind;
    c->argv = argv + optind;
    return -1;
}

const struct subcommand *ctl_subcommand_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

int ctl_no_command(const struct ctl *c)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "there is no command \"%.40s\"", c->argv[0]);
    error_remedy(&e, "endpointctl --help lists them.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

int ctl_usage_of(const struct ctl *c, const struct subcommand *command)
{
    char text[300];
    text_format(text, sizeof text, "endpointctl %s", command->usage);
    return ctl_usage(c, text);
}
