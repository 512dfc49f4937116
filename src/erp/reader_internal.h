/* reader_internal.h – shared by the reader's files: a block of fetched rows, and its cells. */
#ifndef ENDPOINT_ERP_READER_INTERNAL_H
#define ENDPOINT_ERP_READER_INTERNAL_H

#include "mapping/mapping.h"
#include "tds/session.h"

#define COLUMNS_MAX 160
#define UNREAD      (-99) /* a cell that the driver did not reach; no mark of ODBC's */

enum role { ROLE_KEY, ROLE_FIELD, ROLE_EXTRA, ROLE_EXPANDED };

struct column {
    char name[208];  /* a custom field's may be longer than a column's */
    char alias[132]; /* in the statement */
    enum role role;
    size_t index; /* of the key part, field or extra */
    long number;  /* ROLE_EXPANDED: which of the records */
    bool integer; /* fetched as int64_t: cheaper than as text */
    size_t size;  /* of a cell */
    char *cells;  /* rows × size */
    SQLLEN *lengths;
};

struct reader {
    struct session *session;
    const struct mapping_stream *stream;
    SQLHSTMT statement;
    struct column columns[COLUMNS_MAX];
    size_t column_count;
    const struct column *keys[2]; /* NULL: the number of an expanded record */
    char digits[24];              /* an integer cell as text */
    size_t rows_in_block;         /* how many a block may have */
    SQLULEN fetched;
    SQLUSMALLINT *row_status;
    size_t row;               /* the next one of the block */
    bool ended, have;         /* have: `next` holds a record that was started */
    struct record records[2]; /* the returned one and the one being folded */
    int current;
    struct key last;
    bool has_last;
    bool folds;
    SQLULEN failed_row;  /* the row in which the driver gave up; rows_in_block: none */
    long expand_at;      /* of the row being expanded */
    size_t expand_index; /* the field that its number goes into */
    bool expanding;
    char where[160]; /* "stream stock (file:line)" */
    struct buf sql;
    struct mapping_values values;
    SQLLEN value_lengths[MAPPING_VALUES];
};

#endif
