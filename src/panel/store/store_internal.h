/* store_internal.h – what the files of the panel's store share: its connection to SQLite, and who is told of
 * changes. */
#ifndef ENDPOINT_PANEL_STORE_STORE_INTERNAL_H
#define ENDPOINT_PANEL_STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct store_notice;

struct store {
    sqlite3 *db;
    char *data_dir;
    struct store_notice *notice; /* told directly; NULL: who listens in data_dir is sent word */
    bool news;             /* something changed that endpoints wait for, and is not told yet */
    sqlite3_stmt *put_row; /* of store_rows.c: the one statement that is worth keeping */
    int64_t last_purge_s;  /* of store_endpoints.c: when old jti were forgotten last */
};

/* Tell the news, if there are any and they are kept: not before the transaction has ended (store_notice.c). */
void store_tell(struct store *s);

#endif
