/* endpointctl service: what runs endpointd, and as which user. */
#include "ctl/cmd_service.h"

#include "ctl/service.h"
#include "ctl/service_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/check.h"
#include "ctl/options.h"
#include "ctl/words.h"
#include "ctl/service_host.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "ctl/service_change.h"
#include "ctl/service_open.h"

static const char usage[] =
    "endpointctl service status\n"
    "       endpointctl service start | stop | restart\n"
    "       endpointctl service autostart on | off        (an application: boot | login | off)\n"
    "       endpointctl service user own | system | NAME  (--check: only whether it would work)\n"
    "       endpointctl service paths [--check] [--create] [SETTING=PATH]...\n"
    "       endpointctl service mode service | application [--for USER]";

static bool bad(const struct service_state *st)
{
    return text_equal(st->state, "failed") || text_equal(st->state, "restarting");
}

static void print_state(const struct service *s)
{
    const struct service_state *st = &s->state;
    char since[64] = "", at[40];
    json_t *o = service_state_json(s);
    ctl_relative(at, json_text(o, "since", NULL));
    if (st->since_ms)
        text_format(since, sizeof since, ", started %s", at);
    if (!st->systemd) {
        ctl_sign(st->answers ? CHECK_OK : CHECK_WARN);
        printf(_("There is no systemd here. In the foreground: endpointd%s\n"),
               st->answers ? _(" – and it runs")
                           : _(" (a terminal multiplexer or a container keeps it running)"));
    } else if (!st->installed) {
        ctl_sign(CHECK_WARN);
        printf(_("%s is not installed for systemd. In the foreground: endpointd\n"), SERVICE_UNIT);
    } else {
        bool running = text_equal(st->state, "running");
        ctl_sign(bad(st) ? CHECK_FAIL : running && st->answers ? CHECK_OK : CHECK_WARN);
        printf(_("%s  %s as %s%s"),
               st->mode == SERVICE_APPLICATION ? _("Application") : _("Service"),
               words_state(CTL_TEXT, st->state), st->user, since);
        if (st->pid)
            printf(_(", pid %lld"), (long long)st->pid);
        printf(_(", %lld restarts%s%s\n"), (long long)st->restarts, *st->reason ? ": " : "",
               st->reason);
        if (running && !st->answers && st->rights)
            printf(_("       it does not answer on its control socket\n"));
        if (text_equal(st->state, "waiting-registration"))
            printf(_("       > It starts once the endpoint is registered: endpointctl register\n"));
        printf(_("       starts %s%s"),
               text_equal(st->autostart, "boot") ? _("with the system")
               : text_equal(st->autostart, "login")
                   ? _("when its user signs in, ends when they sign out")
                   : _("only when told to"),
               st->watchdog_ms ? _("; watchdog on") : _("; no watchdog"));
        if (*st->exposure)
            printf(_("; exposure %s (systemd-analyze)"), st->exposure);
        putchar('\n');
    }
    json_decref(o);
}

static int show(struct service *s)
{
    service_read_state(s, true);
    if (s->c->json) {
        json_t *o = service_state_json(s);
        json_set_flag(o, "ok", true);
        ctl_print_json(o);
    } else {
        print_state(s);
    }
    return bad(&s->state) ? EXIT_RED : EXIT_GOOD;
}

/* ---- changes
 * ----------------------------------------------------------------------------------------- */

/* Is it allowed to start, stop or restart it? */
static enum status may_be(struct service *s, const char *verb, enum service_mode mode,
                          struct error *e)
{
    enum status status = mode == SERVICE_SYSTEM ? service_need_rights(s, e) : STATUS_OK;
    if (status == STATUS_OK && !s->state.installed) {
        error_set(e, STATUS_NOT_FOUND, "not_installed", "%s is not installed on this machine",
                  SERVICE_UNIT);
        error_remedy(e, "In the foreground: endpointd");
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK && !text_equal(verb, "stop") && s->state.registered == 0) {
        error_set(e, STATUS_REFUSED, "not_registered",
                  "the service starts only once the endpoint is registered");
        error_remedy(e, "Get a token from the panel, then: endpointctl register");
        return STATUS_REFUSED;
    }
    if (status == STATUS_OK && !text_equal(verb, "start"))
        status = service_need_consent(s, e);
    return status;
}

static enum status simple(struct service *s, const char *verb, struct error *e)
{
    static const struct step start = {"start", N_("Start")}, stop = {"stop", N_("Stop")},
                             health = {"health", N_("Health")};
    bool ends = text_equal(verb, "stop");
    enum service_mode mode =
        s->state.mode == SERVICE_APPLICATION ? SERVICE_APPLICATION : SERVICE_SYSTEM;
    enum status status = may_be(s, verb, mode, e);
    if (status != STATUS_OK || s->c->check)
        return status;
    status = service_do(s, mode, verb, e);
    service_step(s, ends ? &stop : &start, status == STATUS_OK ? "ok" : "fail", false, "%-s",
                 status != STATUS_OK ? error_said(e)
                 : ends              ? N_("stopped; batches finished")
                                     : N_("started"));
    if (status == STATUS_OK && !ends) {
        status = service_healthy(s, mode, NULL, e);
        service_step(s, &health, status == STATUS_OK ? "ok" : "fail", false, "%-s",
                     status == STATUS_OK ? N_("it answers on its control socket") : error_said(e));
    }
    return status;
}

static enum status linger(struct service *s, bool on, struct error *e)
{
    static const struct step step = {"linger", N_("Lingering")};
    const char *argv[] = {"loginctl", "--no-ask-password", on ? "enable-linger" : "disable-linger",
                          s->self.name, NULL};
    if (s->host.run(argv, NULL) != 0) {
        error_set(e, STATUS_DENIED, "rights",
                  "only root may let %s's applications run while that user is signed out",
                  s->self.name);
        error_remedy(e, "sudo loginctl %s %s", argv[2], s->self.name);
        service_step(s, &step, "fail", false, "%-s", error_said(e));
        return STATUS_DENIED;
    }
    service_step(s, &step, "ok", false,
                 on ? N_("runs from boot on, signed in or not")
                    : N_("ends when its user signs out"));
    return STATUS_OK;
}

static enum status autostart(struct service *s, const char *word, struct error *e)
{
    static const struct step step = {"enable", N_("Autostart")};
    bool application = s->state.mode == SERVICE_APPLICATION, off = text_equal(word, "off");
    enum service_mode mode = application ? SERVICE_APPLICATION : SERVICE_SYSTEM;
    if (!off && !text_equal(word, "on") &&
        !(application && (text_equal(word, "boot") || text_equal(word, "login"))))
        return error_set(e, STATUS_INVALID, "usage",
                         "autostart is on or off (an application's also boot or login)");
    enum status status = application ? STATUS_OK : service_need_rights(s, e);
    if (status != STATUS_OK || s->c->check)
        return status;
    status = service_do(s, mode, off ? "disable" : "enable", e);
    service_step(s, &step, status == STATUS_OK ? "ok" : "fail", false, "%-s",
                 status != STATUS_OK ? error_said(e)
                 : off               ? N_("starts only when told to")
                                     : N_("starts by itself"));
    if (status == STATUS_OK && (text_equal(word, "boot") || text_equal(word, "login")))
        status = linger(s, text_equal(word, "boot"), e);
    return status;
}

static int finish(struct service *s, enum status status, bool changed, bool restored,
                  struct error *e)
{
    if (status == STATUS_OK && s->c->json) {
        service_read_state(s, false);
        ctl_print_json(json_pack("{s:b,s:o}", "ok", 1, "status", service_state_json(s)));
        return EXIT_GOOD;
    }
    if (status == STATUS_OK)
        return EXIT_GOOD;
    if (!s->c->json) {
        int code = ctl_failed(s->c, e);
        if (changed)
            fputs(restored ? _("Everything is as it was before.\n")
                           : _("Not everything could be put back: see the lines marked undo.\n"),
                  stderr);
        return code;
    }
    json_t *o = json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e));
    json_object_set_new(o, "rolled_back", changed ? json_boolean(restored) : json_null());
    ctl_print_json(o);
    return ctl_exit_code(e);
}

static int change(struct service *s, const char *what, const char *argument)
{
    struct error e = {0};
    bool changed = false, restored = false;
    enum status status = STATUS_OK;
    service_read_state(s, false);
    if (!s->state.systemd) {
        status =
            error_set(&e, STATUS_NOT_FOUND, "no_systemd", "there is no systemd on this machine");
        error_remedy(&e, "Run it in the foreground: endpointd");
    } else if (text_equal(what, "user")) {
        status = service_change_user(s, argument, &changed, &restored, &e);
    } else if (text_equal(what, "mode")) {
        status = service_change_mode(
            s, text_equal(argument, "service") ? SERVICE_SYSTEM : SERVICE_APPLICATION, &changed,
            &restored, &e);
    } else if (text_equal(what, "autostart")) {
        status = autostart(s, argument, &e);
    } else {
        status = simple(s, what, &e);
    }
    return finish(s, status, changed, restored, &e);
}

static int run_service(struct ctl *c)
{
    static const char *const alone[] = {"status", "start", "stop", "restart"};
    static const char *const with[] = {"user", "autostart", "mode"};
    const char *what = c->argv[0], *argument = c->argc > 1 ? c->argv[1] : NULL;
    struct service s;
    struct error e = {0};
    bool good = false;
    if (text_equal(what, "paths"))
        return service_paths_command(c);
    for (size_t i = 0; i < COUNT_OF(alone); i++)
        good |= !argument && text_equal(what, alone[i]);
    for (size_t i = 0; i < COUNT_OF(with); i++)
        good |= c->argc == 2 && argument && text_equal(what, with[i]);
    if (text_equal(what, "mode") && argument)
        good = text_equal(argument, "service") || text_equal(argument, "application");
    if (!good)
        return ctl_usage(c, usage);
    if (service_open(&s, c, &e) != STATUS_OK)
        return ctl_failed(c, &e);
    return text_equal(what, "status") ? show(&s) : change(&s, what, argument);
}

static const struct args_option option_for = {"for", 0, "--for USER", N_("whose application it is"),
                                              COMMAND_TEXT(for_user)};
static const struct args_option option_password_file = {
    "password-file", 0, "--password-file FILE", N_("that account's password (-: standard input)"),
    COMMAND_TEXT(password_file)};
static const struct args_option option_check = {
    "check", 0, "--check", N_("only check whether it would work"), COMMAND_FLAG(check)};

const struct command cmd_service = {
    .name = "service",
    .usage = "service status | start | stop | restart",
    .synopsis =
        "service status\nservice start | stop | restart\nservice autostart on | off | boot | "
        "login\nservice user own | system | NAME [--check] [--password-file FILE]\nservice mode "
        "service | application [--for USER] [--check]\nservice paths [SETTING=PATH]... [--check] "
        "[--create]",
    .line = N_("how endpointd runs; also: user, mode, autostart, paths"),
    .words = "status start stop restart user mode autostart paths",
    .options = {&options_yes, &option_for, &option_password_file, &option_check, &options_create},
    .min = 1,
    .max = 18,
    .run = run_service,
};
