#include "daemon/chronicle.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "daemon/control.h"
#include "daemon/health.h"
#include "daemon/panel_link.h"
#include "os/aside.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/path.h"

#define WAITING_MAX 500 /* entries that are kept while the file cannot be written */
#define BUSY_MS     60000
#define RENEW_MS    600000

static const char check_code[] = "endpoint.journal", check_title[] = "Journal";

struct chronicle {
    struct journal *file; /* NULL: it cannot be opened now */
    struct error error;   /* why it cannot be opened or written; status OK: it can */
    json_t *waiting;      /* entries that the file does not have yet, oldest first */
    int64_t lost;         /* older ones that did not even fit here */
    int64_t sent;         /* the panel's last id, if the file could not store it */
    int64_t renewed_mono; /* when it was made anew last; 0: never */
    int64_t busy_mono;    /* another program has held its lock since then; 0: no */
    bool opened;          /* the file is ours to open */
    bool writing;         /* an entry about the journal's own fault has to wait */
};

/* ---- the file -------------------------------------------------------------------------------------- */

static enum status open_whole(struct daemon *d, struct error *e)
{
    struct chronicle *c = d->chronicle;
    enum status status = journal_open(d->paths.state_dir, &c->file, e);
    if (status == STATUS_OK)
        status = journal_verify(c->file, e);
    if (status != STATUS_OK) {
        journal_close(c->file);
        c->file = NULL;
    }
    return status;
}

/* Open the file; if something else is in its place, move it aside. */
static enum status open_file(struct daemon *d, struct error *e)
{
    struct chronicle *c = d->chronicle;
    char path[PATH_MAX], kept[PATH_MAX];
    enum status status = path_join(path, sizeof path, d->paths.state_dir, "journal.db", e);
    if (status != STATUS_OK)
        return status;
    journal_close(c->file);
    c->file = NULL;
    status = open_whole(d, e);
    bool damaged = aside_odd(path) || status == STATUS_INTERNAL /* other tables than ours */ ||
                   text_equal(e->code, "db_damaged");
    if (status == STATUS_OK || !damaged)
        return status;
    int64_t now = clock_mono(d->clock);
    if (c->renewed_mono && now - c->renewed_mono < RENEW_MS)
        return status; /* the disk itself is faulty: do not fill it with damaged files */
    c->renewed_mono = now;
    log_problem(LOG_ERROR, "the journal is damaged", e);
    status = aside_move(path, kept, sizeof kept, e);
    if (status == STATUS_OK)
        status = open_whole(d, e);
    c->sent = 0; /* the new file begins anew */
    return status;
}

static enum status add(struct chronicle *c, const json_t *entry, struct error *e)
{
    char said[SAID_MAX];
    said_get(entry, "text", said, sizeof said);
    struct journal_entry kept = {.level = json_text(entry, "level", "info"),
                                 .plugin = json_text(entry, "plugin", NULL),
                                 .order = json_text(entry, "order", NULL),
                                 .correlation = json_text(entry, "correlation", NULL),
                                 .code = json_text(entry, "code", NULL),
                                 .said = said};
    clock_parse(json_text(entry, "at", ""), &kept.at_ms);
    return journal_add(c->file, &kept, e);
}

/* Write everything that waits into the file. */
static enum status write_waiting(struct daemon *d, struct error *e)
{
    struct chronicle *c = d->chronicle;
    enum status status = STATUS_OK;
    bool renewed = false;
    if (c->file && journal_gone(c->file))
        status = open_file(d, e);
    while (status == STATUS_OK && json_array_size(c->waiting)) {
        status = add(c, json_array_get(c->waiting, 0), e);
        if (status == STATUS_OK) {
            json_array_remove(c->waiting, 0);
        } else if (!renewed && text_equal(e->code, "db_damaged")) {
            renewed = true;
            status = open_file(d, e);
        }
    }
    return status;
}

static void say_lost(struct chronicle *c, int64_t now)
{
    struct error e = {0};
    char said[160];
    if (!c->lost || !c->file)
        return;
    said_format(said, sizeof said,
                "%lld entries could not be kept while the journal could not be written",
                (long long)c->lost);
    const struct journal_entry entry = {
        .at_ms = now, .level = "warning", .code = "journal_lost", .said = said};
    if (journal_add(c->file, &entry, &e) == STATUS_OK)
        c->lost = 0;
}

/* Has another program held the journal's lock for so long that somebody should act? */
static bool held_long(struct chronicle *c, int64_t now)
{
    if (!c->busy_mono)
        c->busy_mono = now;
    return now - c->busy_mono > BUSY_MS;
}

/* Bring the file up to date, and the check with it. */
static void flush(struct daemon *d)
{
    struct chronicle *c = d->chronicle;
    struct error e = {0};
    if (c->writing || !c->opened)
        return;
    c->writing = true; /* health's entries come back here, and wait */
    enum status status = c->file ? STATUS_OK : open_file(d, &e);
    if (status == STATUS_OK)
        status = write_waiting(d, &e);
    if (status == STATUS_BUSY && !held_long(c, clock_mono(d->clock)))
        error_clear(&e); /* perhaps a copy is being made: the entries are written soon */
    else if (status != STATUS_BUSY)
        c->busy_mono = 0;
    if (status == STATUS_OK) {
        say_lost(c, clock_wall(d->clock));
        journal_trim(c->file, config_integer(d->config, "limits.journal_entries"), NULL);
        if (c->error.status != STATUS_OK)
            health_good(d, check_code, check_title, N_("works"));
        error_clear(&c->error);
    } else if (e.status != STATUS_OK) {
        if (!e.remedy[0])
            error_remedy(
                &e,
                "%s/journal.db must be a file that endpointd can read and write; it is tried "
                "again automatically, and nothing else waits for it.",
                d->paths.state_dir);
        c->error = e;
        health_fail(d, check_code, check_title, &e);
    }
    c->writing = false;
}

/* ---- for everybody --------------------------------------------------------------------------------- */

/* Entries that come before the file may be opened wait. */
static struct chronicle *of(struct daemon *d)
{
    if (!d->chronicle) {
        d->chronicle = mem_alloc(sizeof *d->chronicle);
        d->chronicle->waiting = json_array();
    }
    return d->chronicle;
}

void chronicle_open(struct daemon *d)
{
    of(d)->opened = true;
    flush(d);
}

void chronicle_close(struct daemon *d)
{
    struct chronicle *c = d->chronicle;
    if (!c)
        return;
    flush(d);
    journal_close(c->file);
    json_decref(c->waiting);
    free(c);
    d->chronicle = NULL;
}

void chronicle_look(struct daemon *d)
{
    struct chronicle *c = d->chronicle;
    if (!c->file || json_array_size(c->waiting) || journal_gone(c->file))
        flush(d);
}

void chronicle_add(struct daemon *d, const char *level, const char *plugin, const char *order,
                   const char *correlation, const char *code, const char *said)
{
    struct chronicle *c = of(d);
    char at[CLOCK_TEXT];
    json_t *last = NULL, *entry = json_object();
    clock_format(at, clock_wall(d->clock));
    json_object_set_new(entry, "id", json_null());
    json_set_text(entry, "at", at);
    json_set_text(entry, "level", level);
    json_set_text(entry, "plugin", plugin);
    json_set_text(entry, "order", order);
    json_set_text(entry, "code", code);
    said_set(entry, "text", said);
    json_set_text(entry, "correlation", correlation);
    json_array_append(c->waiting, entry);
    if (json_array_size(c->waiting) > WAITING_MAX) {
        json_array_remove(c->waiting, 0);
        c->lost++;
    }
    flush(d);
    if (json_array_size(c->waiting) == 0 && c->file &&
        journal_read(c->file, -1, 1, NULL, &last, NULL) == STATUS_OK && json_array_size(last))
        control_entry(d->control, json_array_get(last, 0)); /* with its id */
    else
        control_entry(d->control, entry);
    json_decref(last);
    json_decref(entry);
    panel_link_journal(d->link);
}

enum status chronicle_read(struct daemon *d, int64_t after, int limit, const char *plugin,
                           json_t **entries, struct error *e)
{
    struct chronicle *c = d->chronicle;
    enum status status = STATUS_OK;
    size_t i;
    json_t *entry;
    *entries = NULL;
    if (c->file) {
        status = journal_read(c->file, after, limit, plugin, entries, e);
    } else { /* it cannot be written; perhaps it can be read */
        struct journal *old = NULL;
        if (journal_open_read(d->paths.state_dir, &old, NULL) == STATUS_OK)
            journal_read(old, after, limit, plugin, entries, NULL);
        journal_close(old);
        status = c->error.status;
        *e = c->error;
    }
    if (status != STATUS_OK && c->file && text_equal(e->code, "db_damaged") &&
        open_file(d, &c->error) == STATUS_OK) {
        flush(d);
        json_decref(*entries);
        status = journal_read(c->file, after, limit, plugin, entries, e);
    }
    if (!*entries)
        *entries = json_array();
    json_array_foreach (c->waiting, i, entry)
        if (!plugin || text_equal(json_text(entry, "plugin", ""), plugin))
            json_array_append(*entries, entry);
    while (after < 0 && json_array_size(*entries) > (size_t)limit)
        json_array_remove(*entries, 0);
    return status;
}

struct journal *chronicle_journal(struct daemon *d)
{
    return d->chronicle ? d->chronicle->file : NULL;
}

int64_t chronicle_sent(struct daemon *d)
{
    struct chronicle *c = d->chronicle;
    int64_t sent = 0;
    if (c->file)
        journal_sent(c->file, &sent, NULL);
    return sent > c->sent ? sent : c->sent;
}

void chronicle_mark_sent(struct daemon *d, int64_t id)
{
    struct chronicle *c = d->chronicle;
    c->sent = id; /* a full disk must not make us send it again and again */
    if (c->file)
        journal_mark_sent(c->file, id, NULL);
}
