/* block.h – how many rows are fetched at a time, and how much room a value gets. The reader uses
 * this rule, and so does the bare loop in tests/bench/.
 */
#ifndef ENDPOINT_TDS_BLOCK_H
#define ENDPOINT_TDS_BLOCK_H

#include <sql.h>
#include <sqlext.h>
#include <stddef.h>

#define BLOCK_CELL_MAX 65536     /* bytes of one value, UTF-8 */
#define BLOCK_BYTES    (1 << 20) /* of a fetched block */
#define BLOCK_ROWS     512

/* How many bytes of UTF-8 a value of this type may take, including a NUL at the end. */
static inline size_t block_cell_size(SQLSMALLINT type, SQLULEN size)
{
    switch (type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_LONGVARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
    case SQL_WLONGVARCHAR:
        if (size == 0 || size > BLOCK_CELL_MAX / 4)
            return BLOCK_CELL_MAX;
        return size * 4 + 1; /* a cp1250 character takes up to 3 bytes, a UTF-16 pair 4 */
    default: return 80;
    }
}

/* row_bytes: the cells of a row with their SQLLENs. */
static inline size_t block_rows(size_t row_bytes)
{
    size_t rows = BLOCK_BYTES / row_bytes;
    return rows < 1 ? 1 : rows > BLOCK_ROWS ? BLOCK_ROWS : rows;
}

#endif
