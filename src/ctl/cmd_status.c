#include "ctl/cmd_status.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "check/judge.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "ctl/talk.h"
#include "ctl/words.h"
#include "link/identity.h"
#include "link/link.h"
#include "os/clock.h"

#define WATCH_SECONDS 2

/* Print the counts of the shop's orders, and how many wait for a person. */
static void print_orders_of(const json_t *plugin)
{
    const json_t *orders = json_object_get(plugin, "orders");
    long long open = (long long)judge_orders_open(plugin);
    char handed[40];
    if (!json_is_object(orders))
        return;
    ctl_relative(handed, json_text(orders, "oldest_handed_over", NULL));
    printf(
        _("       orders: %lld waiting, %lld handed over, %lld done today, %lld rejected, %lld in doubt\n"),
        (long long)json_number(orders, "waiting", 0),
        (long long)json_number(orders, "handed_over", 0),
        (long long)json_number(orders, "done_today", 0),
        (long long)json_number(orders, "rejected", 0),
        (long long)json_number(orders, "in_doubt", 0));
    if (json_number(orders, "handed_over", 0))
        printf(_("       the oldest that waits for its import: %s\n"), handed);
    if (open)
        printf(open == 1
                   ? _("       > %lld order waits for a person: endpointctl orders --state %s\n")
                   : _("       > %lld orders wait for a person: endpointctl orders --state %s\n"),
               open, json_number(orders, "in_doubt", 0) ? "in-doubt" : "rejected");
}

void cmd_status_print_plugin(const json_t *plugin)
{
    char last[40], next[40], oldest[40];
    ctl_relative(last, json_text(plugin, "last_run", NULL));
    ctl_due(next, json_text(plugin, "next_run", NULL));
    ctl_relative(oldest, json_text(plugin, "oldest", NULL));
    ctl_sign(judge_plugin(plugin));
    printf(_("%s %s last run %s next %s queue %lld"),
           words_padded(CTL_TEXT, json_text(plugin, "id", ""), 12),
           words_padded(CTL_TEXT, words_state(CTL_TEXT, json_text(plugin, "state", "")), 11),
           words_padded(CTL_TEXT, last, 12), words_padded(CTL_TEXT, next, 10),
           (long long)json_number(plugin, "queued", 0));
    if (json_number(plugin, "queued", 0))
        printf(_(", oldest %s"), oldest);
    if (json_number(plugin, "held", 0))
        printf(_(", held back %lld"), (long long)json_number(plugin, "held", 0));
    putchar('\n');
    print_orders_of(plugin);
    const json_t *progress = json_object_get(plugin, "progress");
    if (json_is_object(progress))
        printf(_("       %s: %lld rows so far\n"),
               text_equal(json_text(progress, "phase", ""), "send") ? _("sending") : _("reading"),
               (long long)json_number(progress, "done", 0));
    const json_t *waiting = json_object_get(plugin, "waiting");
    if (json_is_object(waiting)) {
        char waited[40], limit[40];
        text_from_duration(waited, sizeof waited,
                           json_number(waiting, "waited_ms", 0) / 1000 * 1000);
        text_from_duration(limit, sizeof limit, json_number(waiting, "limit_ms", 0));
        printf(_("       has waited %s (at most %s) for %s\n"), waited, limit,
               words_said(CTL_TEXT, waiting, "for"));
    }
    ctl_print_error(json_object_get(plugin, "error"), 7);
    size_t i;
    json_t *check;
    json_array_foreach (json_object_get(plugin, "checks"), i, check)
        if (text_equal(json_text(check, "result", ""), "warn"))
            ctl_print_error(check, 7);
}

static void print_panel(struct ctl *c, const json_t *s)
{
    char last[40];
    const json_t *panel = json_object_get(s, "panel"), *error = json_object_get(panel, "error");
    const char *url = json_text(panel, "url", "");
    enum check_result result = judge_panel(s);
    bool away = json_is_object(error);
    ctl_relative(last, json_text(panel, "last_ok", NULL));
    ctl_sign(result);
    if (!judge_registered(s) && result == CHECK_WARN) {
        printf(
            _("Panel  %s%snot registered\n       > %sendpoint-tui leads through it, or: %sendpointctl "
              "register\n"),
            ctl_shown(CTL_TEXT, url), *url ? "  " : "", next_sudo(c), next_sudo(c));
        return;
    }
    printf(_("Panel  %s  %s"), ctl_shown(CTL_TEXT, url),
           words_state(CTL_TEXT, json_text(panel, "state", "")));
    if (json_text(panel, "last_ok", NULL))
        printf(_(", answered %s"), last);
    puts(result == CHECK_FAIL && !away ? _(", but not all of it works, see below") : "");
    ctl_print_error(error, 7);
}

/* The company that the database belongs to, in its own words. */
static void print_company(const json_t *erp)
{
    char text[700];
    const char *company = json_text(erp, "company", ""), *nip = json_text(erp, "tax_id", ""),
               *version = json_text(erp, "version", "");
    if (!*company && !*version)
        return;
    text_format(text, sizeof text, "       %s%s%s%s%s", company, *nip ? ", NIP " : "", nip,
                *version ? _("  version ") : "", version);
    ctl_print_text(text);
    putchar('\n');
}

static void print_erp(struct ctl *c, const json_t *s)
{
    const json_t *erp = json_object_get(s, "erp");
    const char *away = json_text(erp, "away", ""), *port = json_text(erp, "port", "0");
    bool fixed = !text_equal(port, "0");
    enum check_result result = judge_erp(s);
    ctl_sign(result);
    if (!judge_erp_chosen(s)) {
        printf(_("ERP    not chosen yet\n       > %sendpoint-tui leads through it (erp.type and "
                 "related settings, endpoint.conf(5))\n"),
               next_sudo(c));
        return;
    }
    printf(_("ERP    %s  %s on %s%s%s%s\n"), ctl_shown(CTL_TEXT, json_text(erp, "type", "-")),
           ctl_shown(CTL_TEXT, json_text(erp, "database", "-")),
           ctl_shown(CTL_TEXT, json_text(erp, "server", "-")), fixed ? "," : "", fixed ? port : "",
           result == CHECK_WAIT ? _("  not asked yet") : "");
    print_company(erp);
    if (*away)
        printf(_("       %s cannot reach it, see there; endpointctl test connection says why\n"),
               ctl_shown(CTL_TEXT, away));
}

const char *cmd_status_no_plugins(const json_t *s)
{
    return json_flag(s, "plugins_known", true)
               ? _("No plugins yet: define them in the panel, or in endpoint.conf.")
               : _("The plugins are unknown: the panel has not sent them since this start.");
}

/* Print the status as one screen. */
static void print_status(struct ctl *c, const json_t *s)
{
    const json_t *endpoint = json_object_get(s, "endpoint");
    const json_t *account = json_object_get(endpoint, "account");
    size_t i;
    json_t *item;
    char grouped[ID_TEXT];
    const char *id = json_text(endpoint, "id", "");
    printf(_("Endpoint %s  %s    account %s\n"),
           *id ? id_grouped(grouped, id) : _("(not registered)"),
           json_text(endpoint, "version", ""),
           *json_text(account, "name", "") ? ctl_shown(CTL_TEXT, json_text(account, "name", ""))
                                           : "-");
    print_panel(c, s);
    print_erp(c, s);
    json_array_foreach (json_object_get(s, "checks"), i, item) {
        enum check_result result = check_parse(json_text(item, "result", ""));
        if (result != CHECK_FAIL && result != CHECK_WARN)
            continue;
        ctl_sign(result);
        printf("%s\n", ctl_shown(CTL_TEXT, _(json_text(item, "title", ""))));
        ctl_print_error(item, 7);
    }
    if (json_array_size(json_object_get(s, "plugins")))
        putchar('\n');
    else
        printf("\n%s\n", cmd_status_no_plugins(s));
    json_array_foreach (json_object_get(s, "plugins"), i, item)
        cmd_status_print_plugin(item);
}

/* Print what can be known without the daemon. */
static int without_daemon(struct ctl *c, const struct error *e)
{
    struct identity id = {0};
    char grouped[ID_TEXT];
    bool known = identity_load(c->paths.state_dir, &id, NULL) == STATUS_OK;
    if (c->json) {
        json_t *o = json_object(), *endpoint = json_object();
        json_set_text(endpoint, "id", id.endpoint_id);
        json_object_set_new(o, "endpoint", endpoint);
        json_set_flag(o, "ok", false);
        json_object_set_new(o, "error", json_from_error(e));
        ctl_print_json(o);
    } else {
        printf(_("Endpoint %s  %s    account %s\n"),
               known && id.endpoint_id[0] ? id_grouped(grouped, id.endpoint_id)
                                          : _("(not registered)"),
               ENDPOINT_VERSION,
               known && id.account_name[0] ? ctl_shown(CTL_TEXT, id.account_name) : "-");
        ctl_sign(CHECK_FAIL);
        printf("%s\n       > %s\n", ctl_shown(CTL_TEXT, e->text),
               ctl_shown(CTL_TEXT, error_advice(e)));
    }
    identity_wipe(&id);
    return ctl_exit_code(e);
}

int cmd_status_code(const json_t *s)
{
    if (judge_status(s) == CHECK_FAIL)
        return judge_only_orders(s) ? EXIT_ORDERS : EXIT_RED;
    return judge_registered(s) && judge_erp_chosen(s) ? EXIT_GOOD : EXIT_SET_UP;
}

static int status_once(struct ctl *c)
{
    struct error e = {0};
    json_t *s = talk_ask(c, json_pack("{s:s}", "do", "status"), &e);
    if (!s)
        return without_daemon(c, &e);
    int code = cmd_status_code(s);
    if (c->json)
        ctl_print_json(json_incref(s));
    else
        print_status(c, s);
    json_decref(s);
    return code;
}

/* Repeat the status until interrupted; on a terminal each one replaces the one before. */
static int status_watch(struct ctl *c)
{
    int code;
    do {
        if (ctl_colour())
            fputs("\033[H\033[J", stdout);
        code = status_once(c);
        if (!c->json)
            putchar('\n');
    } while (fflush(stdout) == 0 && clock_sleep_ms(WATCH_SECONDS * 1000));
    return code;
}

static int run_status(struct ctl *c)
{
    return c->watch ? status_watch(c) : status_once(c);
}

static const struct args_option option_watch = {
    "watch", 0, "--watch", N_("repeat every two seconds, until Ctrl-C"), COMMAND_FLAG(watch)};

const struct command cmd_status = {
    .name = "status",
    .usage = "status [--watch]",
    .line = N_("one screen: is everything all right?"),
    .options = {&option_watch},
    .run = run_status,
};
