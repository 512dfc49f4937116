#include "panel/store/store.h"

#include <limits.h>
#include <stdlib.h>

#include "base/memory.h"
#include "os/dir.h"
#include "os/path.h"
#include "panel/store/store_internal.h"
#include "store/db.h"

static const char *const schema[] = {
    "CREATE TABLE accounts(id TEXT PRIMARY KEY, name TEXT NOT NULL, created TEXT NOT NULL);"
    "CREATE TABLE tokens(hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " expires_ms INTEGER NOT NULL, public_key TEXT, endpoint_id TEXT);"
    "CREATE TABLE endpoints(id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts(id),"
    " name TEXT, version TEXT, platform TEXT, erp TEXT, public_key TEXT NOT NULL, old_key TEXT,"
    " old_until_ms INTEGER NOT NULL DEFAULT 0, revoked INTEGER NOT NULL DEFAULT 0, registered TEXT "
    "NOT NULL,"
    " last_seen TEXT, status TEXT, rev INTEGER NOT NULL DEFAULT 1);"
    "CREATE TABLE plugins(id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL REFERENCES endpoints(id),"
    " enabled INTEGER NOT NULL, version INTEGER NOT NULL, scenario TEXT NOT NULL, acked INTEGER "
    "NOT NULL DEFAULT 0);"
    "CREATE TABLE plugin_versions(id TEXT NOT NULL, version INTEGER NOT NULL, scenario TEXT NOT "
    "NULL,"
    " saved TEXT NOT NULL, PRIMARY KEY(id, version));"
    "CREATE TABLE commands(id TEXT PRIMARY KEY, endpoint_id TEXT NOT NULL, what TEXT NOT NULL, "
    "with_json TEXT NOT NULL,"
    " created TEXT NOT NULL, result TEXT, answered TEXT);"
    "CREATE TABLE rows(plugin_id TEXT NOT NULL, stream TEXT NOT NULL, key TEXT NOT NULL, seq "
    "INTEGER NOT NULL,"
    " deleted INTEGER NOT NULL, data TEXT, PRIMARY KEY(plugin_id, stream, key)) WITHOUT ROWID;"
    "CREATE TABLE journal(id INTEGER PRIMARY KEY, endpoint_id TEXT NOT NULL, remote_id INTEGER, at "
    "TEXT, level TEXT,"
    " plugin TEXT, ord TEXT, code TEXT, text TEXT, UNIQUE(endpoint_id, remote_id));"
    "CREATE TABLE seen(endpoint_id TEXT NOT NULL, jti TEXT NOT NULL, expires INTEGER NOT NULL,"
    " PRIMARY KEY(endpoint_id, jti)) WITHOUT ROWID",
    "ALTER TABLE plugins ADD COLUMN order_seq INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE orders(plugin_id TEXT NOT NULL REFERENCES plugins(id), id TEXT NOT NULL, number "
    "TEXT NOT NULL,"
    " revision INTEGER NOT NULL, cancelled INTEGER NOT NULL, seq INTEGER NOT NULL, added TEXT NOT "
    "NULL,"
    " changed TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'new', outcome TEXT,"
    " outcome_ms INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(plugin_id, id));"
    "CREATE UNIQUE INDEX orders_seq ON orders(plugin_id, seq);"
    "CREATE INDEX orders_state ON orders(state, added);"
    "CREATE TABLE order_revisions(plugin_id TEXT NOT NULL, order_id TEXT NOT NULL, revision "
    "INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, tag TEXT NOT NULL, data TEXT NOT NULL, added TEXT NOT NULL,"
    " PRIMARY KEY(plugin_id, order_id, revision));"
    "CREATE UNIQUE INDEX order_revisions_seq ON order_revisions(plugin_id, seq);"
    "CREATE TABLE outcomes(id INTEGER PRIMARY KEY, plugin_id TEXT NOT NULL, order_id TEXT NOT NULL,"
    " hash TEXT NOT NULL, at_ms INTEGER NOT NULL, received TEXT NOT NULL, data TEXT NOT NULL,"
    " UNIQUE(plugin_id, order_id, hash));"
    "CREATE INDEX rows_external ON rows(json_extract(data,'$.external_id')) WHERE "
    "stream='order-states'",
    "ALTER TABLE journal ADD COLUMN correlation TEXT",
    /* An endpoint may reuse an id for another entry: that is a separate entry. */
    "CREATE TABLE entries(id INTEGER PRIMARY KEY, endpoint_id TEXT NOT NULL, remote_id INTEGER, at "
    "TEXT, level TEXT, plugin TEXT, ord TEXT, code TEXT, text TEXT, correlation TEXT);"
    "INSERT INTO entries SELECT id,endpoint_id,remote_id,at,level,plugin,ord,code,text,correlation "
    "FROM journal;"
    "DROP TABLE journal; ALTER TABLE entries RENAME TO journal;"
    "CREATE UNIQUE INDEX journal_remote ON journal(endpoint_id,remote_id,at)",
    /* The newest start of each endpoint, and the newcomer that wants to replace it (starts.c); when
     * the panel itself listened, and whom it misses (contact.c). */
    "CREATE TABLE starts(endpoint_id TEXT PRIMARY KEY, incarnation INTEGER NOT NULL, life TEXT, place "
    "TEXT,"
    " host TEXT, called_ms INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL DEFAULT 0,"
    " asked_life TEXT, asked_ms INTEGER NOT NULL DEFAULT 0, twin_life TEXT, twin_host TEXT,"
    " twin_ms INTEGER NOT NULL DEFAULT 0, twin_asked_ms INTEGER NOT NULL DEFAULT 0,"
    " twin_let INTEGER NOT NULL DEFAULT 0, former_life TEXT,"
    " former_until_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE listening(one INTEGER PRIMARY KEY CHECK(one=1), since_ms INTEGER NOT NULL,"
    " last_ms INTEGER NOT NULL);"
    "CREATE TABLE missed(endpoint_id TEXT PRIMARY KEY, since_ms INTEGER NOT NULL)",
};

enum status store_open(const char *data_dir, struct store **out, struct error *e)
{
    char path[PATH_MAX];
    struct store *s = mem_alloc(sizeof *s);
    *out = NULL;
    s->data_dir = mem_string(data_dir);
    enum status status = dir_ensure(data_dir, 0700, e);
    if (status == STATUS_OK)
        status = path_join(path, sizeof path, data_dir, "panel.db", e);
    if (status == STATUS_OK)
        status = db_open(path, DB_CREATE, &s->db, e);
    if (status == STATUS_OK) /* full after a few thousand rows: the same for a shop of any size */
        status = db_exec(s->db, "PRAGMA cache_size=-1000", e);
    if (status == STATUS_OK)
        status = db_migrate(s->db, schema, COUNT_OF(schema), e);
    if (status != STATUS_OK) {
        store_close(s);
        return status;
    }
    *out = s;
    return STATUS_OK;
}

void store_close(struct store *s)
{
    if (!s)
        return;
    sqlite3_finalize(s->put_row);
    db_close(s->db);
    free(s->data_dir);
    free(s);
}
