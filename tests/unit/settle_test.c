/* While an answer of the ERP is open no commit of the ledger waits for the disk; before anything is told all does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/text.h"
#include "model/key.h"
#include "store/ledger.h"
#include "unit.h"
#include "store/ledger_outbox.h"

/* The system's files, with each wait for the disk counted. It has methods of its own for each sort of file. */
#define SORTS 8
static sqlite3_vfs counting;
static struct {
    const sqlite3_io_methods *real;
    sqlite3_io_methods counted;
} sorts[SORTS];
static size_t sort_count;
static int waits;

static int count_sync(sqlite3_file *file, int flags)
{
    waits++;
    for (size_t i = 0; i < sort_count; i++)
        if (file->pMethods == &sorts[i].counted)
            return sorts[i].real->xSync(file, flags);
    return SQLITE_IOERR;
}

static int open_counted(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
    sqlite3_vfs *below = vfs->pAppData;
    int code = below->xOpen(below, name, file, flags, out);
    if (code != SQLITE_OK || !file->pMethods)
        return code;
    size_t i = 0;
    while (i < sort_count && sorts[i].real != file->pMethods)
        i++;
    assert_true(i < SORTS);
    if (i == sort_count) {
        sorts[i].real = file->pMethods;
        sorts[i].counted = *file->pMethods;
        sorts[i].counted.xSync = count_sync;
        sort_count++;
    }
    file->pMethods = &sorts[i].counted;
    return code;
}

static void count_waits(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    counting = *system;
    counting.zName = "counting";
    counting.pAppData = system;
    counting.xOpen = open_counted;
    assert_int_equal(sqlite3_vfs_register(&counting, 1), SQLITE_OK);
}

static void change(struct ledger *l, int number)
{
    struct key key = {.length = 0};
    uint8_t fingerprint[LEDGER_FINGERPRINT] = {1};
    struct error e = {0};
    assert_int_equal(key_add_integer(&key, number, &e), STATUS_OK);
    assert_int_equal(ledger_begin(l, &e), STATUS_OK);
    assert_int_equal(ledger_upsert(l, "stock", &key, fingerprint, "{}", 2, 1, &e), STATUS_OK);
    assert_int_equal(ledger_commit(l, &e), STATUS_OK);
}

static struct ledger *fresh(const char *dir, const char *id)
{
    struct error e = {0};
    struct ledger *l = NULL;
    assert_int_equal(ledger_open(dir, id, &l, &e), STATUS_OK);
    assert_int_equal(ledger_set_fact(l, "last_start", 1, &e), STATUS_OK);
    return l;
}

static void done(const char *dir)
{
    char command[100];
    text_format(command, sizeof command, "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
}

static void nothing_waits(void **state)
{
    char dir[64];
    struct error e = {0};
    (void)state;
    unit_directory(dir, sizeof dir);
    struct ledger *l = fresh(dir, "a");
    waits = 0;
    change(l, 1);
    assert_true(waits > 0); /* as ever: durable at once */
    assert_int_equal(ledger_hasten(l, &e), STATUS_OK);
    waits = 0;
    for (int i = 2; i < 3000;
         i++) /* more than SQLite lets its WAL grow before it carries it over */
        change(l, i);
    assert_int_equal(waits, 0);
    assert_int_equal(ledger_settle(l, &e), STATUS_OK);
    assert_true(waits > 0);
    waits = 0;
    assert_int_equal(ledger_settle(l, &e), STATUS_OK);
    assert_int_equal(waits, 0); /* nothing is left to be settled */
    change(l, 3000);
    assert_true(waits > 0);
    ledger_close(l);
    done(dir);
}

static void told_only_when_settled(void **state)
{
    char dir[64];
    struct error e = {0};
    struct ledger_changes changes;
    (void)state;
    unit_directory(dir, sizeof dir);
    struct ledger *l = fresh(dir, "b");
    ledger_changes_init(&changes, 1 << 20);
    assert_int_equal(ledger_hasten(l, &e), STATUS_OK);
    change(l, 1);
    waits = 0;
    assert_int_equal(ledger_batch(l, 100, 1 << 16, &changes, &e), STATUS_OK);
    assert_true(waits > 0);
    assert_int_equal(changes.count, 1);
    assert_string_equal(changes.rows[0].key, "1");
    ledger_changes_free(&changes);
    ledger_close(l);
    done(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_waits),
        cmocka_unit_test(told_only_when_settled),
    };
    count_waits();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
