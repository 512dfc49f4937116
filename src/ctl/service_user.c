/* Under which user the service runs: changed as a whole, or not at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"
#include "config/settings.h"

#define DROP_IN_DIR  "/etc/systemd/system/endpointd.service.d"
#define DROP_IN_FILE "/50-user.conf"

static const struct step unit_step = {"unit", N_("Unit")},
                         account_step = {"account", N_("Account")},
                         password_step = {"password", N_("Password")},
                         access_step = {"access", N_("Access")}, stop_step = {"stop", N_("Stop")},
                         own_step = {"ownership", N_("Ownership")},
                         file_step = {"unit-file", N_("Unit file")},
                         reload_step = {"reload", N_("Reload")},
                         start_step = {"start", N_("Start")},
                         health_step = {"health", N_("Health")},
                         restore_step = {"restore", N_("As before")};

struct change {
    struct service *s;
    struct service_account to;
    struct stat state_before, config_before; /* owners, for the way back */
    bool own, was_running, stopped, owned, written, started;
    char path[400]; /* of the drop-in */
    struct buf old; /* what stood there */
    bool had_old;
};

static enum status failed(struct change *ch, const struct step *step, const struct error *e)
{
    service_step(ch->s, step, "fail", false, "%s", e->text);
    return e->status;
}

/* ---- before anything is changed
 * --------------------------------------------------------------------- */

static enum status check_account(struct change *ch, const char *name, struct error *e)
{
    struct service *s = ch->s;
    ch->own = text_equal(name, "own") || text_equal(name, SERVICE_ACCOUNT);
    const char *wanted = ch->own ? SERVICE_ACCOUNT
                         : text_equal(name, "system") || text_equal(name, "SYSTEM") ? "root"
                                                                                    : name;
    if (!s->host.account(wanted, &ch->to)) {
        error_set(e, STATUS_NOT_FOUND, "account_unknown", "there is no user \"%s\" on this machine",
                  wanted);
        error_remedy(e, ch->own ? "systemd-sysusers makes it, from the file that was installed."
                                : "getent passwd lists those that there are.");
        return failed(ch, &account_step, e);
    }
    if (ch->to.uid == 0)
        service_step(s, &account_step, "warn", false,
                     "root: whatever goes wrong in the endpoint goes wrong with all rights; use it "
                     "only when nothing "
                     "else works");
    else
        service_step(s, &account_step, "ok", false, "%s exists", ch->to.name);
    return STATUS_OK;
}

/* Root may run a service as anybody. But who came through sudo may have been allowed this command
 * only, and must not get at another person's account with it. */
static bool needs_password(const struct change *ch, const char **why)
{
    const char *asker = getenv("SUDO_UID");
    int64_t uid;
    *why = N_("root may choose any user");
    if (!text_to_i64(asker, &uid) || uid == 0)
        return false;
    *why = N_("it is your own account");
    if (uid == (int64_t)ch->to.uid)
        return false;
    *why = N_("nobody signs in to this account");
    return !ch->own && ch->to.uid != 0 && !text_ends(ch->to.shell, "/nologin") &&
           !text_ends(ch->to.shell, "/false");
}

static enum status check_password(struct change *ch, struct error *e)
{
    struct service *s = ch->s;
    const char *why;
    char password[512];
    if (!needs_password(ch, &why)) {
        service_step(s, &password_step, "skipped", false, "not needed: %s", why);
        return STATUS_OK;
    }
    if (s->c->check || (!s->c->password_file && !isatty(STDIN_FILENO))) {
        error_set(
            e, STATUS_DENIED, "password_needed",
            "%s is another person's account: its password is needed. It is verified and not stored",
            ch->to.name);
        error_remedy(e, "Give it with --password-file FILE (-: standard input), or at the prompt.");
        return failed(ch, &password_step, e);
    }
    enum status status = ctl_read_secret(s->c->password_file, "Password of the account", password,
                                         sizeof password, e);
    if (status != STATUS_OK)
        return failed(ch, &password_step, e);
    status = s->host.password(ch->to.name, password, e);
    mem_wipe(password, sizeof password);
    if (status != STATUS_OK)
        return failed(ch, &password_step, e);
    service_step(s, &password_step, "ok", false, "verified; it is not stored, systemd needs none");
    return STATUS_OK;
}

/* What handing over the endpoint's own files cannot mend: files elsewhere that the settings name.
 */
static enum status check_access(struct change *ch, struct error *e)
{
    struct service *s = ch->s;
    struct config *config = NULL;
    enum status status = config_load(&s->paths, &config, NULL, NULL, e);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        error_remedy(e, "endpointctl config check lists the faults.");
        return failed(ch, &access_step, e);
    }
    status = STATUS_OK;
    const struct setting *set;
    for (size_t i = 0; config && status == STATUS_OK && (set = setting_at(i)) != NULL; i++) {
        const char *file = set->type == SETTING_PATH ? config_text(config, set->path) : "";
        if (!*file || text_equal(set->path, "log.file"))
            continue;
        if (text_starts(file, "/home/") || text_starts(file, "/root/"))
            status =
                error_set(e, STATUS_DENIED, "access",
                          "%s = \"%s\" lies in a home directory, which the service does not see",
                          set->path, file);
        else if (!text_starts(file, s->paths.config_dir) && !s->host.can_read(&ch->to, file))
            status = error_set(e, STATUS_DENIED, "access", "%s cannot read %s = \"%s\"",
                               ch->to.name, set->path, file);
    }
    config_free(config);
    if (status == STATUS_OK && !s->host.can_read(&ch->to, s->paths.erp_dir))
        status = error_set(e, STATUS_DENIED, "access", "%s cannot read the mappings in %s",
                           ch->to.name, s->paths.erp_dir);
    if (status != STATUS_OK) {
        error_remedy(e, "Put the file into %s, or give the user the right to read it.",
                     s->paths.config_dir);
        return failed(ch, &access_step, e);
    }
    service_step(s, &access_step, "ok", false, "%s can read what the settings name", ch->to.name);
    return STATUS_OK;
}

static enum status before(struct change *ch, const char *name, struct error *e)
{
    struct service *s = ch->s;
    enum status status = service_need_rights(s, e);
    if (status != STATUS_OK)
        return status;
    if (!s->state.installed || s->state.mode == SERVICE_APPLICATION) {
        error_set(e, STATUS_NOT_FOUND, "not_installed",
                  s->state.installed ? "Endpoint runs as an application of %s, not as a service"
                                     : "%s is not installed on this machine",
                  s->state.installed ? s->state.user : SERVICE_UNIT);
        error_remedy(e, s->state.installed ? "sudo endpointctl service mode service"
                                           : "Install the package, or run make install.");
        return failed(ch, &unit_step, e);
    }
    service_step(s, &unit_step, "ok", false, "%s is %s, as %s", SERVICE_UNIT, s->state.state,
                 s->state.user);
    status = check_account(ch, name, e);
    if (status == STATUS_OK)
        status = check_password(ch, e);
    if (status == STATUS_OK)
        status = service_need_consent(s, e);
    if (status == STATUS_OK)
        status = check_access(ch, e);
    if (status == STATUS_OK)
        status = service_path(s, ch->path, sizeof ch->path, DROP_IN_DIR DROP_IN_FILE, e);
    return status;
}

/* ---- the change
 * ------------------------------------------------------------------------------------- */

static enum status write_drop_in(struct change *ch, struct error *e)
{
    struct service *s = ch->s;
    char dir[360];
    struct buf text;
    enum status status = file_read(ch->path, &ch->old, NULL, e);
    ch->had_old = status == STATUS_OK;
    if (status != STATUS_OK && status != STATUS_NOT_FOUND)
        return failed(ch, &file_step, e);
    status = STATUS_OK;
    ch->written = true;
    if (ch->own) {
        unlink(ch->path);
        service_step(s, &file_step, "ok", false, "no drop-in: the unit's own user is used");
        return STATUS_OK;
    }
    buf_init(&text, 4096);
    buf_printf(&text,
               "# Written by `endpointctl service user`, which replaces it; other changes go into "
               "another file.\n"
               "[Service]\nUser=%s\nGroup=%s\n",
               ch->to.name, ch->to.group);
    service_path(s, dir, sizeof dir, DROP_IN_DIR, NULL);
    status = dir_ensure(dir, 0755, e);
    if (status == STATUS_OK)
        status = file_replace(ch->path, buf_text(&text), text.length, 0644, NULL, e);
    buf_free(&text);
    if (status != STATUS_OK)
        return failed(ch, &file_step, e);
    service_step(s, &file_step, "ok", false, "%s says User=%s", ch->path, ch->to.name);
    return STATUS_OK;
}

static enum status hand_over(struct change *ch, struct error *e)
{
    struct service *s = ch->s;
    if (stat(s->paths.state_dir, &ch->state_before) != 0)
        memset(&ch->state_before, 0, sizeof ch->state_before);
    if (stat(s->paths.config_dir, &ch->config_before) != 0)
        memset(&ch->config_before, 0, sizeof ch->config_before);
    ch->owned = true;
    enum status status = service_own_state(s->paths.state_dir, ch->to.uid, ch->to.gid, e);
    if (status == STATUS_OK)
        status = service_own_config(s->paths.config_dir, ch->to.gid, e);
    if (status != STATUS_OK)
        return failed(ch, &own_step, e);
    service_step(s, &own_step, "ok", false, "%s belongs to %s; %s may be read by group %s",
                 s->paths.state_dir, ch->to.name, s->paths.config_dir, ch->to.group);
    return STATUS_OK;
}

static enum status act(struct change *ch, const struct step *step, const char *verb,
                       const char *said, struct error *e)
{
    if (service_do(ch->s, SERVICE_SYSTEM, verb, e) != STATUS_OK)
        return failed(ch, step, e);
    service_step(ch->s, step, "ok", false, "%s", said);
    return STATUS_OK;
}

static enum status prove(struct change *ch, struct error *e)
{
    struct service *s = ch->s;
    if (s->state.registered == 0) {
        service_step(s, &start_step, "skipped", false,
                     "the service starts once the endpoint is registered");
        return STATUS_OK;
    }
    ch->started = true;
    enum status status = act(ch, &start_step, "start", "started", e);
    if (status != STATUS_OK)
        return status;
    status = service_healthy(s, SERVICE_SYSTEM, &ch->to, e);
    if (status != STATUS_OK)
        return failed(ch, &health_step, e);
    service_step(s, &health_step, "ok", false, "endpointd %s answers as %s, pid %lld",
                 s->state.version, ch->to.name, (long long)s->state.pid);
    return ch->was_running
               ? STATUS_OK
               : act(ch, &restore_step, "stop", N_("stopped again, as it was before"), e);
}

static enum status make(struct change *ch, bool *changed, struct error *e)
{
    struct service *s = ch->s;
    const char *state = s->state.state;
    ch->was_running = text_equal(state, "running") || text_equal(state, "starting") ||
                      text_equal(state, "restarting");
    *changed = true;
    ch->stopped = true;
    enum status status =
        act(ch, &stop_step, "stop",
            ch->was_running ? N_("stopped; batches finished") : N_("it was not running"), e);
    if (status == STATUS_OK)
        status = hand_over(ch, e);
    if (status == STATUS_OK)
        status = write_drop_in(ch, e);
    if (status == STATUS_OK)
        status = act(ch, &reload_step, "daemon-reload", N_("systemd has read it"), e);
    return status == STATUS_OK ? prove(ch, e) : status;
}

/* ---- the way back
 * ------------------------------------------------------------------------------------ */

/* One thing undone; a failure is shown and what follows is done all the same. */
static bool undone(struct change *ch, const struct step *step, enum status status,
                   const struct error *e, const char *said)
{
    service_step(ch->s, step, status == STATUS_OK ? "ok" : "fail", true, "%s",
                 status == STATUS_OK ? said : e->text);
    return status == STATUS_OK;
}

static bool undo(struct change *ch)
{
    struct service *s = ch->s;
    struct error e = {0};
    bool ok = true;
    if (ch->started)
        ok &= undone(ch, &stop_step, service_do(s, SERVICE_SYSTEM, "stop", &e), &e, N_("stopped"));
    if (ch->written) {
        enum status status = STATUS_OK;
        if (ch->had_old)
            status = file_replace(ch->path, buf_text(&ch->old), ch->old.length, 0644, NULL, &e);
        else
            unlink(ch->path);
        ok &= undone(ch, &file_step, status, &e,
                     ch->had_old ? N_("the drop-in is the old one") : N_("the drop-in is gone"));
        ok &= undone(ch, &reload_step, service_do(s, SERVICE_SYSTEM, "daemon-reload", &e), &e,
                     N_("systemd has read it"));
    }
    if (ch->owned) {
        enum status status = service_own_state(s->paths.state_dir, ch->state_before.st_uid,
                                               ch->state_before.st_gid, &e);
        if (status == STATUS_OK)
            status = service_own_config(s->paths.config_dir, ch->config_before.st_gid, &e);
        ok &= undone(ch, &own_step, status, &e, N_("the files belong to whom they belonged"));
    }
    if (ch->stopped && ch->was_running) {
        enum status status = service_do(s, SERVICE_SYSTEM, "start", &e);
        if (status == STATUS_OK)
            status = service_healthy(s, SERVICE_SYSTEM, NULL, &e);
        ok &= undone(ch, &start_step, status, &e, N_("the service runs as before"));
    }
    return ok;
}

enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e)
{
    struct change ch = {.s = s};
    buf_init(&ch.old, 65536);
    enum status status = before(&ch, name, e);
    if (status == STATUS_OK && !s->c->check) {
        status = make(&ch, changed, e);
        if (status != STATUS_OK)
            *restored = undo(&ch);
    }
    buf_free(&ch.old);
    return status;
}
