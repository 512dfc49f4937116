/* As a service of the machine, or as an application of one user: the same endpoint, moved with its
 * files. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"

static const struct step unit_step = {"unit", N_("Unit")},
                         account_step = {"account", N_("Account")},
                         stop_step = {"stop", N_("Stop")}, move_step = {"move", N_("Files")},
                         disable_step = {"disable", N_("Old start")},
                         enable_step = {"enable", N_("New start")},
                         start_step = {"start", N_("Start")},
                         health_step = {"health", N_("Health")};

struct move {
    struct service *s;
    enum service_mode from, to;
    struct paths here, there;
    uid_t uid; /* whom the files belong to there */
    gid_t gid;
    bool was_running, was_enabled, stopped, copied_state, copied_config, disabled, enabled, started;
};

static enum status failed(struct move *m, const struct step *step, const struct error *e)
{
    service_step(m->s, step, "fail", false, "%s", e->text);
    return e->status;
}

static bool exists(const char *dir, const char *name)
{
    char path[700];
    return text_format(path, sizeof path, "%s/%s", dir, name) && access(path, F_OK) == 0;
}

static enum status run(struct move *m, const char *const argv[], const char *what, struct error *e)
{
    struct buf out;
    enum status status = STATUS_OK;
    buf_init(&out, 65536);
    if (m->s->host.run(argv, &out) != 0)
        status = error_set(e, STATUS_IO, "move", "%s: %s", what,
                           *buf_text(&out) ? buf_text(&out) : "it failed");
    buf_free(&out);
    return status;
}

/* What root writes into a user's home could be led elsewhere by a link there: so root makes a copy
 * that belongs to the user, and the user's own rights put it in place. */
static enum status copy_as_user(struct move *m, const char *source, const char *to, struct error *e)
{
    const char *name = m->s->self.name;
    char stage[] = "/run/endpoint-move-XXXXXX", from[64], inside[64];
    if (!mkdtemp(stage))
        return error_set(e, STATUS_IO, "move", "no directory can be made in /run");
    text_format(inside, sizeof inside, "%s/files", stage);
    text_format(from, sizeof from, "%s/.", inside);
    const char *copy[] = {"cp", "-a", "--", source, inside, NULL};
    const char *make[] = {"runuser", "-u", name, "--", "mkdir", "-p", "-m", "700", to, NULL};
    const char *put[] = {"runuser", "-u", name, "--", "cp", "-a", "--", from, to, NULL};
    enum status status = mkdir(inside, 0700) == 0
                             ? run(m, copy, source, e)
                             : error_set(e, STATUS_IO, "move", "%s cannot be made", inside);
    if (status == STATUS_OK)
        status = service_own_state(inside, m->uid, m->gid, e);
    if (status == STATUS_OK && chmod(stage, 0711) != 0)
        status = error_set(e, STATUS_IO, "move", "%s cannot be opened for %s", stage, name);
    if (status == STATUS_OK)
        status = run(m, make, to, e);
    if (status == STATUS_OK)
        status = run(m, put, to, e);
    dir_remove(stage, NULL);
    return status;
}

/* Copy a directory's content with its times, for the owner that it shall have there. */
static enum status copy_tree(struct move *m, const char *from, const char *to, struct error *e)
{
    char source[600];
    const char *argv[] = {"cp", "-a", "--", source, to, NULL};
    text_format(source, sizeof source, "%s/.", from);
    if (m->to == SERVICE_APPLICATION && geteuid() == 0 && m->uid != 0)
        return copy_as_user(m, source, to, e);
    enum status status = dir_ensure(to, 0700, e);
    return status == STATUS_OK ? run(m, argv, to, e) : status;
}

static enum status move_files(struct move *m, struct error *e)
{
    struct service *s = m->s;
    if (!exists(m->here.state_dir, "identity.json") &&
        !exists(m->here.config_dir, "endpoint.conf")) {
        service_step(s, &move_step, "skipped", false, "there is nothing in %s to take along",
                     m->here.state_dir);
        return STATUS_OK;
    }
    if (exists(m->here.state_dir, "identity.json") && exists(m->there.state_dir, "identity.json")) {
        error_set(e, STATUS_EXISTS, "two_identities", "both %s and %s hold a registered endpoint",
                  m->here.state_dir, m->there.state_dir);
        error_remedy(e, "Move the one that is not to be used away, then repeat the command.");
        return failed(m, &move_step, e);
    }
    enum status status = STATUS_OK;
    if (exists(m->here.state_dir, "identity.json")) {
        m->copied_state = true;
        status = copy_tree(m, m->here.state_dir, m->there.state_dir, e);
    }
    if (status == STATUS_OK && exists(m->here.config_dir, "endpoint.conf") &&
        !exists(m->there.config_dir, "endpoint.conf")) {
        m->copied_config = true;
        status = copy_tree(m, m->here.config_dir, m->there.config_dir, e);
    }
    if (status == STATUS_OK && m->to == SERVICE_SYSTEM)
        status = service_own_state(m->there.state_dir, m->uid, m->gid, e);
    if (status == STATUS_OK && m->to == SERVICE_SYSTEM)
        status = service_own_config(m->there.config_dir, m->gid, e);
    if (status != STATUS_OK)
        return failed(m, &move_step, e);
    service_step(s, &move_step, "ok", false, "copied to %s and %s", m->there.state_dir,
                 m->there.config_dir);
    return STATUS_OK;
}

/* The place that is not used any more keeps no second identity. */
static void clean(const char *directory, bool all)
{
    DIR *dir = directory ? opendir(directory) : NULL;
    struct dirent *entry;
    char path[900];
    while (dir && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name;
        if (text_equal(name, ".") || text_equal(name, "..") ||
            (!all && !text_equal(name, "endpoint.conf") && !text_equal(name, "erp")))
            continue;
        if (text_format(path, sizeof path, "%s/%s", directory, name) && unlink(path) != 0)
            dir_remove(path, NULL);
    }
    if (dir)
        closedir(dir);
}

static enum status user_manager(struct move *m, struct error *e)
{
    struct service *s = m->s;
    char unit[64];
    if (s->host.uid != 0)
        return STATUS_OK;
    text_format(unit, sizeof unit, "user@%ld.service", (long)s->self.uid);
    const char *argv[] = {"systemctl", "--no-ask-password", "--no-pager", "start", unit, NULL};
    if (s->host.run(argv, NULL) != 0)
        return error_set(e, STATUS_REFUSED, "user_manager", "%s cannot be started", unit);
    return STATUS_OK;
}

static enum status before(struct move *m, struct error *e)
{
    struct service *s = m->s;
    bool involves_system = m->to == SERVICE_SYSTEM || s->state.mode == SERVICE_SYSTEM;
    enum status status = involves_system ? service_need_rights(s, e) : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (!s->have_self || (s->self.uid == 0 && m->to == SERVICE_APPLICATION)) {
        error_set(e, STATUS_INVALID, "account_which",
                  "an application belongs to a user: say whose it is");
        error_remedy(e, "Add --for USER.");
        return failed(m, &account_step, e);
    }
    service_step(s, &account_step, "ok", false, "application of %s", s->self.name);
    status = service_need_consent(s, e);
    if (status == STATUS_OK && m->to == SERVICE_APPLICATION)
        status = user_manager(m, e);
    return status;
}

static enum status act(struct move *m, const struct step *step, enum service_mode mode,
                       const char *verb, const char *said, struct error *e)
{
    if (service_do(m->s, mode, verb, e) != STATUS_OK)
        return failed(m, step, e);
    service_step(m->s, step, "ok", false, "%s", said);
    return STATUS_OK;
}

static enum status prove(struct move *m, struct error *e)
{
    struct service *s = m->s;
    if (!exists(m->there.state_dir, "identity.json")) {
        service_step(s, &start_step, "skipped", false, "it starts once the endpoint is registered");
        return STATUS_OK;
    }
    m->started = true;
    enum status status = act(m, &start_step, m->to, "start", "started", e);
    if (status == STATUS_OK && (status = service_healthy(s, m->to, NULL, e)) != STATUS_OK)
        return failed(m, &health_step, e);
    if (status == STATUS_OK)
        service_step(s, &health_step, "ok", false, "endpointd %s answers, pid %lld",
                     s->state.version, (long long)s->state.pid);
    return status;
}

static enum status make(struct move *m, bool *changed, struct error *e)
{
    enum status status = STATUS_OK;
    *changed = true;
    if (m->from != SERVICE_NONE) {
        m->stopped = true;
        status = act(m, &stop_step, m->from, "stop", N_("stopped"), e);
    }
    if (status == STATUS_OK)
        status = move_files(m, e);
    if (status == STATUS_OK && m->was_enabled) {
        m->disabled = true;
        status =
            act(m, &disable_step, m->from, "disable", N_("does not start by itself any more"), e);
    }
    if (status == STATUS_OK) {
        m->enabled = true;
        status =
            act(m, &enable_step, m->to, "enable",
                m->to == SERVICE_SYSTEM ? N_("starts with the system")
                : m->s->state.linger
                    ? N_("starts with the system (lingering is on)")
                    : "starts when its user signs in and ends when they sign out (lingering is "
                      "off; endpointctl service autostart boot)",
                e);
    }
    return status == STATUS_OK ? prove(m, e) : status;
}

static bool undone(struct move *m, const struct step *step, enum service_mode mode,
                   const char *verb, const char *said)
{
    struct error e = {0};
    enum status status = service_do(m->s, mode, verb, &e);
    service_step(m->s, step, status == STATUS_OK ? "ok" : "fail", true, "%s",
                 status == STATUS_OK ? said : e.text);
    return status == STATUS_OK;
}

static bool undo(struct move *m)
{
    bool ok = true;
    if (m->started)
        ok &= undone(m, &stop_step, m->to, "stop", N_("stopped"));
    if (m->enabled)
        ok &= undone(m, &enable_step, m->to, "disable", N_("not enabled"));
    clean(m->copied_state ? m->there.state_dir : NULL, true);
    clean(m->copied_config ? m->there.config_dir : NULL, false);
    if (m->copied_state || m->copied_config)
        service_step(m->s, &move_step, "ok", true, "the copies are removed");
    if (m->disabled)
        ok &= undone(m, &disable_step, m->from, "enable", N_("enabled as before"));
    if (m->stopped && m->was_running)
        ok &= undone(m, &start_step, m->from, "start", N_("runs as before"));
    return ok;
}

enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e)
{
    struct move m = {.s = s, .to = to, .from = s->state.mode, .was_enabled = s->state.enabled};
    struct paths users;
    struct service_account own = {0};
    m.was_running = text_equal(s->state.state, "running") ||
                    text_equal(s->state.state, "starting") ||
                    text_equal(s->state.state, "restarting");
    if (m.from == to) {
        service_step(s, &unit_step, "ok", false, "it is so already");
        return STATUS_OK;
    }
    enum status status = before(&m, e);
    if (status != STATUS_OK || s->c->check)
        return status;
    service_user_paths(&s->self, &users);
    m.here = to == SERVICE_APPLICATION ? s->paths : users;
    m.there = to == SERVICE_APPLICATION ? users : s->paths;
    m.uid = s->self.uid;
    m.gid = s->self.gid;
    if (to == SERVICE_SYSTEM) {
        const char *user = *s->state.user && s->state.mode != SERVICE_APPLICATION ? s->state.user
                                                                                  : SERVICE_ACCOUNT;
        if (!s->host.account(user, &own))
            return failed(
                &m, &account_step,
                (error_set(e, STATUS_NOT_FOUND, "account_unknown", "there is no user \"%s\"", user),
                 e));
        m.uid = own.uid;
        m.gid = own.gid;
    }
    status = make(&m, changed, e);
    if (status != STATUS_OK)
        *restored = undo(&m);
    if (status == STATUS_OK) {
        clean(m.copied_state ? m.here.state_dir : NULL, true);
        clean(m.copied_config ? m.here.config_dir : NULL, false);
    }
    return status;
}
