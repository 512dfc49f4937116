/* endpointctl sync: run a pass now, or show what it would send. */
#include "ctl/cmd_sync.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/cmd_orders.h"
#include "ctl/ctl.h"
#include "ctl/talk.h"

/* What the shop shows of a change's product, and what it would show. */
static void print_shop(const json_t *shop)
{
    const char *item = json_text(shop, "item", NULL), *there = json_text(shop, "there", NULL),
               *would = json_text(shop, "would", NULL);
    if (item)
        printf(_("        in the shop: %s, shows %s"), ctl_shown(CTL_TEXT, item),
               there ? ctl_shown(CTL_TEXT, there) : _("(not known)"));
    if (item && would)
        printf(_(", would show %s"), ctl_shown(CTL_TEXT, would));
    if (item)
        putchar('\n');
    ctl_print_error(json_object_get(shop, "why"), 8);
}

static void print_change(const json_t *change)
{
    const char *op = json_text(change, "op", "");
    if (text_equal(op, "document") || text_equal(op, "rejected")) {
        cmd_orders_print_document(change);
        return;
    }
    char *data = json_dumps(json_object_get(change, "data"), JSON_COMPACT | JSON_ENCODE_ANY);
    printf("%-7s ", ctl_shown(CTL_TEXT, op));
    ctl_print_text(json_text(change, "key", ""));
    fputs("  ", stdout);
    if (data && json_is_object(json_object_get(change, "data")))
        ctl_print_text(data);
    putchar('\n');
    free(data);
    print_shop(json_object_get(change, "shop"));
}

/* Print the result for a plugin of kind orders. */
static void print_orders_pass(const json_t *pass)
{
    printf(_("%-12s %lld received, %lld handed over, %lld done, %lld rejected, %lld in doubt\n"),
           json_text(pass, "plugin", ""), (long long)json_number(pass, "received", 0),
           (long long)json_number(pass, "handed_over", 0), (long long)json_number(pass, "done", 0),
           (long long)json_number(pass, "rejected", 0),
           (long long)json_number(pass, "in_doubt", 0));
}

static bool print_passes(const json_t *answer)
{
    size_t i;
    json_t *pass;
    bool bad = false;
    json_array_foreach (json_object_get(answer, "plugins"), i, pass) {
        bool ok = json_flag(pass, "ok", false);
        bad |= !ok;
        ctl_sign(ok ? CHECK_OK : CHECK_FAIL);
        if (json_object_get(pass, "received"))
            print_orders_pass(pass);
        else
            printf(_("%-12s %lld rows read, %lld changed, %lld gone\n"),
                   json_text(pass, "plugin", ""), (long long)json_number(pass, "rows", 0),
                   (long long)json_number(pass, "upserts", 0),
                   (long long)json_number(pass, "deletes", 0));
        if (json_number(pass, "held", 0))
            printf(_("       %lld of them cannot be used and are held back: endpointctl held %s\n"),
                   (long long)json_number(pass, "held", 0), json_text(pass, "plugin", "PLUGIN"));
        ctl_print_error(json_object_get(pass, "error"), 7);
    }
    return bad;
}

static void print_simulated(const json_t *answer)
{
    if (json_object_get(answer, "documents")) {
        printf(_("%lld would become documents, %lld would be rejected; nothing was written\n"),
               (long long)json_number(answer, "documents", 0),
               (long long)json_number(answer, "rejected", 0));
        return;
    }
    printf(_("%lld rows read; would send %lld changed and %lld gone (%lld shown)\n"),
           (long long)json_number(answer, "rows", 0), (long long)json_number(answer, "upserts", 0),
           (long long)json_number(answer, "deletes", 0),
           (long long)json_number(answer, "shown", 0));
    if (json_number(answer, "held", 0))
        printf(_("%lld rows cannot be used and would be held back\n"),
               (long long)json_number(answer, "held", 0));
    ctl_print_error(json_object_get(answer, "refused"), 2);
    ctl_print_error(json_object_get(answer, "shop"), 2);
    if (json_number(answer, "rows", 0) == 0)
        puts(_("  > Nothing in the ERP matches the scenario: are its warehouses, levels, "
               "kinds and fields spelled as endpointctl lookup lists them?"));
}

/* The last answer; rows of a simulation are printed as they arrive. NULL: the reason was printed,
 * *code is the exit code. */
static json_t *ask(struct ctl *c, int *code)
{
    struct error e = {0};
    struct talk *t = talk_open(c, &e);
    json_t *request = json_object(), *answer;
    if (!t) {
        json_decref(request);
        *code = ctl_failed(c, &e);
        return NULL;
    }
    json_set_text(request, "do", "sync");
    if (c->argc)
        json_set_text(request, "plugin", c->argv[0]);
    json_set_flag(request, "simulate", c->simulate);
    json_set_flag(request, "accept_deletions", c->accept_deletions);
    talk_send(t, request);
    while ((answer = talk_read(t)) != NULL && !json_object_get(answer, "ok")) {
        if (text_equal(json_text(answer, "event", ""), "row")) {
            if (c->json)
                ctl_print_json(json_incref(json_object_get(answer, "data")));
            else
                print_change(json_object_get(answer, "data"));
        }
        json_decref(answer);
    }
    talk_close(t);
    if (!answer) {
        error_set(&e, STATUS_UNREACHABLE, "daemon_away", "endpointd ended during the request");
        *code = ctl_failed(c, &e);
    }
    return answer;
}
static int no_plugin(struct ctl *c)
{
    struct error e = {0};
    error_set(&e, STATUS_NOT_FOUND, "plugin_none", "there is no plugin to run");
    error_remedy(&e, "Define one in the panel, or in endpoint.conf; endpointctl status says more.");
    return ctl_failed(c, &e);
}

static int print_as_json(json_t *answer)
{
    int code = EXIT_GOOD;
    size_t i;
    json_t *pass;
    json_array_foreach (json_object_get(answer, "plugins"), i, pass)
        if (!json_flag(pass, "ok", false))
            code = EXIT_RED;
    ctl_print_json(json_incref(answer));
    return code;
}

static int run_sync(struct ctl *c)
{
    int code = EXIT_GOOD;
    json_t *answer = ask(c, &code);
    if (!answer)
        return code;
    if (!json_flag(answer, "ok", false))
        code = ctl_answer_error(c, answer);
    else if (!c->simulate && json_array_size(json_object_get(answer, "plugins")) == 0)
        code = no_plugin(c);
    else if (c->json)
        code = print_as_json(answer);
    else if (c->simulate)
        print_simulated(answer);
    else
        code = print_passes(answer) ? EXIT_RED : EXIT_GOOD;
    json_decref(answer);
    return code;
}

static const struct args_option option_simulate = {"simulate", 0, "--simulate",
                                                   N_("only show what would be sent or written"),
                                                   COMMAND_FLAG(simulate)};
static const struct args_option option_accept_deletions = {
    "accept-deletions", 0, "--accept-deletions",
    N_("let this one pass delete more than the guard allows"), COMMAND_FLAG(accept_deletions)};

const struct command cmd_sync = {
    .name = "sync",
    .usage = "sync [PLUGIN] [--simulate]",
    .line = N_("run now (--accept-deletions: once past the guard)"),
    .options = {&option_simulate, &option_accept_deletions},
    .max = 1,
    .run = run_sync,
};
