/* A directory that is watched for files to import: by inotify where there is one, and always by
 * looking again, so that a lost event or a network file system costs half a second and nothing
 * else. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/db.h"
#include "base/file.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/engine_internal.h"
#include "sandbox/import.h"

#define LOOK_AGAIN_MS 500
#define TRY_AGAIN     20 /* looks, after the data could not be written */
#define QUIET         20 /* looks without a change after which a file counts as whole, event or not */

struct seen {
    char *name;
    int64_t size, mtime_ns;
    uint64_t inode;
    bool whole;   /* an event said that its writer closed it or moved it here; or it is quiet */
    bool new;     /* came while events were being watched: one will say when it is whole */
    int quiet;    /* looks since it changed */
    bool settled; /* imported and left in place */
    int wait;     /* looks before the next try */
};

struct import_watch {
    struct engine *engine;
    char *directory;
    bool keep;
    int inotify, stop[2];
    pthread_t thread;
    sqlite3 *open; /* idle: else each import would be the last to close the data and pay for it */
    struct seen *files; /* of the last look, by name */
    size_t count;
    bool looked; /* at least once */
};

static bool is_epp(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 4 && strcasecmp(name + length - 4, ".epp") == 0;
}

static int want(const struct dirent *d)
{
    return is_epp(d->d_name);
}

/* strcmp and not the locale's order: the merge below relies on it. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->size == b->size && a->mtime_ns == b->mtime_ns && a->inode == b->inode;
}

static bool stat_file(const struct import_watch *w, const char *name, struct seen *s)
{
    char path[4200];
    struct stat st;
    if (!text_format(path, sizeof path, "%s/%s", w->directory, name) || lstat(path, &st) != 0 ||
        !S_ISREG(st.st_mode))
        return false;
    s->size = st.st_size;
    s->mtime_ns = st.st_mtim.tv_sec * INT64_C(1000000000) + st.st_mtim.tv_nsec;
    s->inode = st.st_ino;
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
        status = STATUS_OK; /* taken away again meanwhile */
    }
    if (status != STATUS_OK) {
        log_problem(LOG_ERROR, s->name, &e);
        s->wait = TRY_AGAIN;
    }
    buf_free(&made);
    buf_free(&faults);
}

/* What the last look knew of this name; both lists are in the same order. */
static const struct seen *known(const struct import_watch *w, size_t *at, const char *name)
{
    while (*at < w->count && strcmp(w->files[*at].name, name) < 0)
        ++*at;
    return *at < w->count && strcmp(w->files[*at].name, name) == 0 ? &w->files[*at] : NULL;
}

/* Look at the directory. A file is imported when its writer is known to be done with it. Where no event
 * can tell (it was there before, or nothing is watched) it is when it looks as it did at the look before;
 * a lost event costs ten seconds. */
static void look(struct import_watch *w, const struct buf *events)
{
    struct dirent **entries = NULL;
    int found = scandir(w->directory, &entries, want, by_name);
    struct seen *files = mem_array((size_t)(found > 0 ? found : 0) + 1, sizeof *files);
    size_t count = 0, at = 0;
    for (int i = 0; i < found; i++) {
        struct seen *s = &files[count];
        if (stat_file(w, entries[i]->d_name, s)) {
            const struct seen *before = known(w, &at, entries[i]->d_name);
            bool unchanged = before && same(before, s);
            s->name = mem_string(entries[i]->d_name);
            s->settled = unchanged && before->settled;
            s->wait = unchanged && before->wait > 0 ? before->wait - 1 : 0;
            s->new = before ? before->new : w->looked && w->inotify >= 0;
            s->quiet = unchanged ? before->quiet + 1 : 0;
            s->whole = s->quiet >= (s->new ? QUIET : 1) || (unchanged && before->whole);
            for (const char *e = buf_text(events); !s->whole && e < events->data + events->length;
                 e += strlen(e) + 1)
                s->whole = text_equal(e, s->name);
            count++;
        }
        free(entries[i]);
    }
    free(entries);
    for (size_t i = 0; i < w->count; i++)
        free(w->files[i].name);
    free(w->files);
    w->files = files;
    w->count = count;
    w->looked = true;
    for (size_t i = 0; i < count; i++)
        if (files[i].whole && !files[i].wait && (!files[i].settled || !w->keep))
            import_one(w, &files[i]);
}

/* Names that inotify gave, each with its NUL, appended to events. */
static void read_events(struct import_watch *w, struct buf *events)
{
    _Alignas(struct inotify_event) char bytes[16384];
    ssize_t n;
    while ((n = read(w->inotify, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < n;) {
            struct inotify_event event;
            memcpy(&event, bytes + at, sizeof event);
            const char *name = bytes + at + sizeof event;
            if (event.len && is_epp(name))
                buf_add(events, name, strlen(name) + 1);
            at += (ssize_t)(sizeof event + event.len);
        }
    }
}

static void *watch(void *argument)
{
    struct import_watch *w = argument;
    struct buf events;
    buf_init(&events, 1 << 20);
    for (;;) {
        struct pollfd p[2] = {{.fd = w->stop[0], .events = POLLIN},
                              {.fd = w->inotify, .events = POLLIN}};
        poll(p, w->inotify >= 0 ? 2 : 1, LOOK_AGAIN_MS);
        if (p[0].revents)
            break;
        if (w->inotify >= 0)
            read_events(w, &events);
        look(w, &events);
        buf_reset(&events);
    }
    buf_free(&events);
    return NULL;
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
    if (pipe2(w->stop, O_CLOEXEC) != 0) {
        status = error_errno(e, errno, "import_watch", "cannot watch %s", directory);
        free(w->directory);
        free(w);
        return status;
    }
    db_open(engine_database_at(engine, 0)->path, DB_NORMAL, &w->open, NULL);
    w->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->inotify >= 0)
        inotify_add_watch(w->inotify, directory, IN_CLOSE_WRITE | IN_MOVED_TO);
    if (pthread_create(&w->thread, NULL, watch, w) != 0) {
        close(w->stop[0]);
        w->stop[0] = -1;
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
    close(w->stop[1]); /* the thread sees it as a hang-up */
    if (w->stop[0] >= 0) {
        pthread_join(w->thread, NULL);
        close(w->stop[0]);
    }
    if (w->inotify >= 0)
        close(w->inotify);
    for (size_t i = 0; i < w->count; i++)
        free(w->files[i].name);
    db_close(w->open);
    free(w->files);
    free(w->directory);
    free(w);
}
