/* endpoint-tui: the configurator. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/args.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/version.h"
#include "config/paths.h"
#include "os/child.h"
#include "os/console.h"
#include "os/host.h"
#include "os/log.h"
#include "os/private.h"
#include "os/stop.h"
#include "tui/run.h"

enum { EXIT_GOOD = 0, EXIT_RED = 1, EXIT_USAGE = 2 };
enum { CONFIG = 256, STATE, RUNTIME, LANGUAGE, ASCII, COLOUR, SCHEME, MOUSE, HELP, VERSION };

static const struct option options[] = {{"config", 1, NULL, CONFIG},
                                        {"state-dir", 1, NULL, STATE},
                                        {"runtime-dir", 1, NULL, RUNTIME},
                                        {"lang", 1, NULL, LANGUAGE},
                                        {"ascii", 0, NULL, ASCII},
                                        {"color", 1, NULL, COLOUR},
                                        {"scheme", 1, NULL, SCHEME},
                                        {"mouse", 0, NULL, MOUSE},
                                        {"help", 0, NULL, HELP},
                                        {"version", 0, NULL, VERSION},
                                        {0}};

static void print_help(void)
{
    puts(
        "Usage: endpoint-tui [options]\n\n"
        "Sets this endpoint up and shows how it does: connection, service user, summary, advanced.\n"
        "Everything it does has its command, too: see endpointctl --help.\n\n"
        "  --config FILE, --state-dir DIR, --runtime-dir DIR   other places than the usual ones\n"
        "  --lang pl|en     language (default: by the locale)\n"
        "  --ascii          lines and blocks in ASCII (also in locales without UTF-8)\n"
        "  --color WHEN     auto, always, never (also: NO_COLOR)\n"
        "  --scheme NAME    default, light, high-contrast, monochrome\n"
        "  --mouse          the mouse, too (selecting text then needs Shift)\n"
        "  --help, --version\n\n"
        "Exit codes: 0 closed, 1 it failed, 2 wrong usage or no usable terminal.");
}

struct wishes {
    const char *config, *state, *runtime, *language, *when;
    struct run_options run;
};

/* ≥ 0: end with this code; e says what is wrong, if something is. */
static int read_options(struct wishes *w, int argc, char **argv, struct error *e)
{
    int option;
    while ((option = args_next(argc, argv, "h", options, e)) != -1) {
        switch (option) {
        case CONFIG: w->config = optarg; break;
        case STATE: w->state = optarg; break;
        case RUNTIME: w->runtime = optarg; break;
        case LANGUAGE: w->language = optarg; break;
        case ASCII: w->run.ascii = true; break;
        case COLOUR: w->when = optarg; break;
        case MOUSE: w->run.mouse = true; break;
        case SCHEME:
            if (!scheme_find(optarg, &w->run.scheme))
                error_set(e, STATUS_INVALID, "usage",
                          "there is no scheme \"%.60s\"; the schemes are default, light, "
                          "high-contrast and monochrome",
                          optarg);
            break;
        case 'h':
        case HELP: print_help(); return EXIT_GOOD;
        case VERSION: puts("endpoint-tui " ENDPOINT_VERSION); return EXIT_GOOD;
        default: return EXIT_USAGE;
        }
    }
    if (optind < argc)
        error_set(e, STATUS_INVALID, "usage", "unexpected argument %.100s", argv[optind]);
    return -1;
}

static void choose_colour(struct wishes *w, struct error *e)
{
    const char *none = getenv("NO_COLOR");
    const char *when = w->when ? w->when : none && *none ? "never" : "auto";
    if (text_equal(when, "never"))
        w->run.scheme = SCHEME_MONOCHROME;
    else if (!text_equal(when, "auto") && !text_equal(when, "always"))
        error_set(e, STATUS_INVALID, "usage", "--color takes auto, always or never, not \"%.60s\"",
                  when);
}

/* Run the program again as root; returns only if that is not possible. */
static int with_sudo(int argc, char **argv)
{
    enum { WORDS = 24 };
    char self[PATH_MAX] = "";
    char *words[WORDS] = {(char *)"sudo", self};
    int count = 2;
    if (!host_program(self, sizeof self))
        text_copy(self, sizeof self, "endpoint-tui");
    for (int i = 1; i < argc && count < WORDS - 3; i++)
        words[count++] = argv[i];
    words[count++] = (char *)"--lang"; /* sudo may not pass the locale on */
    words[count++] = (char *)_("en");
    child_replace_us((const char *const *)words);
    fprintf(stderr,
            _("endpoint-tui: there is no sudo here; start it as root: su -c endpoint-tui\n"));
    return EXIT_RED;
}

int main(int argc, char **argv)
{
    struct wishes w = {0};
    struct paths paths;
    struct error e = {0};
    private_process();
    int code = read_options(&w, argc, argv, &e);
    i18n_open(w.language);
    if (code < 0 && e.status == STATUS_OK)
        choose_colour(&w, &e);
    if (e.status != STATUS_OK)
        return args_complain("endpoint-tui", &e);
    if (code >= 0)
        return code;
    stop_never_for_writes();
    log_open("endpoint-tui", LOG_ERROR);
    w.run.ascii |= !console_utf8();
    if (paths_choose(&paths, w.config, w.state, w.runtime, &e) == STATUS_OK &&
        run(&paths, &w.run, &e) == STATUS_OK)
        return w.run.sudo ? with_sudo(argc, argv) : EXIT_GOOD;
    fprintf(stderr, "endpoint-tui: %s\n", e.text);
    fprintf(stderr, "  > %s\n", error_advice(&e));
    return e.status == STATUS_INVALID ? EXIT_USAGE : EXIT_RED;
}
