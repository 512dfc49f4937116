/* Checks of an account before anything is changed: it exists, whoever asks may use it, and it can
 * use the files that the settings name. */
#include "ctl/service_account.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/settings.h"
#include "ctl/service.h"
#include "ctl/service_paths.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "os/account.h"
#include "os/fd.h"
#include "os/path.h"
#include "base/i18n.h"

static const struct step account_step = {"account", N_("Account")},
                         password_step = {"password", N_("Password")},
                         access_step = {"access", N_("Access")};

enum status service_check_account(struct service_change *ch, const char *name, struct error *e)
{
    struct service *s = ch->s;
    struct account *to = &ch->to.account;
    ch->own = text_equal(name, "own") || text_equal(name, SERVICE_ACCOUNT);
    const char *wanted = ch->own ? SERVICE_ACCOUNT
                         : text_equal(name, "system") || text_equal(name, "SYSTEM") ? "root"
                                                                                    : name;
    if (!s->host.account(wanted, to)) {
        error_set(e, STATUS_NOT_FOUND, "account_unknown", "there is no user \"%s\" on this machine",
                  wanted);
        error_remedy(e, ch->own ? N_("systemd-sysusers creates it from the installed file.")
                                : N_("getent passwd lists those that there are."));
        return service_failed(s, &account_step, e);
    }
    if (to->id == 0)
        service_step(s, &account_step, "warn", false,
                     "root: anything that goes wrong in the endpoint then goes wrong with all "
                     "rights; use it only if nothing else works");
    else
        service_step(s, &account_step, "ok", false, "%s exists", to->name);
    return STATUS_OK;
}

/* Root may run a service as anybody. But a user who came through sudo may be allowed this command
 * only, and must not gain another person's account by it. A password that was typed is always
 * checked, whoever typed it: to answer "done" to a wrong one would be a lie. */
static bool needs_password(const struct service_change *ch, const char **why)
{
    const struct account *to = &ch->to.account;
    const char *asker = getenv("SUDO_UID");
    int64_t uid;
    if (ch->s->c->password_file && !ch->own)
        return true;
    *why = N_("root may choose any user");
    if (!text_to_i64(asker, &uid) || uid == 0)
        return false;
    *why = N_("it is your own account");
    if (uid == to->id)
        return false;
    *why = N_("nobody signs in to this account");
    return !ch->own && to->id != 0 && !text_ends(to->shell, "/nologin") &&
           !text_ends(to->shell, "/false");
}

static enum status verify(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    char password[512];
    enum status status = ctl_read_secret(s->c->password_file, N_("Password of the account"),
                                         password, sizeof password, e);
    if (status == STATUS_OK)
        status = s->host.password(ch->to.account.name, password, e);
    mem_wipe(password, sizeof password);
    if (status != STATUS_OK)
        return service_failed(s, &password_step, e);
    service_step(s, &password_step, "ok", false, "verified; it is not stored, systemd needs none");
    return STATUS_OK;
}

enum status service_check_password(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    const char *why = "";
    if (!needs_password(ch, &why)) {
        service_step(s, &password_step, "skipped", false, "not needed: %-s", why);
        return STATUS_OK;
    }
    if (s->c->password_file || (!s->c->check && fd_is_terminal(FD_INPUT)))
        return verify(ch, e);
    error_set(
        e, STATUS_DENIED, "password_needed",
        "%s is another person's account: its password is needed. It is verified and not stored",
        ch->to.account.name);
    error_remedy(e, "Give it with --password-file FILE (-: standard input), or at the prompt.");
    return service_failed(s, &password_step, e);
}

/* ---- files that the settings name
 * ---------------------------------------------------------------------- */

/* A user other than root and the account who could replace the program; "": nobody. Links are
 * followed first: the file that will really run is the one that counts. */
static void who_could_change(const struct account *a, const char *path, char who[64])
{
    char *real = file_real_path(path);
    who[0] = '\0';
    for (char *slash = real; real && !*who; *slash = '\0') {
        struct file_look l;
        if (!file_look(*real ? real : "/", &l))
            break;
        bool sticky = l.kind == FILE_DIRECTORY && l.mode & FILE_OWNERS_REMOVE;
        if (l.user != 0 && l.user != a->id)
            text_format(who, 64, "user %ld", (long)l.user);
        else if (l.mode & FILE_ALL_WRITE && !sticky)
            text_copy(who, 64, "everybody");
        else if (l.mode & FILE_GROUP_WRITES && l.group != 0 && l.group != a->group_id && !sticky)
            text_format(who, 64, "group %ld", (long)l.group);
        slash = strrchr(real, '/');
        if (!slash || !*real)
            break;
    }
    free(real);
}

static enum status check_file(const struct service_change *ch, const struct setting *set,
                              const char *file, struct error *e)
{
    const struct account *to = &ch->to.account;
    enum path_use use = path_use_of(set->path);
    char who[64] = "";
    struct error why = {0};
    if (ch->to.mode == SERVICE_SYSTEM && service_paths_hidden(ch->s, file))
        return error_set(
            e, STATUS_DENIED, "access",
            "%s = \"%s\" is where the service cannot see it: homes are hidden from it, and it "
            "has its own /tmp",
            set->path, file);
    if (!ch->s->host.can(to, use, file, &why))
        return error_set(e, STATUS_DENIED, "access", "%s cannot use %s = \"%s\": %-s", to->name,
                         set->path, file, error_said(&why));
    if (use == PATH_RUN && ch->to.mode == SERVICE_SYSTEM)
        who_could_change(to, file, who);
    if (*who)
        return error_set(e, STATUS_DENIED, "access",
                         "%s = \"%s\" can be changed by %s, who would get the rights of %s",
                         set->path, file, who, to->name);
    return STATUS_OK;
}

/* A file in the configuration directory moves along, or is given to the account. But a program that
 * belongs to an ordinary user never becomes the service's. systemd gives the service its log
 * directory at the start. */
static bool goes_along(const struct service_change *ch, const struct setting *set, const char *file)
{
    if (ch->to.mode == SERVICE_SYSTEM && text_equal(set->path, "log.file") &&
        path_below(file, "/var/log/endpoint"))
        return true;
    return path_below(file, ch->from.paths.config_dir) &&
           !(path_use_of(set->path) == PATH_RUN && ch->from.mode == SERVICE_APPLICATION &&
             ch->to.mode == SERVICE_SYSTEM);
}

static enum status check_files(const struct service_change *ch, const struct config *config,
                               struct error *e)
{
    const struct setting *set;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && (set = setting_at(i)) != NULL; i++) {
        const char *file = set->type == SETTING_PATH ? config_text(config, set->path) : "";
        if (*file && !goes_along(ch, set, file))
            status = check_file(ch, set, file, e);
    }
    if (status == STATUS_OK &&
        !ch->s->host.can(&ch->to.account, PATH_ENTER, ch->from.paths.erp_dir, NULL))
        status = error_set(e, STATUS_DENIED, "access", "%s cannot read the mappings in %s",
                           ch->to.account.name, ch->from.paths.erp_dir);
    return status;
}

/* An application cannot read a key that systemd passes to the service alone. */
static enum status check_key(const struct service_change *ch, struct error *e)
{
    const char *dir = ch->from.paths.state_dir;
    if (ch->to.mode == SERVICE_SYSTEM || !service_has(dir, "secrets.json") ||
        service_has(dir, "secrets.key"))
        return STATUS_OK;
    error_set(
        e, STATUS_DENIED, "access",
        "the key of the sealed secrets is among systemd's credentials, which only the service "
        "is given");
    error_remedy(e,
                 "Put it beside the secrets: sudo install -m 600 /etc/credstore/endpoint-key "
                 "%s/secrets.key",
                 dir);
    return STATUS_DENIED;
}

enum status service_check_access(struct service_change *ch, struct error *e)
{
    struct service *s = ch->s;
    struct config *config = NULL;
    enum status status = config_load(&ch->from.paths, &config, NULL, NULL, e);
    if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
        error_remedy(e, "endpointctl config check lists the faults.");
        return service_failed(s, &access_step, e);
    }
    status = config ? check_files(ch, config, e) : STATUS_OK;
    config_free(config);
    if (status != STATUS_OK)
        error_remedy(e, "Put the file into %s, or give the user the right to use it.",
                     ch->from.paths.config_dir);
    else
        status = check_key(ch, e);
    if (status != STATUS_OK)
        return service_failed(s, &access_step, e);
    service_step(s, &access_step, "ok", false, "%s can use the paths in the settings",
                 ch->to.account.name);
    return STATUS_OK;
}
