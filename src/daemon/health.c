#include "daemon/health.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "daemon/chronicle.h"
#include "daemon/idle_orders.h"
#include "daemon/intake.h"
#include "daemon/overdue.h"
#include "daemon/panel_link.h"
#include "link/identity.h"
#include "os/aside.h"
#include "os/dir.h"

#define LOOK_MS   5000
#define KEPT_SAID 20 /* names of damaged files in the check's text */

void health_open(struct daemon *d)
{
    d->health = json_object();
}

void health_close(struct daemon *d)
{
    json_decref(d->health);
    d->health = NULL;
}

/* True: it is news, because the result or the error has changed. */
static bool put(struct daemon *d, const struct check *c, const char *error_code)
{
    const json_t *before = json_object_get(d->health, c->code);
    bool news = !text_equal(json_text(before, "result", "ok"), check_word(c->result)) ||
                !text_equal(json_text(before, "error", ""), error_code);
    json_t *check = check_to_json(c);
    json_set_text(check, "error", error_code);
    json_object_set_new(d->health, c->code, check);
    if (news)
        daemon_changed(d);
    return news;
}

static void say(struct daemon *d, const char *code, const char *title, enum check_result result,
                const struct error *e)
{
    struct check c = {0};
    char said[SAID_MAX];
    text_copy(c.code, sizeof c.code, code);
    text_copy(c.title, sizeof c.title, title);
    check_failed(&c, e);
    c.result = result;
    if (!put(d, &c, e->code))
        return;
    error_told(e, said, sizeof said);
    daemon_tell(d, result == CHECK_FAIL ? "error" : "warning", NULL, NULL, NULL, e->code, said);
}

void health_fail(struct daemon *d, const char *code, const char *title, const struct error *e)
{
    say(d, code, title, CHECK_FAIL, e);
}

void health_warn(struct daemon *d, const char *code, const char *title, const struct error *e)
{
    say(d, code, title, CHECK_WARN, e);
}

void health_good(struct daemon *d, const char *code, const char *title, const char *said)
{
    struct check c = {.result = CHECK_OK};
    char line[400];
    text_copy(c.code, sizeof c.code, code);
    text_copy(c.title, sizeof c.title, title);
    check_say(&c, CHECK_OK, said);
    if (!put(d, &c, ""))
        return;
    said_format(line, sizeof line, "%-s: works again", title);
    daemon_tell(d, "info", NULL, NULL, NULL, "recovered", line);
}

bool health_is_red(const struct daemon *d, const char *code)
{
    return text_equal(json_text(json_object_get(d->health, code), "result", ""), "fail");
}

void health_to_json(const struct daemon *d, json_t *checks)
{
    const char *code;
    json_t *check;
    json_object_foreach (d->health, code, check) {
        json_t *shown = json_copy(check);
        json_object_del(shown, "error");
        json_array_append_new(checks, shown);
    }
}

/* ---- damaged files that were moved aside ---------------------------------------------------------- */

/* Add the names in one directory, bounded; returns the number of all of them. */
static int add_kept(const char *directory, int count, struct buf *names)
{
    struct dir *dir = dir_open(directory);
    const char *name;
    while (dir && (name = dir_next(dir)) != NULL) {
        if (!aside_named(name) || text_ends(name, "-wal") || text_ends(name, "-shm") ||
            text_ends(name, "-journal"))
            continue;
        if (count++ < KEPT_SAID)
            buf_printf(names, "%s%s/%s", names->length ? ", " : "", directory, name);
    }
    dir_close(dir);
    return count;
}

/* Red until somebody has looked at them: whatever damaged one file will damage another. */
static void look_for_kept(struct daemon *d)
{
    static const char code[] = "endpoint.damaged", title[] = "Damaged files";
    struct error e = {0};
    struct buf names;
    char ledgers[600];
    buf_init(&names, 700);
    int count = add_kept(d->paths.state_dir, 0, &names);
    if (text_format(ledgers, sizeof ledgers, "%s/ledgers", d->paths.state_dir))
        count = add_kept(ledgers, count, &names);
    if (count) {
        error_set(&e, STATUS_INVALID, "file_damaged",
                  "%d damaged files were moved aside and created again: %s", count,
                  buf_text(&names));
        error_remedy(&e, "Check the disk, and what else writes to it. This check turns green when "
                         "the files are moved away or deleted; Endpoint does not need them.");
        health_fail(d, code, title, &e);
    } else if (json_object_get(d->health, code)) {
        health_good(d, code, title, N_("none is kept"));
    }
    buf_free(&names);
}

/* ---- the identity ------------------------------------------------------------------------------------ */

/* It was read at the start, but the workers read it for each conversation, and so will the next
 * start. */
static void look_at_identity(struct daemon *d)
{
    static const char code[] = "endpoint.identity", title[] = "Identity";
    struct identity id;
    struct error e = {0};
    if (!d->link)
        return;
    if (identity_load(d->paths.state_dir, &id, &e) == STATUS_OK) {
        if (health_is_red(d, code))
            health_good(d, code, title, N_("works"));
        if (!panel_link_registered(d->link) && id.endpoint_id[0])
            panel_link_reload(d->link);
        identity_wipe(&id);
    } else if (panel_link_registered(d->link)) {
        if (!e.remedy[0] || e.status == STATUS_NOT_FOUND) {
            error_set(&e, e.status, "identity_away", "%s/identity.json is gone or cannot be read",
                      d->paths.state_dir);
            error_remedy(&e, "Restore it from a copy, or get a token from the panel and register "
                             "again: endpointctl register");
        }
        health_fail(d, code, title, &e);
    }
}

/* ---- the clock of all this ------------------------------------------------------------------------- */

void health_look(struct daemon *d)
{
    chronicle_look(d);
    intake_look(d);
    overdue_look(d);
    idle_orders_look(d);
    look_at_identity(d);
    look_for_kept(d);
}

static void on_look(void *daemon)
{
    struct daemon *d = daemon;
    timer_set(&d->timers, &d->health_timer, LOOK_MS, on_look, d);
    health_look(d);
}

void health_watch(struct daemon *d)
{
    timer_set(&d->timers, &d->health_timer, 1, on_look, d);
}

void health_unwatch(struct daemon *d)
{
    timer_stop(&d->timers, &d->health_timer);
}
