/* odbc-loop – the yardstick of `make bench`: what reading a SELECT costs when nothing is done with it.
 *
 * Connects as src/tds/session.c does (the same driver, the same FreeTDS file, the same connection string),
 * binds every column as text and fetches blocks as large as src/erp/reader.c does (tds/block.h), and
 * hashes every cell where it stands. No record, no key, no ledger: a compare cannot do less.
 *
 *     odbc-loop DATABASE USER PASSWORD-FILE < STATEMENT       with FREETDSCONF naming the FreeTDS file
 *
 * Prints one JSON object. What it took is for the caller to see (wait4).
 */
#include <inttypes.h>
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"
#include "tds/block.h"
#include "tds/connect_string.h"
#include "config.h"

#define COLUMNS_MAX 160

struct loop {
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT statement;
    SQLSMALLINT columns;
    struct {
        char *bytes;
        SQLLEN *lengths;
        size_t size;
    } cells[COLUMNS_MAX];
    size_t rows_in_block;
    SQLULEN fetched;
    SQLUSMALLINT *row_status;
    uint64_t rows, hash;
};

static int failed(SQLSMALLINT type, SQLHANDLE handle, const char *what)
{
    SQLCHAR state[6] = "", text[512] = "";
    SQLINTEGER native;
    SQLSMALLINT length;
    if (handle)
        SQLGetDiagRec(type, handle, 1, state, &native, text, sizeof text, &length);
    fprintf(stderr, "odbc-loop: %s: %s %s\n", what, (const char *)state, (const char *)text);
    return 1;
}

static int connect_as(struct loop *l, const char *database, const char *user, const char *password)
{
    struct buf text, wide;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &l->env)) ||
        !SQL_SUCCEEDED(SQLSetEnvAttr(l->env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)SQL_OV_ODBC3, 0)) ||
        !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, l->env, &l->dbc)))
        return failed(0, NULL, "unixODBC could not be initialised");
    buf_init(&text, 8192);
    buf_init(&wide, 16384);
    enum braces braces =
        connect_string_needs_braces(password) ? connect_string_ask(l->env) : BRACES_NOT_ASKED;
    buf_printf(&text,
               "DRIVER=%s;Servername=erp;TDS_Version=7.4;ClientCharset=UTF-8;APP=endpoint;"
               "Database=%s;UID=%s",
               TDSODBC_PATH, database, user);
    if (!connect_string_add(&text, "PWD", password, braces))
        return failed(0, NULL, "the password cannot be given to the driver");
    buf_add_byte(&text, ';');
    text_to_utf16(&wide, buf_text(&text), text.length);
    SQLRETURN code =
        SQLDriverConnectW(l->dbc, NULL, (SQLWCHAR *)(void *)wide.data,
                          (SQLSMALLINT)(wide.length / 2), NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    buf_free(&text);
    buf_free(&wide);
    return SQL_SUCCEEDED(code) ? 0 : failed(SQL_HANDLE_DBC, l->dbc, "connecting");
}

static int bind(struct loop *l)
{
    SQLHSTMT s = l->statement;
    size_t row_bytes = 0;
    if (!SQL_SUCCEEDED(SQLNumResultCols(s, &l->columns)) || l->columns < 1 ||
        l->columns > COLUMNS_MAX)
        return failed(SQL_HANDLE_STMT, s, "columns");
    for (SQLSMALLINT i = 0; i < l->columns; i++) {
        SQLCHAR name[132];
        SQLSMALLINT length, type, digits, nullable;
        SQLULEN size;
        if (!SQL_SUCCEEDED(SQLDescribeCol(s, (SQLUSMALLINT)(i + 1), name, sizeof name, &length,
                                          &type, &size, &digits, &nullable)))
            return failed(SQL_HANDLE_STMT, s, "describing");
        l->cells[i].size = block_cell_size(type, size);
        row_bytes += l->cells[i].size + sizeof(SQLLEN);
    }
    l->rows_in_block = block_rows(row_bytes);
    l->row_status = mem_array(l->rows_in_block, sizeof l->row_status[0]);
    SQLSetStmtAttr(s, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)SQL_BIND_BY_COLUMN, 0);
    SQLSetStmtAttr(s, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(SQLULEN)l->rows_in_block, 0);
    SQLSetStmtAttr(s, SQL_ATTR_ROWS_FETCHED_PTR, &l->fetched, 0);
    SQLSetStmtAttr(s, SQL_ATTR_ROW_STATUS_PTR, l->row_status, 0);
    for (SQLSMALLINT i = 0; i < l->columns; i++) {
        l->cells[i].bytes = mem_array(l->rows_in_block, l->cells[i].size);
        l->cells[i].lengths = mem_array(l->rows_in_block, sizeof(SQLLEN));
        if (!SQL_SUCCEEDED(SQLBindCol(s, (SQLUSMALLINT)(i + 1), SQL_C_CHAR, l->cells[i].bytes,
                                      (SQLLEN)l->cells[i].size, l->cells[i].lengths)))
            return failed(SQL_HANDLE_STMT, s, "binding");
    }
    return 0;
}

static int fetch_and_hash(struct loop *l)
{
    SQLRETURN code;
    while ((code = SQLFetch(l->statement)) != SQL_NO_DATA) {
        if (!SQL_SUCCEEDED(code))
            return failed(SQL_HANDLE_STMT, l->statement, "fetching");
        for (SQLULEN row = 0; row < l->fetched; row++) {
            for (SQLSMALLINT i = 0; i < l->columns; i++) {
                SQLLEN length = l->cells[i].lengths[row];
                const char *cell = l->cells[i].bytes + row * l->cells[i].size;
                l->hash = XXH3_64bits_withSeed(cell, length > 0 ? (size_t)length : 0,
                                               l->hash + (uint64_t)length);
            }
        }
        l->rows += l->fetched;
    }
    return 0;
}

static int run(struct loop *l, const char *sql)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, l->dbc, &l->statement)))
        return failed(SQL_HANDLE_DBC, l->dbc, "making a statement");
    if (!SQL_SUCCEEDED(SQLExecDirect(l->statement, (SQLCHAR *)(uintptr_t)sql, SQL_NTS)))
        return failed(SQL_HANDLE_STMT, l->statement, "running the statement");
    int code = bind(l);
    return code ? code : fetch_and_hash(l);
}

int main(int argc, char **argv)
{
    static struct loop l;
    struct error e = {0};
    struct buf password, sql;
    char chunk[4096];
    size_t n;
    if (argc != 4)
        return failed(0, NULL, "usage: odbc-loop DATABASE USER PASSWORD-FILE < STATEMENT");
    buf_init(&password, 4096);
    buf_init(&sql, 1 << 20);
    if (file_read(argv[3], &password, NULL, &e) != STATUS_OK)
        return failed(0, NULL, e.text);
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        buf_add(&sql, chunk, n);
    int code = connect_as(&l, argv[1], argv[2], buf_text(&password));
    if (!code)
        code = run(&l, buf_text(&sql));
    if (!code)
        printf("{\"rows\":%" PRIu64 ",\"columns\":%d,\"block\":%zu,\"hash\":\"%016" PRIx64 "\"}\n",
               l.rows, (int)l.columns, l.rows_in_block, l.hash);
    if (l.statement)
        SQLFreeHandle(SQL_HANDLE_STMT, l.statement);
    if (l.dbc) {
        SQLDisconnect(l.dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, l.dbc);
    }
    if (l.env)
        SQLFreeHandle(SQL_HANDLE_ENV, l.env);
    for (size_t i = 0; i < COLUMNS_MAX; i++) {
        free(l.cells[i].bytes);
        free(l.cells[i].lengths);
    }
    free(l.row_status);
    buf_free(&password);
    buf_free(&sql);
    return code;
}
