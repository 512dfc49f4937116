/* Move the endpoint to another user, to an application, or back: one state machine does it all.
 *
 * A place is a manager that runs the endpoint, and an owner of its files. Every change goes from
 * one place to another by the same steps in the same order; steps that would change nothing are
 * left out. When a step fails, the steps before it are undone in reverse order, and the endpoint
 * runs as before.
 */
#include "ctl/service_change.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"
#include "ctl/service_account.h"
#include "ctl/service_files.h"
#include "ctl/service_open.h"
#include "ctl/service_paths.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "os/account.h"
#include "os/dir.h"
#include "os/file.h"

#define DROP_IN_FILE "/50-user.conf"

static const struct step unit_step = {"unit", N_("Unit")},
                         account_step = {"account", N_("Account")},
                         stop_step = {"stop", N_("Stop")},
                         own_step = {"ownership", N_("Ownership")},
                         file_step = {"unit-file", N_("Unit file")},
                         reload_step = {"reload", N_("Reload")},
                         record_step = {"record", N_("Whose it is")},
                         move_step = {"move", N_("Files")},
                         disable_step = {"disable", N_("Old start")},
                         enable_step = {"enable", N_("New start")},
                         start_step = {"start", N_("Start")},
                         health_step = {"health", N_("Health")},
                         restore_step = {"restore", N_("As before")};

/* ---- from where, to where ------------------------------------------------------------------------ */

static enum status not_installed(struct service *s, struct error *e)
{
    error_set(e, STATUS_NOT_FOUND, "not_installed", "%s is not installed on this machine",
              SERVICE_UNIT);
    error_remedy(e, "Install the package, or run make install.");
    return service_failed(s, &unit_step, e);
}

/* Find where the endpoint is now. If it is nowhere, its future files count as the system's. */
static void find_from(struct service_change *ch)
{
    struct service *s = ch->s;
    const char *state = s->state.state;
    struct file_look l;
    ch->from.mode = s->state.mode;
    ch->from.paths = s->paths;
    if (s->state.mode == SERVICE_APPLICATION) {
        ch->from.account = s->self;
        service_user_paths(s, &s->self, &ch->from.paths);
    } else {
        s->host.account(s->state.unit_user, &ch->from.account);
    }
    ch->was_running = text_equal(state, "running") || text_equal(state, "starting") ||
                      text_equal(state, "restarting");
    ch->was_enabled = s->state.enabled;
    if (file_look(s->paths.state_dir, &l)) {
        ch->state_uid = l.user;
        ch->state_gid = l.group;
    }
    if (file_look(s->paths.config_dir, &l))
        ch->config_gid = l.group;
}

static enum status begin(struct service_change *ch, bool involves_system, struct error *e)
{
    struct service *s = ch->s;
    enum status status = involves_system ? service_need_rights(s, e) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    find_from(ch);
    return STATUS_OK;
}

static enum status to_system(struct service_change *ch, const char *name, struct error *e)
{
    struct service *s = ch->s;
    bool application = ch->from.mode == SERVICE_APPLICATION;
    if (!*s->state.unit_user)
        return not_installed(s, e);
    if (application)
        service_step(s, &unit_step, "ok", false, "%s is %s, an application of %s", SERVICE_UNIT,
                     s->state.state, s->state.user);
    else
        service_step(s, &unit_step, "ok", false, "%s is %s, as %s", SERVICE_UNIT, s->state.state,
                     s->state.user);
    ch->to.mode = SERVICE_SYSTEM;
    ch->to.paths = s->paths;
    ch->moves = application;
    return service_check_account(ch, name, e);
}

/* Is the endpoint another user's application already? Then move it from that user. */
static void take_recorded(struct service_change *ch)
{
    struct service *s = ch->s;
    struct account wanted = s->self;
    char name[64];
    const char *asked = s->c->for_user;
    if (ch->from.mode == SERVICE_SYSTEM || !asked || s->host.uid != 0 ||
        !service_recorded(s, name, sizeof name) || text_equal(name, asked))
        return;
    s->c->for_user = name;
    if (service_find_self(s, NULL) == STATUS_OK)
        service_read_state(s, false);
    s->c->for_user = asked;
    find_from(ch);
    s->self = wanted;
}

static enum status user_manager(struct service *s, struct error *e)
{
    char unit[64];
    if (s->host.uid != 0)
        return STATUS_OK;
    text_format(unit, sizeof unit, "user@%ld.service", (long)s->self.id);
    const char *argv[] = {"systemctl", "--no-ask-password", "--no-pager", "start", unit, NULL};
    if (s->host.run(argv, NULL) != 0)
        return error_set(e, STATUS_REFUSED, "user_manager", "%s cannot be started", unit);
    return STATUS_OK;
}

static enum status to_application(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    if (!s->have_self || s->self.id == 0) {
        error_set(e, STATUS_INVALID, "account_which",
                  "an application belongs to a user: name the user");
        error_remedy(e, "Add --for USER.");
        return service_failed(s, &account_step, e);
    }
    take_recorded(ch);
    ch->to.mode = SERVICE_APPLICATION;
    ch->to.account = s->self;
    service_user_paths(s, &s->self, &ch->to.paths);
    ch->moves = ch->from.mode == SERVICE_SYSTEM ||
                (ch->from.mode == SERVICE_APPLICATION && ch->from.account.id != s->self.id);
    service_step(s, &account_step, "ok", false, "application of %s", s->self.name);
    return STATUS_OK;
}

/* There must be an endpoint: enabling an empty unit does not make one. */
static enum status something_there(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    const struct paths *from = &ch->from.paths, *to = &ch->to.paths;
    if (service_has(from->state_dir, "identity.json") ||
        service_has(to->state_dir, "identity.json") ||
        service_has(from->config_dir, "endpoint.conf") ||
        service_has(to->config_dir, "endpoint.conf") || ch->was_enabled)
        return STATUS_OK;
    error_set(e, STATUS_NOT_FOUND, "nothing_there",
              "there is no endpoint to run: neither %s nor an application of %s's has one",
              s->paths.config_dir, s->have_self && s->self.id ? s->self.name : "anybody");
    error_remedy(e, "If it is another user's application, name the user: --for USER. To set "
                    "up a new one, use endpoint-tui.");
    return service_failed(s, &move_step, e);
}

/* ---- the steps ------------------------------------------------------------------------------------- */

static enum status act(struct service_change *ch, const struct step *step, enum service_mode mode,
                       const char *verb, const char *said, struct error *e)
{
    if (service_do(ch->s, mode, verb, e) != STATUS_OK)
        return service_failed(ch->s, step, e);
    service_step(ch->s, step, "ok", false, "%-s", said);
    return STATUS_OK;
}

/* Commands for the old place go to the manager of its old owner. */
static enum status act_there(struct service_change *ch, const struct step *step,
                             const struct service_place *place, const char *verb, const char *said,
                             struct error *e)
{
    struct service *s = ch->s;
    struct account self = s->self;
    if (place->mode == SERVICE_APPLICATION)
        s->self = place->account;
    enum status status = act(ch, step, place->mode, verb, said, e);
    s->self = self;
    return status;
}

static enum status hand_over(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    const struct account *a = &ch->to.account;
    ch->owned = true;
    enum status status = service_own_state(s->paths.state_dir, a->id, a->group_id, e);
    if (status == STATUS_OK)
        status = service_own_config(s->paths.config_dir, a->group_id, e);
    if (status != STATUS_OK)
        return service_failed(s, &own_step, e);
    service_step(s, &own_step, "ok", false, "%s belongs to %s; %s may be read by group %s",
                 s->paths.state_dir, a->name, s->paths.config_dir, a->group);
    return STATUS_OK;
}

static enum status write_drop_in(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    char dir[360];
    struct buf text;
    enum status status = file_read(ch->path, &ch->old, NULL, e);
    ch->had_old = status == STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return service_failed(s, &file_step, e);
    ch->written = true;
    if (ch->own) {
        file_remove(ch->path);
        service_step(s, &file_step, "ok", false, "no drop-in: the unit's own user is used");
        return STATUS_OK;
    }
    buf_init(&text, 4096);
    buf_printf(&text,
               "# Written by `endpointctl service user`, which replaces it; other changes go into "
               "another file.\n"
               "[Service]\nUser=%s\nGroup=%s\n",
               ch->to.account.name, ch->to.account.group);
    service_path(s, dir, sizeof dir, SERVICE_DROP_IN_DIR, NULL);
    status = dir_ensure(dir, 0755, e);
    if (status == STATUS_OK)
        status = file_replace(ch->path, buf_text(&text), text.length, 0644, NULL, e);
    buf_free(&text);
    if (status != STATUS_OK)
        return service_failed(s, &file_step, e);
    service_step(s, &file_step, "ok", false, "%s has User=%s", ch->path, ch->to.account.name);
    return STATUS_OK;
}

/* Open to the service the directories that the settings let it write to. Closed ones stay closed
 * for an application. */
static enum status open_paths(struct service_change *ch, struct error *e)
{
    struct config *config = NULL;
    bool changed = false;
    enum status status = STATUS_OK;
    config_load_anyway(&ch->s->paths, &config, NULL, NULL, NULL);
    if (config)
        status = service_paths_write(ch->s, config, &changed, e);
    config_free(config);
    ch->rewrites |= changed;
    return status == STATUS_OK ? STATUS_OK : service_failed(ch->s, &file_step, e);
}

static enum status record(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    if (s->host.uid != 0 || (!ch->moves && ch->from.mode == ch->to.mode))
        return STATUS_OK;
    ch->recorded = true;
    const char *name = ch->to.mode == SERVICE_APPLICATION ? ch->to.account.name : "";
    if (service_record(s, name, e) != STATUS_OK)
        return service_failed(s, &record_step, e);
    return STATUS_OK;
}

static enum status switch_start(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    bool same = ch->from.mode == ch->to.mode && !ch->moves;
    enum status status = STATUS_OK;
    if (ch->was_enabled && !same) {
        ch->disabled = true;
        status =
            act_there(ch, &disable_step, &ch->from, "disable", N_("no longer starts by itself"), e);
    }
    if (status != STATUS_OK || !ch->enable)
        return status;
    ch->enabled = true;
    return act_there(
        ch, &enable_step, &ch->to, "enable",
        ch->to.mode == SERVICE_SYSTEM ? N_("starts with the system")
        : s->state.linger
            ? N_("starts with the system (lingering is on)")
            : N_("starts when its user signs in and ends when they sign out (lingering is "
                 "off; endpointctl service autostart boot)"),
        e);
}

static enum status prove(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    bool user = ch->to.mode == SERVICE_APPLICATION;
    if (!service_has(ch->to.paths.state_dir, "identity.json")) {
        service_step(s, &start_step, "skipped", false,
                     "the service starts once the endpoint is registered");
        return STATUS_OK;
    }
    ch->started = true;
    enum status status = act(ch, &start_step, ch->to.mode, "start", N_("started"), e);
    if (status != STATUS_OK)
        return status;
    status = service_healthy(s, ch->to.mode, &ch->to.account, e);
    if (status != STATUS_OK)
        return service_failed(s, &health_step, e);
    service_step(s, &health_step, "ok", false,
                 user ? N_("endpointd %s answers as an application of %s, pid %lld")
                      : N_("endpointd %s answers as %s, pid %lld"),
                 s->state.version, ch->to.account.name, (long long)s->state.pid);
    return ch->keep_running ? STATUS_OK
                            : act(ch, &restore_step, ch->to.mode, "stop",
                                  N_("stopped again, as it was before"), e);
}

static enum status make(struct service_change *ch, bool *changed, struct error *e)
{
    enum status status = STATUS_OK;
    *changed = true;
    if (ch->from.mode != SERVICE_NONE && (ch->moves || ch->to.mode == SERVICE_SYSTEM)) {
        ch->stopped = true;
        status = act_there(
            ch, &stop_step, &ch->from, "stop",
            ch->was_running ? N_("stopped; batches finished") : N_("it was not running"), e);
    }
    if (status == STATUS_OK && ch->moves)
        status = service_copy(ch, e);
    if (status == STATUS_OK && ch->to.mode == SERVICE_SYSTEM)
        status = hand_over(ch, e);
    if (status == STATUS_OK && ch->rewrites)
        status = write_drop_in(ch, e);
    if (status == STATUS_OK && ch->to.mode == SERVICE_SYSTEM)
        status = open_paths(ch, e);
    if (status == STATUS_OK && ch->rewrites)
        status =
            act(ch, &reload_step, SERVICE_SYSTEM, "daemon-reload", N_("systemd has read it"), e);
    if (status == STATUS_OK)
        status = record(ch, e);
    if (status == STATUS_OK)
        status = switch_start(ch, e);
    return status == STATUS_OK ? prove(ch, e) : status;
}

/* ---- the way back ---------------------------------------------------------------------------------- */

/* Undo one thing. A failure is shown, and the rest is undone all the same. */
static bool undone(struct service_change *ch, const struct step *step, enum status status,
                   const struct error *e, const char *said)
{
    service_step(ch->s, step, status == STATUS_OK ? "ok" : "fail", true, "%-s",
                 status == STATUS_OK ? said : error_said(e));
    return status == STATUS_OK;
}

static bool undo_act(struct service_change *ch, const struct step *step,
                     const struct service_place *place, const char *verb, const char *said)
{
    struct error e = {0};
    struct service *s = ch->s;
    struct account self = s->self;
    if (place->mode == SERVICE_APPLICATION)
        s->self = place->account;
    enum status status = service_do(s, place->mode, verb, &e);
    s->self = self;
    return undone(ch, step, status, &e, said);
}

static bool undo_unit(struct service_change *ch)
{
    struct error e = {0};
    enum status status = STATUS_OK;
    if (ch->had_old)
        status = file_replace(ch->path, buf_text(&ch->old), ch->old.length, 0644, NULL, &e);
    else
        file_remove(ch->path);
    bool ok = undone(ch, &file_step, status, &e,
                     ch->had_old ? N_("the drop-in is the old one") : N_("the drop-in is gone"));
    status = service_do(ch->s, SERVICE_SYSTEM, "daemon-reload", &e);
    return undone(ch, &reload_step, status, &e, N_("systemd has read it")) && ok;
}

static bool undo_files(struct service_change *ch)
{
    struct service *s = ch->s;
    struct error e = {0};
    bool ok = true;
    if (ch->recorded)
        service_record(s, ch->from.mode == SERVICE_APPLICATION ? ch->from.account.name : "", NULL);
    if (ch->copied_state || ch->copied_config) {
        service_clean(ch, false);
        service_step(s, &move_step, "ok", true, "the copies are removed");
    }
    if (ch->owned) {
        enum status status =
            service_own_state(s->paths.state_dir, ch->state_uid, ch->state_gid, &e);
        if (status == STATUS_OK)
            status = service_own_config(s->paths.config_dir, ch->config_gid, &e);
        ok = undone(ch, &own_step, status, &e, N_("the files have their old owners"));
    }
    return ok;
}

static bool undo_start(struct service_change *ch)
{
    struct service *s = ch->s;
    struct error e = {0};
    struct account self = s->self;
    if (ch->from.mode == SERVICE_APPLICATION)
        s->self = ch->from.account;
    enum status status = service_do(s, ch->from.mode, "start", &e);
    if (status == STATUS_OK)
        status = service_healthy(s, ch->from.mode, NULL, &e);
    s->self = self;
    return undone(ch, &start_step, status, &e, N_("the service runs as before"));
}

static bool undo(struct service_change *ch)
{
    bool ok = true;
    if (ch->started)
        ok &= undo_act(ch, &stop_step, &ch->to, "stop", N_("stopped"));
    if (ch->enabled)
        ok &= undo_act(ch, &enable_step, &ch->to, "disable", N_("not enabled"));
    if (ch->written)
        ok &= undo_unit(ch);
    ok &= undo_files(ch);
    if (ch->disabled)
        ok &= undo_act(ch, &disable_step, &ch->from, "enable", N_("enabled as before"));
    if (ch->stopped && ch->was_running)
        ok &= undo_start(ch);
    return ok;
}

/* ---- the whole change
 * --------------------------------------------------------------------------------------- */

static enum status change(struct service_change *ch, bool *changed, bool *restored, struct error *e)
{
    struct service *s = ch->s;
    buf_init(&ch->old, 65536);
    enum status status =
        service_path(s, ch->path, sizeof ch->path, SERVICE_DROP_IN_DIR DROP_IN_FILE, e);
    if (status == STATUS_OK && ch->to.mode == SERVICE_APPLICATION && !s->c->check)
        status = user_manager(s, e);
    if (status == STATUS_OK && !s->c->check) {
        status = make(ch, changed, e);
        if (status != STATUS_OK)
            *restored = undo(ch);
        else
            service_clean(ch, true);
    }
    buf_free(&ch->old);
    return status;
}

enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e)
{
    struct service_change ch = {.s = s};
    enum status status = begin(&ch, true, e);
    if (status == STATUS_OK)
        status = to_system(&ch, name, e);
    if (status == STATUS_OK)
        status = service_check_password(&ch, e);
    if (status == STATUS_OK)
        status = service_need_consent(s, e);
    if (status == STATUS_OK)
        status = service_check_access(&ch, e);
    if (status != STATUS_OK)
        return status;
    ch.rewrites = true;
    ch.keep_running = ch.was_running;
    ch.enable = ch.moves && ch.was_enabled;
    return change(&ch, changed, restored, e);
}

static enum status check_mode(struct service_change *ch, enum service_mode to, struct error *e)
{
    struct service *s = ch->s;
    bool involves_system = to == SERVICE_SYSTEM || s->state.mode == SERVICE_SYSTEM;
    enum status status = begin(ch, involves_system, e);
    if (status == STATUS_OK)
        status =
            to == SERVICE_SYSTEM ? to_system(ch, s->state.unit_user, e) : to_application(ch, e);
    if (status == STATUS_OK)
        status = something_there(ch, e);
    if (status == STATUS_OK)
        status = service_need_consent(s, e);
    return status == STATUS_OK && ch->moves ? service_check_access(ch, e) : status;
}

enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e)
{
    struct service_change ch = {.s = s};
    enum status status = check_mode(&ch, to, e);
    if (status != STATUS_OK)
        return status;
    if (ch.from.mode == to && !ch.moves && ch.was_enabled) {
        service_step(s, &unit_step, "ok", false, "nothing to change");
        return STATUS_OK;
    }
    /* A unit that was stopped or not enabled stays so in its new place; an endpoint from nowhere is
     * started. */
    ch.enable = ch.was_enabled || !ch.moves;
    ch.keep_running = ch.was_running || !ch.moves;
    return change(&ch, changed, restored, e);
}
