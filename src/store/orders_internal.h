/* orders_internal.h – shared by the files of the order ledger. */
#ifndef ENDPOINT_STORE_ORDERS_INTERNAL_H
#define ENDPOINT_STORE_ORDERS_INTERNAL_H

#include <sqlite3.h>

#include "store/orders.h"

/* Tallies that are not live orders of a state. */
enum { TALLY_OUTCOMES = ORDER_STATES, TALLY_EVER_DONE, TALLIES };

/* ledger.c: the connection, for this room only. */
sqlite3 *ledger_database(struct ledger *l);

#define ORDER_STATEMENTS 48

struct orders {
    sqlite3 *db;
    sqlite3_stmt *statements[ORDER_STATEMENTS];
    bool older; /* a ledger without the columns of order_said_schema, that is only read */
    /* Orders done since a time, when done_ever had ever been. */
    bool done_known;
    int64_t done_since_ms, done_count, done_ever;
};

/* A statement of the table in orders.c, ready to be bound. */
enum order_query {
    OQ_BY_SCOPE,
    OQ_BY_ID,
    OQ_BY_NUMBER,
    OQ_INSERT,
    OQ_REPLACE,
    OQ_LATE,
    OQ_MOVE,
    OQ_HISTORY,
    OQ_HISTORY_AGAIN,
    OQ_UNTOLD_PUT,
    OQ_STAGED,
    OQ_BLOCK_TELL,
    OQ_BLOCK,
    OQ_PAGE,
    OQ_WATCHED,
    OQ_CONTENT,
    OQ_DIGEST,
    OQ_BY_MARKER,
    OQ_COUNT_STATE,
    OQ_COUNT_CLOSED,
    OQ_COUNT_DONE,
    OQ_COUNT_OUTCOMES,
    OQ_TALLIES,
    OQ_OLDEST_HANDED,
    OQ_REFUSED,
    OQ_UNTOLD,
    OQ_TOLD,
    OQ_LATER,
    OQ_TRIM_LIST,
    OQ_TRIM,
    OQ_TRIM_HISTORY,
    OQ_UNWATCH,
    OQ_CURSOR,
    OQ_SET_CURSOR,
    OQ_LIST,
    OQ_SEARCH,
    OQ_FAULTS,
    OQ_READ_HISTORY,
    OQ_ARRIVED,
    OQ_ELSEWHERE,
    OQ_PLACE,
    OQ_MARKED,
    OQ_AWAY,
    OQ_AWAY_DONE,
    OQ_UNWARNED,
    OQ_WARNED,
    OQ_COUNT_WARNED,
    OQ_FORGET_WARNED,
    ORDER_QUERIES
};
/* Run a statement without rows on one number, which is its ?1. */
enum status orders_run_on(struct orders *o, enum order_query q, int64_t value, struct error *e);
enum status orders_statement(struct orders *o, enum order_query q, sqlite3_stmt **s,
                             struct error *e);
/* A row of the entry's columns. */
void orders_take(sqlite3_stmt *s, struct order_entry *entry);

#endif
