#include "ctl/service_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/path_check.h"
#include "config/settings.h"
#include "ctl/service.h"
#include "ctl/service_open.h"
#include "ctl/service_state.h"
#include "ctl/service_steps.h"
#include "ctl/talk.h"
#include "os/account.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/owner.h"
#include "os/path.h"

#define DROP_IN_FILE "/60-paths.conf"
#define MODE_MADE    0770 /* others read it by their group, or as the administrator allows */

/* Who will use the paths, and how to ask them. */
struct asked {
    struct service *s; /* NULL: no system service works with this configuration */
    bool running;      /* it runs, so it is asked itself */
    const char *user;
};

/* ---- whose view ------------------------------------------------------------------------------------ */

static struct service *open_for(struct ctl *c)
{
    struct service *s = mem_alloc(sizeof *s);
    struct error e = {0};
    if (service_open(s, c, &e) != STATUS_OK ||
        !text_equal(c->paths.config_file, s->paths.config_file)) {
        free(s);
        return NULL;
    }
    service_read_state(s, false);
    if (s->state.installed && s->state.mode != SERVICE_APPLICATION)
        return s;
    free(s);
    return NULL;
}

static json_t *ask_daemon(const struct ctl *c, const struct config_change *changes, size_t count)
{
    json_t *paths = json_object();
    for (size_t i = 0; i < count; i++)
        json_set_text(paths, changes[i].path, changes[i].value);
    json_t *answer = talk_ask(c, json_pack("{s:s,s:o}", "do", "paths", "paths", paths), NULL);
    if (json_flag(answer, "ok", false))
        return answer;
    json_decref(answer);
    return NULL;
}

static const json_t *row_of(const json_t *answer, const char *setting)
{
    size_t i;
    const json_t *row;
    json_array_foreach (json_object_get(answer, "paths"), i, row)
        if (text_equal(json_text(row, "setting", ""), setting))
            return row;
    return NULL;
}

static void take_row(struct path_answer *a, const json_t *row)
{
    const json_t *error = json_object_get(row, "error");
    a->ok = json_flag(row, "ok", false);
    if (a->ok)
        return;
    json_to_error(error, &a->why);
    a->why.status = STATUS_DENIED;
    if (!a->why.code[0])
        text_copy(a->why.code, sizeof a->why.code, "path_io");
}

bool service_paths_hidden(const struct service *s, const char *path)
{
    static const char *const dirs[] = {"/home", "/root", "/run/user", "/tmp", "/var/tmp"};
    size_t count = *s->host.root ? 3 : COUNT_OF(dirs); /* a test's system is itself in /tmp */
    for (size_t i = 0; i < count; i++)
        if (path_below(path, dirs[i]))
            return true;
    return false;
}

/* Explain the error better: a path that root can see may be hidden from the service. */
static void explain(const struct asked *k, struct path_answer *a)
{
    enum path_use use = path_use_of(a->setting);
    struct file_look l;
    if (k->s && service_paths_hidden(k->s, a->path)) {
        error_set(&a->why, STATUS_DENIED, "path_hidden",
                  "%s is where the service cannot see it: homes are hidden from it, and it has its "
                  "own /tmp",
                  a->path);
        error_remedy(&a->why, "Choose a place elsewhere, below /srv for instance.");
        return;
    }
    a->can_make = use == PATH_MAKE_IN && text_equal(a->why.code, "path_missing") &&
                  !file_look(a->path, &l) && a->path[0] == '/';
    if (!text_equal(a->why.code, "path_denied") || !*k->user)
        return;
    error_prefix(&a->why, k->s ? N_("the service runs as %s") : N_("endpointd runs as %s"),
                 k->user);
    error_remedy(&a->why,
                 "Give the right: sudo setfacl -m u:%s:%s %s; and that to enter (x) on the "
                 "directories above it.",
                 k->user,
                 use == PATH_MAKE_IN  ? "rwx"
                 : use == PATH_RUN    ? "rx"
                 : use == PATH_APPEND ? "rw"
                                      : "r",
                 a->path);
}

static void ask_one(const struct asked *k, const json_t *told, struct path_answer *a)
{
    struct account account;
    enum path_use use = path_use_of(a->setting);
    const json_t *row = row_of(told, a->setting);
    if (row)
        take_row(a, row);
    else if (k->s && k->s->host.account(k->user, &account))
        a->ok =
            k->s->host.can(&account, use, a->path, &a->why) && !service_paths_hidden(k->s, a->path);
    else
        a->ok = path_check(use, a->path, &a->why) == STATUS_OK;
    if (a->ok)
        return;
    /* Rights are checked before the read-only mount, so if only the mount refuses, the drop-in is
     * enough. */
    a->opens = k->s && text_equal(a->why.code, "path_read_only") &&
               !service_paths_hidden(k->s, a->path) && (use == PATH_MAKE_IN || use == PATH_APPEND);
    if (!a->opens)
        explain(k, a);
}

size_t service_paths_ask(struct ctl *c, const struct config_change *changes, size_t count,
                         struct path_answer answers[PATHS_ASKED])
{
    struct config_change paths[PATHS_ASKED];
    size_t used = 0;
    for (size_t i = 0; i < count && used < PATHS_ASKED; i++) {
        const struct setting *s = setting_find(changes[i].path);
        if (s && s->type == SETTING_PATH && changes[i].value && *changes[i].value)
            paths[used++] = changes[i];
    }
    if (!used)
        return 0;
    struct asked k = {.s = open_for(c), .user = ""};
    json_t *told = !k.s || k.s->state.answers ? ask_daemon(c, paths, used) : NULL;
    if (told)
        k.user = json_text(told, "user", "");
    else if (k.s)
        k.user = k.s->state.unit_user;
    for (size_t i = 0; i < used; i++) {
        answers[i] = (struct path_answer){.setting = setting_find(paths[i].path)->path};
        text_copy(answers[i].path, sizeof answers[i].path, paths[i].value);
        ask_one(&k, told, &answers[i]);
    }
    json_decref(told);
    free(k.s);
    return used;
}

/* ---- making and opening ---------------------------------------------------------------------------- */

/* Use its descriptor: whoever may write in the parent directory could replace it by a link at any
 * moment. */
static bool give(const char *path, const struct account *a)
{
    return owner_give_dir(path, a->id, a->group_id, MODE_MADE);
}

enum status service_paths_make(struct ctl *c, const char *path, struct error *e)
{
    struct service *s = open_for(c);
    struct account a;
    bool given = s && account_is_root() && s->host.account(s->state.unit_user, &a);
    char parent[512];
    text_copy(parent, sizeof parent, path);
    char *slash = strrchr(parent, '/');
    enum status status = STATUS_OK;
    if (slash && slash != parent) {
        *slash = '\0';
        status = dir_ensure(parent, 0755, e);
    }
    if (status == STATUS_OK)
        status = dir_ensure(path, MODE_MADE, e);
    if (status == STATUS_OK && given && !give(path, &a))
        status = error_set(e, STATUS_IO, "path_make", "%s cannot be given to %s", path, a.name);
    free(s);
    return status;
}

/* A path in systemd's syntax: quoted, special characters doubled. "-": a missing path does not
 * prevent the start. */
static void add_path(struct buf *b, const char *path)
{
    buf_add_text(b, "ReadWritePaths=\"-");
    for (const char *p = path; *p; p++) {
        if (*p == '%')
            buf_add_byte(b, '%');
        if (*p == '"' || *p == '\\')
            buf_add_byte(b, '\\');
        buf_add_byte(b, *p);
    }
    buf_add_text(b, "\"\n");
}

static void add_setting(const struct service *s, struct buf *b, const struct setting *set,
                        const char *path)
{
    char dir[512];
    enum path_use use = path_use_of(set->path);
    text_copy(dir, sizeof dir, path);
    char *slash = use == PATH_APPEND ? strrchr(dir, '/') : NULL;
    if (slash)
        *(slash == dir ? slash + 1 : slash) = '\0';
    if ((use != PATH_MAKE_IN && use != PATH_APPEND) || dir[0] != '/' || !dir[1] ||
        path_below(dir, "/var/lib/endpoint") || path_below(dir, "/var/log/endpoint") ||
        service_paths_hidden(s, dir))
        return;
    add_path(b, dir);
}

enum status service_paths_write(struct service *s, const struct config *config, bool *changed,
                                struct error *e)
{
    char dir[360], path[400];
    struct buf text, old;
    const struct setting *set;
    *changed = false;
    buf_init(&text, 16384);
    buf_init(&old, 16384);
    for (size_t i = 0; (set = setting_at(i)) != NULL; i++)
        if (set->type == SETTING_PATH)
            add_setting(s, &text, set, config_text(config, set->path));
    bool none = text.length == 0;
    char *lines = buf_take(&text);
    buf_init(&text, 16384);
    buf_printf(
        &text,
        "# Written by endpointctl from the settings, which replaces it: directories that the "
        "service writes to.\n[Service]\n%s",
        lines ? lines : "");
    free(lines);
    enum status status = service_path(s, dir, sizeof dir, SERVICE_DROP_IN_DIR, e);
    if (status == STATUS_OK)
        status = service_path(s, path, sizeof path, SERVICE_DROP_IN_DIR DROP_IN_FILE, e);
    bool had = status == STATUS_OK && file_read(path, &old, NULL, NULL) == STATUS_OK;
    if (status == STATUS_OK && none && had) {
        *changed = file_remove(path);
    } else if (status == STATUS_OK && !none &&
               (!had || !text_equal(buf_text(&old), buf_text(&text)))) {
        *changed = true;
        status = dir_ensure(dir, 0755, e);
        if (status == STATUS_OK)
            status = file_replace(path, buf_text(&text), text.length, 0644, NULL, e);
    }
    buf_free(&text);
    buf_free(&old);
    return status;
}

static enum status restart(struct service *s, bool *restarted, struct error *e)
{
    enum status status = service_do(s, SERVICE_SYSTEM, "daemon-reload", e);
    bool runs = text_equal(s->state.state, "running") || text_equal(s->state.state, "starting");
    if (status != STATUS_OK || !runs)
        return status;
    if (s->state.cuts_session && !s->c->yes) {
        error_set(e, STATUS_BUSY, "would_cut_session",
                  "this session itself runs inside %s and would end with it", SERVICE_UNIT);
        return STATUS_BUSY;
    }
    *restarted = true;
    status = service_do(s, SERVICE_SYSTEM, "restart", e);
    return status == STATUS_OK ? service_healthy(s, SERVICE_SYSTEM, NULL, e) : status;
}

enum status service_paths_open(struct ctl *c, bool *restarted, struct error *e)
{
    struct service *s = open_for(c);
    struct config *config = NULL;
    bool changed = false, begun = false;
    enum status status = STATUS_OK;
    if (s && s->state.systemd && s->host.uid == 0) {
        config_load_anyway(&c->paths, &config, NULL, NULL, NULL);
        if (config)
            status = service_paths_write(s, config, &changed, e);
        if (status == STATUS_OK && changed)
            status = restart(s, &begun, e);
        config_free(config);
    }
    if (restarted)
        *restarted = begun;
    free(s);
    return status;
}

/* ---- `test` and `service paths` -------------------------------------------------------------------- */

size_t service_paths_all(const struct config *config, const char *prefixes,
                         struct config_change list[PATHS_ASKED])
{
    const struct setting *set;
    size_t count = 0;
    for (size_t i = 0; count < PATHS_ASKED && (set = setting_at(i)) != NULL; i++) {
        char group[32];
        const char *value = set->type == SETTING_PATH ? config_text(config, set->path) : "";
        text_format(group, sizeof group, "%.*s", (int)strcspn(set->path, "."), set->path);
        if (!*value || (prefixes && !strstr(prefixes, group)))
            continue;
        list[count++] = (struct config_change){set->path, value};
    }
    return count;
}

bool service_paths_check(struct ctl *c, const struct config *config, const char *prefixes,
                         struct check *check)
{
    struct config_change list[PATHS_ASKED];
    struct path_answer answers[PATHS_ASKED];
    size_t count = service_paths_all(config, prefixes, list);
    struct service *s = count ? open_for(c) : NULL;
    *check = (struct check){.code = "service.paths", .title = N_("Service: files and directories")};
    if (!s)
        return false;
    free(s);
    count = service_paths_ask(c, list, count, answers);
    for (size_t i = 0; i < count; i++) {
        if (answers[i].ok)
            continue;
        if (answers[i].opens) {
            error_set(&answers[i].why, STATUS_DENIED, "path_read_only",
                      "the service may not write to %s: it is not among its directories",
                      answers[i].path);
            error_remedy(&answers[i].why,
                         "sudo endpointctl service paths lets it (and starts it again).");
        }
        error_prefix(&answers[i].why, "%s", answers[i].setting);
        check->result = check_failed(check, &answers[i].why);
        return true;
    }
    check->result = check_answer(check, CHECK_OK,
                                 N_("the service can use the paths in the "
                                    "settings"));
    return true;
}

static json_t *answers_to_json(const struct path_answer *answers, size_t count)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct path_answer *a = &answers[i];
        json_t *row = json_pack("{s:s,s:s,s:b,s:b,s:b}", "setting", a->setting, "path", a->path,
                                "ok", a->ok, "opens", a->opens, "can_make", a->can_make);
        if (!a->ok)
            json_object_set_new(row, "error", json_from_error(&a->why));
        json_array_append_new(rows, row);
    }
    return rows;
}

static void print_answer(const struct path_answer *a)
{
    ctl_sign(a->ok ? CHECK_OK : a->opens ? CHECK_WARN : CHECK_FAIL);
    printf("%s = \"%s\"\n", a->setting, ctl_shown(CTL_TEXT, a->path));
    if (!a->ok)
        printf("       %s\n", ctl_shown(CTL_TEXT, a->why.text));
    if (!a->ok && *a->why.remedy && !a->opens)
        printf("       > %s\n", ctl_shown(CTL_TEXT, a->why.remedy));
}

/* SETTING=PATH words replace saved values; the words are cut at their "=". */
static size_t take_words(struct ctl *c, struct config_change list[PATHS_ASKED])
{
    size_t count = 0;
    for (int i = 1; i < c->argc && count < PATHS_ASKED; i++) {
        char *equals = strchr(c->argv[i], '=');
        if (!equals)
            continue;
        *equals = '\0';
        list[count++] = (struct config_change){c->argv[i], equals + 1};
    }
    return count;
}

int service_paths_command(struct ctl *c)
{
    struct config *config = NULL;
    struct config_change list[PATHS_ASKED];
    struct path_answer answers[PATHS_ASKED];
    struct error e = {0};
    bool good = true, restarted = false;
    config_load_anyway(&c->paths, &config, NULL, NULL, NULL);
    size_t count = c->argc > 1 ? take_words(c, list)
                   : config    ? service_paths_all(config, NULL, list)
                               : 0;
    count = service_paths_ask(c, list, count, answers);
    for (size_t i = 0; c->create && i < count && e.status == STATUS_OK; i++)
        if (answers[i].can_make)
            service_paths_make(c, answers[i].path, &e);
    if (e.status == STATUS_OK && !c->check && service_paths_open(c, &restarted, &e) == STATUS_OK)
        count = service_paths_ask(c, list, count, answers);
    for (size_t i = 0; i < count; i++) {
        good &= answers[i].ok || (c->check && answers[i].opens);
        if (!c->json)
            print_answer(&answers[i]);
    }
    json_t *rows = answers_to_json(answers, count);
    config_free(config);
    if (e.status != STATUS_OK) {
        json_decref(rows);
        return ctl_failed(c, &e);
    }
    if (c->json)
        ctl_print_json(
            json_pack("{s:b,s:o,s:b}", "ok", good, "paths", rows, "restarted", restarted));
    else
        json_decref(rows);
    if (restarted && !c->json)
        puts(_("The service was restarted, so that it sees them."));
    return good ? EXIT_GOOD : EXIT_RED;
}
