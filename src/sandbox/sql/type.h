/* type.h – families of SQL Server's types.
 *
 * How SQLite stores values: exact numbers (bit … bigint, money, decimal) as INTEGER scaled by the
 * type's scale, so money is exact, sortable and fast; FLOAT and REAL as REAL; texts, GUIDs, dates
 * and times as TEXT in the notation of engine.h; binary as BLOB. Decimals are therefore limited to
 * 18 digits: more are refused with message 8115.
 */
#ifndef ENDPOINT_SANDBOX_SQL_TYPE_H
#define ENDPOINT_SANDBOX_SQL_TYPE_H

#include <sqlite3.h>

#include "base/cp1250.h"
#include "sandbox/sql/engine.h"

bool type_exact(enum sql_type t); /* stored as a scaled integer */
bool type_float(enum sql_type t);
bool type_text(enum sql_type t); /* char, varchar, nchar, nvarchar, text, ntext */
bool type_wide(enum sql_type t); /* nchar, nvarchar, ntext */
bool type_date(enum sql_type t); /* date, time, datetime … */
bool type_binary(enum sql_type t);

/* Digits of an exact type as decimal arithmetic counts them. */
int type_precision(const struct sql_column *t);
int type_scale(const struct sql_column *t); /* 4 for money, 0 for integers */

/* The type that a CASE, COALESCE or UNION of both has. */
struct sql_column type_unify(const struct sql_column *a, const struct sql_column *b);

/* "decimal(19,4)" */
void type_name(const struct sql_column *t, char *target, size_t size);

enum cast_mode { CAST_PLAIN, CAST_ASSIGN, CAST_TRY };

/* State of the functions (ep_…) and the collation PL on a connection. They leave an error, SQL
 * Server's number and text, where udf_fault finds it. */
struct udf_state {
    int number;
    char text[512];
    int64_t held;        /* a row version taken early, for a late commit; 0: none */
    int64_t clock_ahead; /* seconds by which the clock is wrong */
};

#endif
