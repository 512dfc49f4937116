/* store_internal.h – shared by the files of the panel's store: its connection to SQLite, and who is
 * notified of changes. */
#ifndef ENDPOINT_PANEL_STORE_STORE_INTERNAL_H
#define ENDPOINT_PANEL_STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct store_notice;

struct store {
    sqlite3 *db;
    char *data_dir;
    struct store_notice *notice; /* notified directly; NULL: send it a notice */
    bool news;                   /* endpoints wait for a change that was not announced yet */
    sqlite3_stmt *put_row;       /* of store_rows.c: the one statement worth keeping */
    int64_t last_purge_s;        /* of store_endpoints.c: when old jti were forgotten last */
};

/* Announce the changes, if there are any, once they are committed: not before the transaction has
 * ended (store_notice.c). */
void store_tell(struct store *s);

#endif
