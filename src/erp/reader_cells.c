/* The cells of a fetched block: what the driver returned for each, and what it could not return. */
#include "erp/reader_cells.h"

#include <string.h>

#include "base/text.h"
#include "erp/reader_internal.h"
#include "erp/reader.h"

static bool any_cut(const struct reader *r, SQLULEN row)
{
    for (size_t i = 0; i < r->column_count; i++) {
        const struct column *c = &r->columns[i];
        SQLLEN n = c->lengths[row];
        if (!c->integer && (n == SQL_NO_TOTAL || n >= (SQLLEN)c->size))
            return true;
    }
    return false;
}

/* Rows are judged by their cells. FreeTDS marks every row after one with a truncated value
 * SQL_ROW_ERROR. If it could not convert a value it ends the block with that row: the cells after
 * that value are unread. */
void reader_judge_block(struct reader *r)
{
    SQLULEN last = r->fetched - 1;
    bool cut = false;
    r->failed_row = r->rows_in_block;
    if (r->row_status[last] != SQL_ROW_ERROR)
        return;
    for (SQLULEN i = 0; i <= last && !cut; i++)
        cut = any_cut(r, i);
    bool unread = r->columns[r->column_count - 1].lengths[last] == UNREAD;
    if (unread || !cut)
        r->failed_row = last;
}

int64_t reader_integer(const struct reader *r, const struct column *c)
{
    int64_t value;
    memcpy(&value, c->cells + r->row * sizeof value, sizeof value);
    return value;
}

size_t reader_print_integer(struct reader *r, int64_t value, const char **text)
{
    char *end = r->digits + sizeof r->digits, *p = end;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    *text = p;
    return (size_t)(end - p);
}

/* The driver stopped in this row: at the cell before the first one that it did not reach. */
static bool gave_up_at(const struct reader *r, const struct column *c)
{
    if (r->row != r->failed_row)
        return false;
    if (c->lengths[r->row] == UNREAD)
        return true;
    return c + 1 == r->columns + r->column_count || c[1].lengths[r->row] == UNREAD;
}

/* A value that does not fit, or that is not a text and was truncated by the driver. FreeTDS often
 * cannot say how long a truncated value is (SQL_NO_TOTAL). */
static enum status bad_cell(const struct reader *r, const struct column *c, struct error *e)
{
    const char *text = c->cells + r->row * c->size;
    size_t length = strnlen(text, c->size);
    if (c->lengths[r->row] != SQL_NO_TOTAL || length + 4 >= c->size) {
        error_set(e, STATUS_FULL, "value_long", "the text is longer than %zu bytes", c->size - 1);
        return error_remedy(e, "Shorten it in the ERP, or cut it in the mapping.");
    }
    error_set(e, STATUS_INVALID, "value_text",
              "the text ends in half a character, after the first %zu", text_points(text, length));
    return error_remedy(
        e, "Type the end of the text again in the ERP: a character (usually an emoji) was cut "
           "in two at the column's width.");
}

enum status reader_cell(struct reader *r, const struct column *c, const char **text, size_t *length,
                        struct error *e)
{
    SQLLEN n = c->lengths[r->row];
    *text = NULL;
    *length = 0;
    if (r->row == r->failed_row && gave_up_at(r, c)) {
        error_set(e, STATUS_INVALID, "value_unread", "the driver could not convert the value");
        return error_remedy(
            e, "Look at the value in the ERP; the mapping can CAST the column to another type.");
    }
    if (n == SQL_NULL_DATA)
        return STATUS_OK;
    if (c->integer) {
        *length = reader_print_integer(r, reader_integer(r, c), text);
        return STATUS_OK;
    }
    if (n < 0 || (size_t)n >= c->size)
        return bad_cell(r, c, e);
    *text = c->cells + r->row * c->size;
    *length = (size_t)n;
    return STATUS_OK;
}
