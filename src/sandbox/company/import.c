#include "sandbox/company/import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "os/dir.h"
#include "os/file.h"
#include "sandbox/company/epp.h"
#include "sandbox/company/epp_read.h"
#include "sandbox/company/seed.h"
#include "sandbox/sql/engine_internal.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/udf.h"
#include "store/db.h"

#define ARENA_MAX   (192 << 20)
#define FAULTS_TEXT 65536

/* Was a file imported under this mark? If not, note the mark. */
static enum status take_mark(sqlite3 *db, const char *once, bool *known, struct error *e)
{
    sqlite3_stmt *st = NULL;
    enum status status =
        db_exec(db, "CREATE TABLE IF NOT EXISTS _imported(mark TEXT PRIMARY KEY) WITHOUT ROWID", e);
    if (status == STATUS_OK)
        status = db_prepare(db, "INSERT OR IGNORE INTO _imported VALUES(?)", &st, e);
    if (status == STATUS_OK) {
        sqlite3_bind_text(st, 1, once, -1, SQLITE_TRANSIENT);
        status = db_run(st, e);
        *known = sqlite3_changes(db) == 0;
    }
    sqlite3_finalize(st);
    return status;
}

static enum status store(sqlite3 *db, const struct company *company, const struct epp_file *file,
                         const char *once, struct buf *made, struct buf *faults, struct error *e)
{
    bool known = false;
    enum status status = db_exec(db, "BEGIN IMMEDIATE", e);
    if (status != STATUS_OK)
        return status;
    if (once)
        status = take_mark(db, once, &known, e);
    if (status == STATUS_OK && !known)
        status = company->import(db, file, faults, made, e);
    if (status == STATUS_OK)
        status = db_exec(db, "COMMIT", e);
    if (status != STATUS_OK) {
        db_exec(db, "ROLLBACK", NULL);
        buf_reset(made);
    }
    return status;
}

enum status import_bytes(struct engine *engine, const char *bytes, size_t length, const char *once,
                         struct buf *made, struct buf *faults, struct error *e)
{
    struct udf_state state = {0};
    struct epp_file file;
    sqlite3 *db = NULL;
    const struct company *company = engine_company(engine);
    if (!company->import) {
        error_set(e, STATUS_INVALID, "import_none", "%s takes no EDI++ files", company->name);
        return error_remedy(e, "Only the InsERT GT family has this way in.");
    }
    struct arena *arena = arena_new(ARENA_MAX);
    enum status status = epp_read(arena, bytes, length, &file, faults) ? STATUS_OK : STATUS_REFUSED;
    if (status == STATUS_OK)
        status = db_open(engine_database_at(engine, 0)->path, DB_NORMAL, &db, e);
    if (status == STATUS_OK && udf_register(db, &state) != SQLITE_OK)
        status = db_error(db, e, "registering functions");
    if (status == STATUS_OK) {
        sqlite3_busy_timeout(db, 30000);
        status = store(db, company, &file, once, made, faults, e);
    }
    db_close(db);
    arena_free(arena);
    return status;
}

enum status import_file(struct engine *engine, const char *path, const char *once, struct buf *made,
                        struct buf *faults, struct error *e)
{
    struct buf bytes;
    buf_init(&bytes, EPP_FILE_MAX);
    enum status status = file_read(path, &bytes, NULL, e);
    if (status == STATUS_FULL || status == STATUS_INVALID) {
        buf_printf(faults, "%s\n", e ? e->text : "the file cannot be read whole");
        status = STATUS_REFUSED;
    } else if (status == STATUS_OK) {
        status = import_bytes(engine, buf_text(&bytes), bytes.length, once, made, faults, e);
    }
    buf_free(&bytes);
    return status;
}

/* Move into directory/where/ under the file's own name, or the next free one. */
static enum status move_to(const char *directory, const char *path, const char *where, char *target,
                           size_t size, struct error *e)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path,
               *dot = strrchr(name, '.');
    int stem = (int)(dot && dot != name ? (size_t)(dot - name) : strlen(name));
    text_format(target, size, "%s/%s", directory, where);
    enum status status = dir_ensure(target, 0755, e);
    for (int n = 1; status == STATUS_OK && n < 100000; n++) {
        char number[16] = "";
        if (n > 1)
            text_format(number, sizeof number, "-%d", n);
        if (!text_format(target, size, "%s/%s/%.*s%s%s", directory, where, stem, name, number,
                         name + stem))
            return error_set(e, STATUS_INVALID, "import_path", "the path of %s is too long", path);
        if (file_rename_new(path, target))
            return STATUS_OK;
        if (errno != EEXIST)
            return error_errno(e, errno, "import_move", "cannot move %s to %s", path, target);
    }
    return status;
}

enum status import_settle(const char *directory, const char *path, bool good,
                          const struct buf *faults, struct error *e)
{
    char target[4200], reason[4300];
    enum status status =
        move_to(directory, path, good ? "done" : "rejected", target, sizeof target, e);
    if (status != STATUS_OK || good)
        return status;
    text_format(reason, sizeof reason, "%s.reason.txt", target);
    return file_replace(reason, buf_text(faults), faults->length, 0644, NULL, e);
}

enum status import_by_hand(struct engine *engine, const char *path, const char *dir, bool keep,
                           struct error *e)
{
    struct buf made, faults;
    buf_init(&made, 65536);
    buf_init(&faults, 65536);
    enum status status = import_file(engine, path, NULL, &made, &faults, e);
    bool good = status == STATUS_OK;
    if (status == STATUS_REFUSED)
        error_set(e, status, "import_refused", "%s is refused, nothing was imported", path);
    fputs(buf_text(&faults), stderr);
    fputs(buf_text(&made), stdout);
    if (dir && (good ? !keep : status == STATUS_REFUSED)) {
        struct error moving = {0};
        enum status moved = import_settle(dir, path, good, &faults, &moving);
        if (moved != STATUS_OK) {
            *e = moving;
            status = moved;
        }
    }
    buf_free(&made);
    buf_free(&faults);
    return status;
}
