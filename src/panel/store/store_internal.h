/* store_internal.h – what the files of the panel's store share: its connection to SQLite. */
#ifndef ENDPOINT_PANEL_STORE_STORE_INTERNAL_H
#define ENDPOINT_PANEL_STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdint.h>

struct store {
    sqlite3 *db;
    sqlite3_stmt *put_row; /* of store_rows.c: the one statement that is worth keeping */
    int64_t last_purge_s;  /* of store_endpoints.c: when old jti were forgotten last */
};

#endif
