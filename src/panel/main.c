/* endpoint-panel: a panel that you host yourself, and its command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/text.h"
#include "base/version.h"
#include "os/log.h"
#include "os/private.h"
#include "panel/api/serve.h"
#include "panel/cli/command.h"
#include "panel/cli/command_line.h"
#include "panel/cli/complete.h"

static const char help_head[] = "Usage: endpoint-panel [--data DIR] [--json] COMMAND …\n"
                                "The server side of Endpoint, self-hosted.\n\n"
                                "  serve                    the API over HTTPS (serve --help)\n";
static const char help_tail[] =
    "\n  --data DIR               the panel's data (default $XDG_STATE_HOME/endpoint-panel, or\n"
    "                           /var/lib/endpoint-panel for root)\n"
    "  --json                   answers for programs\n"
    "  -h, --help, --version; help COMMAND: that one whole\n\n"
    "Exit codes: 0 done, 1 failure, 2 wrong usage, 3 there is no such thing.\n";

static void print_help(FILE *to)
{
    fputs(help_head, to);
    for (size_t i = 0; command_at(i); i++)
        fprintf(to, "  %-24s %s\n", command_at(i)->usage, command_at(i)->line);
    fputs(help_tail, to);
}

static bool default_data(char *target, size_t size)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        return text_format(target, size, "%s/endpoint-panel", state);
    if (home && *home == '/' && strcmp(home, "/root") != 0)
        return text_format(target, size, "%s/.local/state/endpoint-panel", home);
    return text_copy(target, size, "/var/lib/endpoint-panel");
}

int main(int argc, char **argv)
{
    static const struct option table[] = {{"data", 1, NULL, 'd'},
                                          {"json", 0, NULL, 'j'},
                                          {"help", 0, NULL, 'h'},
                                          {"version", 0, NULL, 'v'},
                                          {0}};
    char data[600];
    struct error e = {0};
    bool json = false;
    int option;
    private_process();
    log_open("endpoint-panel", LOG_INFO);
    if (!default_data(data, sizeof data))
        return 2;
    while ((option = args_next(argc, argv, "+h", table, &e)) != -1) {
        switch (option) {
        case 'd':
            if (!text_copy(data, sizeof data, optarg))
                return 2;
            break;
        case 'j': json = true; break;
        case 'h': print_help(stdout); return 0;
        case 'v': puts("endpoint-panel " ENDPOINT_VERSION); return 0;
        default: return args_complain("endpoint-panel", &e);
        }
    }
    if (optind >= argc) {
        print_help(stderr);
        return 2;
    }
    argc -= optind;
    argv += optind;
    if (strcmp(argv[0], "serve") == 0)
        return serve_main(data, argc, argv);
    if (strcmp(argv[0], "complete") == 0) /* for the shells */
        return complete_words(data, argc - 1, argv + 1);
    if (strcmp(argv[0], "help") == 0 && argc > 1)
        return command_help(argc - 1, argv + 1);
    if (strcmp(argv[0], "help") == 0) {
        print_help(stdout);
        return 0;
    }
    return command_main(data, json, argc, argv);
}
