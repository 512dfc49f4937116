/* What runs endpointd now, according to systemd and the control socket. */
#include "ctl/service_state.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/service.h"
#include "ctl/service_paths.h"
#include "ctl/talk.h"
#include "link/identity.h"
#include "link/link.h"
#include "os/account.h"
#include "os/clock.h"
#include "os/file.h"

#define OUTPUT_MAX (1 << 20)
#define WORDS_MAX  12

enum status service_path(const struct service *s, char *target, size_t size, const char *path,
                         struct error *e)
{
    if (!text_format(target, size, "%s%s", s->host.root, path))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
    return STATUS_OK;
}

int service_systemctl(struct service *s, enum service_mode manager, struct buf *out,
                      const char *const words[])
{
    const char *argv[WORDS_MAX + 6] = {"systemctl", "--no-ask-password", "--no-pager"};
    char machine[80];
    size_t n = 3, i = 0;
    if (manager == SERVICE_APPLICATION) {
        argv[n++] = "--user";
        if (s->host.uid == 0 && s->have_self && s->self.id != 0) {
            text_format(machine, sizeof machine, "--machine=%s@", s->self.name);
            argv[n++] = machine;
        }
    }
    while (words[i] && i < WORDS_MAX)
        argv[n++] = words[i++];
    argv[n] = NULL;
    return s->host.run(argv, out);
}

void service_property(const char *output, const char *name, char *target, size_t size)
{
    size_t length = strlen(name);
    target[0] = '\0';
    for (const char *line = output; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) != 0 || line[length] != '=')
            continue;
        const char *value = line + length + 1;
        size_t end = strcspn(value, "\n");
        if (end >= size)
            end = size - 1;
        memcpy(target, value, end);
        target[end] = '\0';
        return;
    }
}

int64_t service_span_ms(const char *text)
{
    static const struct {
        const char *unit;
        int64_t ms;
    } units[] = {{"ms", 1}, {"min", 60000}, {"s", 1000}, {"h", 3600000}, {"d", 86400000}};
    int64_t total = 0;
    while (*text) {
        char *end;
        long n = strtol(text, &end, 10);
        size_t i = 0;
        if (end == text || n < 0 || n > 1000000)
            return 0; /* "infinity", "[not set]" */
        while (i < COUNT_OF(units) && !text_starts(end, units[i].unit))
            i++;
        if (i == COUNT_OF(units))
            return 0;
        total += n * units[i].ms;
        text = end + strlen(units[i].unit);
        while (*text == ' ')
            text++;
    }
    return total;
}

static int64_t number(const char *output, const char *name)
{
    char text[32];
    int64_t value;
    service_property(output, name, text, sizeof text);
    return text_to_i64(text, &value) ? value : 0;
}

void service_user_paths(const struct service *s, const struct account *a, struct paths *p)
{
    memset(p, 0, sizeof *p);
    text_format(p->config_dir, sizeof p->config_dir, "%s/.config/endpoint", a->home);
    text_format(p->config_file, sizeof p->config_file, "%s/.config/endpoint/endpoint.conf",
                a->home);
    text_format(p->state_dir, sizeof p->state_dir, "%s/.local/state/endpoint", a->home);
    text_format(p->runtime_dir, sizeof p->runtime_dir, "/run/user/%ld/endpoint", (long)a->id);
    text_format(p->control_socket, sizeof p->control_socket, "%s/control.sock", p->runtime_dir);
    text_copy(p->erp_dir, sizeof p->erp_dir, s->paths.erp_dir);
}

const struct paths *service_paths_of(struct service *s, enum service_mode mode, struct paths *room)
{
    if (mode != SERVICE_APPLICATION || !s->have_self)
        return &s->paths;
    service_user_paths(s, &s->self, room);
    return room;
}

bool service_has(const char *dir, const char *name)
{
    char path[700];
    return text_format(path, sizeof path, "%s/%s", dir, name) && file_exists(path);
}

/* Neither enabled nor running: the mode follows the files; an identity counts more than a
 * configuration. */
static enum service_mode mode_by_files(struct service *s)
{
    struct paths users;
    service_user_paths(s, &s->self, &users);
    bool user = s->have_self && s->self.id != 0;
    if (service_has(s->paths.state_dir, "identity.json"))
        return SERVICE_SYSTEM;
    if (user && service_has(users.state_dir, "identity.json"))
        return SERVICE_APPLICATION;
    if (service_has(s->paths.config_dir, "endpoint.conf"))
        return SERVICE_SYSTEM;
    return user && service_has(users.config_dir, "endpoint.conf") ? SERVICE_APPLICATION
                                                                  : SERVICE_NONE;
}

/* Is our control group, in any hierarchy, inside the unit's? Then stopping the unit ends us. */
static bool inside(const struct service *s, const char *group)
{
    char path[300];
    struct buf b;
    bool found = false;
    size_t length = strlen(group);
    buf_init(&b, 65536);
    if (length > 1 && service_path(s, path, sizeof path, "/proc/self/cgroup", NULL) == STATUS_OK &&
        file_read(path, &b, NULL, NULL) == STATUS_OK) {
        for (const char *at = buf_text(&b); !found && (at = strstr(at, group)) != NULL;
             at += length)
            found = at > b.data && at[-1] == ':' &&
                    (at[length] == '\n' || at[length] == '/' || !at[length]);
    }
    buf_free(&b);
    return found;
}

/* Read the unit's state from one manager; LoadState is "" if the manager does not answer. */
static void show(struct service *s, enum service_mode manager, struct buf *out)
{
    static const char *const words[] = {
        "show", SERVICE_UNIT,
        "--property=LoadState,ActiveState,SubState,Result,MainPID,NRestarts,"
        "ActiveEnterTimestampMonotonic,"
        "UnitFileState,User,WatchdogUSec,ControlGroup,ConditionResult,ExecMainStatus",
        NULL};
    buf_reset(out);
    if (service_systemctl(s, manager, out, words) != 0)
        buf_reset(out);
}

static bool in_use(const char *output)
{
    char active[24], file[24];
    service_property(output, "ActiveState", active, sizeof active);
    service_property(output, "UnitFileState", file, sizeof file);
    return text_equal(file, "enabled") || (*active && !text_equal(active, "inactive"));
}

static void read_exposure(struct service *s, struct service_state *st)
{
    const char *argv[] = {
        "systemd-analyze", "--no-pager", st->mode == SERVICE_APPLICATION ? "--user" : "--system",
        "security",        SERVICE_UNIT, NULL};
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    const char *mark =
        s->host.run(argv, &out) == 0 ? strstr(buf_text(&out), "exposure level for") : NULL;
    mark = mark ? strstr(mark, ": ") : NULL;
    if (mark && strcspn(mark + 2, " \n") < sizeof st->exposure) {
        text_copy(st->exposure, sizeof st->exposure, mark + 2);
        st->exposure[strcspn(mark + 2, " \n")] = '\0';
    }
    buf_free(&out);
}

static int registered(const struct paths *p)
{
    struct identity id;
    enum status status = identity_load(p->state_dir, &id, NULL);
    bool has = id.endpoint_id[0] != '\0';
    identity_wipe(&id);
    return status == STATUS_OK ? has : status == STATUS_DENIED ? -1 : 0;
}

static void name_state(struct service_state *st, const char *output)
{
    char active[24], sub[24], result[48], condition[8], code[16];
    service_property(output, "ActiveState", active, sizeof active);
    service_property(output, "SubState", sub, sizeof sub);
    service_property(output, "Result", result, sizeof result);
    service_property(output, "ConditionResult", condition, sizeof condition);
    service_property(output, "ExecMainStatus", code, sizeof code);
    const char *word = "stopped";
    if (text_equal(active, "active") || text_equal(active, "reloading"))
        word = "running";
    else if (text_equal(sub, "auto-restart") || text_equal(active, "failed"))
        word = text_equal(active, "failed") ? "failed" : "restarting";
    else if (text_equal(active, "activating"))
        word = "starting";
    else if (text_equal(active, "deactivating"))
        word = "stopping";
    else if (st->registered == 0)
        word = "waiting-registration";
    text_copy(st->state, sizeof st->state, word);
    if (*result && !text_equal(result, "success"))
        text_format(st->reason, sizeof st->reason, text_equal(result, "exit-code") ? "%s %s" : "%s",
                    result, code);
}

static void ask_daemon(struct service *s, struct service_state *st, const struct paths *p)
{
    struct ctl c = *s->c;
    c.paths = *p;
    struct error e = {0};
    json_t *answer = talk_ask(&c, json_pack("{s:s}", "do", "ping"), &e);
    st->answers = json_flag(answer, "ok", false) || text_equal(e.code, "clients"); /* it is busy */
    text_copy(st->version, sizeof st->version, json_text(answer, "version", ""));
    if (!st->pid)
        st->pid = json_number(answer, "pid", 0);
    json_decref(answer);
}

static void read_linger(struct service *s, struct service_state *st)
{
    char path[400], name[128];
    if (s->have_self &&
        text_format(name, sizeof name, "/var/lib/systemd/linger/%s", s->self.name) &&
        service_path(s, path, sizeof path, name, NULL) == STATUS_OK)
        st->linger = file_exists(path);
}

void service_read_state(struct service *s, bool exposure)
{
    struct service_state *st = &s->state;
    struct buf system, user;
    struct paths room;
    char path[300], file[24], load[24];
    *st = (struct service_state){.mode = SERVICE_NONE, .rights = s->host.uid == 0};
    buf_init(&system, OUTPUT_MAX);
    buf_init(&user, OUTPUT_MAX);
    st->systemd = service_path(s, path, sizeof path, "/run/systemd/system", NULL) == STATUS_OK &&
                  file_exists(path);
    if (st->systemd) {
        show(s, SERVICE_SYSTEM, &system);
        if (s->have_self && s->self.id != 0)
            show(s, SERVICE_APPLICATION, &user);
    }
    if (in_use(buf_text(&system)))
        st->mode = SERVICE_SYSTEM;
    else if (in_use(buf_text(&user)))
        st->mode = SERVICE_APPLICATION;
    else if (st->systemd)
        st->mode = mode_by_files(s);
    service_property(buf_text(&system), "User", st->unit_user, sizeof st->unit_user);
    service_property(buf_text(&system), "LoadState", load, sizeof load);
    if (!*st->unit_user && text_equal(load, "loaded"))
        text_copy(st->unit_user, sizeof st->unit_user, "root");
    const char *output = buf_text(st->mode == SERVICE_APPLICATION ? &user : &system);
    service_property(output, "LoadState", load, sizeof load);
    service_property(output, "UnitFileState", file, sizeof file);
    text_copy(st->user, sizeof st->user, st->unit_user);
    service_property(output, "ControlGroup", st->control_group, sizeof st->control_group);
    st->installed = text_equal(load, "loaded");
    st->enabled = text_equal(file, "enabled");
    st->pid = number(output, "MainPID");
    st->restarts = number(output, "NRestarts");
    service_property(output, "WatchdogUSec", path, sizeof path);
    st->watchdog_ms = service_span_ms(path);
    int64_t entered = number(output, "ActiveEnterTimestampMonotonic");
    if (entered && st->pid)
        st->since_ms = clock_wall_ms() - (clock_mono_ms() - entered / 1000);
    read_linger(s, st);
    if (st->mode == SERVICE_APPLICATION) {
        text_copy(st->user, sizeof st->user, s->self.name);
        st->rights |= s->host.uid == s->self.id;
    }
    text_copy(st->autostart, sizeof st->autostart,
              !st->enabled                                     ? "off"
              : st->mode == SERVICE_APPLICATION && !st->linger ? "login"
                                                               : "boot");
    const struct paths *p = service_paths_of(s, st->mode, &room);
    st->registered = registered(p);
    name_state(st, output);
    st->cuts_session = inside(s, st->control_group);
    ask_daemon(s, st, p);
    if (exposure && st->installed)
        read_exposure(s, st);
    buf_free(&system);
    buf_free(&user);
}

static void set_or_null(json_t *o, const char *name, const char *text)
{
    json_set_text(o, name, *text ? text : NULL);
}

json_t *service_state_json(const struct service *s)
{
    static const char *const modes[] = {"none", "service", "application"};
    const struct service_state *st = &s->state;
    json_t *o = json_object();
    char at[CLOCK_TEXT] = "";
    if (st->since_ms)
        clock_format(at, st->since_ms);
    const char *account = st->mode == SERVICE_APPLICATION         ? "application"
                          : text_equal(st->user, "root")          ? "system"
                          : text_equal(st->user, SERVICE_ACCOUNT) ? "own"
                                                                  : "chosen";
    json_set_flag(o, "systemd", st->systemd);
    json_set_text(o, "foreground", "endpointd");
    json_set_text(o, "mode", modes[st->mode]);
    json_set_text(o, "unit", SERVICE_UNIT);
    json_set_flag(o, "installed", st->installed);
    json_set_flag(o, "enabled", st->enabled);
    json_set_text(o, "autostart", st->autostart);
    json_set_flag(o, "linger", st->linger);
    json_set_text(o, "state", st->systemd ? st->state : st->answers ? "foreground" : "stopped");
    set_or_null(o, "reason", st->reason);
    set_or_null(o, "since", at);
    json_object_set_new(o, "pid", st->pid ? json_integer(st->pid) : json_null());
    json_set_number(o, "restarts", st->restarts);
    json_set_number(o, "watchdog_ms", st->watchdog_ms);
    set_or_null(o, "exposure", st->exposure);
    json_set_text(o, "account", account);
    set_or_null(o, "user", st->user);
    set_or_null(o, "for", s->have_self && s->self.id != 0 ? s->self.name : "");
    json_object_set_new(o, "registered",
                        st->registered < 0 ? json_null() : json_boolean(st->registered));
    json_set_flag(o, "answers", st->answers);
    set_or_null(o, "version", st->version);
    json_set_flag(o, "rights", st->rights);
    json_set_text(o, "sudo", st->rights ? NULL : "sudo ");
    json_set_flag(o, "cuts_session", st->cuts_session);
    return o;
}
