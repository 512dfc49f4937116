/* Watches a directory for files to import: with inotify where it exists, and always by looking
 * again, so a lost event or a network file system costs half a second and nothing else. */
#include "sandbox/company/import_watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/changes.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/log.h"
#include "os/thread.h"
#include "sandbox/company/import.h"
#include "sandbox/sql/engine_internal.h"
#include "store/db.h"

#define LOOK_AGAIN_MS 500
#define TRY_AGAIN     20 /* looks, after the data could not be written */

struct seen {
    char *name;
    int64_t size, mtime_ns;
    uint64_t inode;
    int64_t since_ms; /* monotonic: since when it is unchanged */
    bool writing;     /* events said that somebody made or wrote it, but not that it was closed */
    bool whole;       /* to be imported now */
    bool settled;     /* imported and left in place */
    int wait;         /* looks before the next try */
};

struct import_watch {
    struct engine *engine;
    char *directory;
    bool keep;
    struct changes *changes;
    struct thread thread;
    bool runs;          /* the thread */
    sqlite3 *open;      /* kept open: being the last to close the data is slow */
    struct seen *files; /* of the last look, by name */
    size_t count;
};

static bool is_epp(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 4 && text_compare_nocase(name + length - 4, ".epp") == 0;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

static bool stat_file(const struct import_watch *w, const char *name, struct seen *s)
{
    char path[4200];
    struct file_look l;
    if (!text_format(path, sizeof path, "%s/%s", w->directory, name) ||
        !file_look_itself(path, &l) || l.kind != FILE_REGULAR)
        return false;
    s->size = l.size;
    s->mtime_ns = l.changed_ns;
    s->inode = l.inode;
    return true;
}

static void forget_mark(struct import_watch *w, const char *mark)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    if (db_open(engine_database_at(w->engine, 0)->path, DB_NORMAL, &db, NULL) == STATUS_OK) {
        sqlite3_busy_timeout(db, 30000);
        if (db_prepare(db, "DELETE FROM _imported WHERE mark=?", &st, NULL) == STATUS_OK) {
            sqlite3_bind_text(st, 1, mark, -1, SQLITE_TRANSIENT);
            db_run(st, NULL);
        }
        sqlite3_finalize(st);
    }
    db_close(db);
}

static void tell(const char *name, const struct buf *made)
{
    char *text = mem_string(buf_text(made)), *at = text, *end;
    for (; (end = strchr(at, '\n')); at = end + 1) {
        *end = '\0';
        log_info("import: %s became %s", name, at);
    }
    free(text);
}

static void import_one(struct import_watch *w, struct seen *s)
{
    char path[4200], mark[400];
    struct buf made, faults;
    struct error e = {0};
    text_format(path, sizeof path, "%s/%s", w->directory, s->name);
    /* The mark outlives a crash between the commit and the move: a file is imported once. */
    text_format(mark, sizeof mark, "%s %lld %lld %llu", s->name, (long long)s->size,
                (long long)s->mtime_ns, (unsigned long long)s->inode);
    buf_init(&made, 65536);
    buf_init(&faults, 65536);
    enum status status = import_file(w->engine, path, mark, &made, &faults, &e);
    if (status == STATUS_OK) {
        tell(s->name, &made);
        s->settled = true;
        if (!w->keep)
            status = import_settle(w->directory, path, true, NULL, &e);
        if (!w->keep && status == STATUS_OK)
            forget_mark(w, mark);
    } else if (status == STATUS_REFUSED) {
        log_warning("import: %s is refused: %.*s", s->name, (int)strcspn(buf_text(&faults), "\n"),
                    buf_text(&faults));
        s->settled = true;
        status = import_settle(w->directory, path, false, &faults, &e);
    } else if (status == STATUS_NOT_FOUND) {
        status = STATUS_OK; /* removed again in the meantime */
    }
    if (status != STATUS_OK) {
        log_problem(LOG_ERROR, s->name, &e);
        s->wait = TRY_AGAIN;
    }
    buf_free(&made);
    buf_free(&faults);
}

/* What the previous look knew about this name; both lists are in the same order. */
static const struct seen *known(const struct import_watch *w, size_t *at, const char *name)
{
    while (*at < w->count && strcmp(w->files[*at].name, name) < 0)
        ++*at;
    return *at < w->count && strcmp(w->files[*at].name, name) == 0 ? &w->files[*at] : NULL;
}

/* What the last event about a file says: 'n' it is new, 'w' it is being written, 'c' its writer
 * closed it or moved it here, 0 no event. */
static char last_event(const struct buf *events, const char *name)
{
    char last = 0;
    for (const char *e = buf_text(events); e < events->data + events->length; e += strlen(e) + 1)
        if (text_equal(e + 1, name))
            last = *e;
    return last;
}

/* A file is whole when its writer is known to be done with it. If no event tells about its writer
 * (the file was there before, or comes over a network file system), half a second without a change
 * is enough. */
static void judge(struct seen *s, const struct seen *before, char event, int64_t now_ms)
{
    bool unchanged = before && same(before, s);
    s->since_ms = unchanged ? before->since_ms : now_ms;
    s->settled = unchanged && before->settled;
    s->wait = unchanged && before->wait > 0 ? before->wait - 1 : 0;
    /* A new file that is not empty was linked here whole. */
    s->writing =
        event == 'w' || (event == 'n' && s->size == 0) || (!event && before && before->writing);
    s->whole = event == 'c' || (!s->writing && unchanged && now_ms - s->since_ms >= LOOK_AGAIN_MS);
}

/* Look at the directory and import the files that are whole. overflow: events were lost, so nothing
 * is known about any writer. */
static void look(struct import_watch *w, const struct buf *events, bool overflow)
{
    char **names; /* sorted by their bytes: the merge relies on it */
    int found = dir_names(w->directory, is_epp, &names);
    struct seen *files = mem_array((size_t)(found > 0 ? found : 0) + 1, sizeof *files);
    size_t count = 0, at = 0;
    int64_t now = clock_mono_ms();
    for (size_t i = 0; overflow && i < w->count; i++)
        w->files[i].writing = false;
    for (int i = 0; i < found; i++) {
        struct seen *s = &files[count];
        if (stat_file(w, names[i], s)) {
            s->name = mem_string(names[i]);
            judge(s, known(w, &at, s->name), last_event(events, s->name), now);
            count++;
        }
    }
    dir_names_free(names, found);
    for (size_t i = 0; i < w->count; i++)
        free(w->files[i].name);
    free(w->files);
    w->files = files;
    w->count = count;
    for (size_t i = 0; i < count; i++)
        if (files[i].whole && !files[i].wait && (!files[i].settled || !w->keep))
            import_one(w, &files[i]);
}

/* Append a change to the buffer `user`: a letter for what happened, the name, NUL. */
static void note_event(void *user, enum changes_kind kind, const char *name)
{
    static const char letters[] = {
        [CHANGES_MADE] = 'n', [CHANGES_WRITTEN] = 'w', [CHANGES_CLOSED] = 'c'};
    struct buf *events = user;
    if (!is_epp(name))
        return;
    buf_add_byte(events, letters[kind]);
    buf_add(events, name, strlen(name) + 1);
}

static void watch(void *argument)
{
    struct import_watch *w = argument;
    struct buf events;
    enum changes_end end;
    buf_init(&events, 1 << 20);
    while ((end = changes_wait(w->changes, LOOK_AGAIN_MS, note_event, &events)) !=
           CHANGES_STOPPED) {
        look(w, &events, end == CHANGES_LOST);
        buf_reset(&events);
    }
    buf_free(&events);
}

enum status import_watch_start(struct engine *engine, const char *directory, bool keep,
                               struct import_watch **out, struct error *e)
{
    *out = NULL;
    enum status status = dir_ensure(directory, 0755, e);
    if (status != STATUS_OK)
        return status;
    struct import_watch *w = mem_alloc(sizeof *w);
    w->engine = engine;
    w->directory = mem_string(directory);
    w->keep = keep;
    w->changes = changes_open(directory);
    if (!w->changes) {
        status = error_errno(e, errno, "import_watch", "cannot watch %s", directory);
        free(w->directory);
        free(w);
        return status;
    }
    db_open(engine_database_at(engine, 0)->path, DB_NORMAL, &w->open, NULL);
    w->runs = thread_start(&w->thread, watch, w) == 0;
    if (!w->runs) {
        import_watch_stop(w);
        return error_set(e, STATUS_IO, "import_watch", "a thread to watch %s could not be started",
                         directory);
    }
    *out = w;
    return STATUS_OK;
}

void import_watch_stop(struct import_watch *w)
{
    if (!w)
        return;
    changes_stop(w->changes);
    if (w->runs)
        thread_join(&w->thread);
    changes_close(w->changes);
    for (size_t i = 0; i < w->count; i++)
        free(w->files[i].name);
    db_close(w->open);
    free(w->files);
    free(w->directory);
    free(w);
}
