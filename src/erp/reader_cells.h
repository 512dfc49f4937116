/* reader_cells.h – the cells of a fetched block: what the driver returned for each, and what it
 * could not return. */
#ifndef ENDPOINT_ERP_READER_CELLS_H
#define ENDPOINT_ERP_READER_CELLS_H

#include "erp/reader_internal.h"

/* Judge the rows of the block by their cells, not by their status. Call it after each fetch that
 * came with information. */
void reader_judge_block(struct reader *r);

/* An integer cell of the current row. */
int64_t reader_integer(const struct reader *r, const struct column *c);

/* An integer as text, right-aligned in r->digits; its length. */
size_t reader_print_integer(struct reader *r, int64_t value, const char **text);

/* A cell's bytes, valid until the next call; NULL for SQL NULL. STATUS_FULL (value_long),
 * STATUS_INVALID (value_text, value_unread): the value is unusable. */
enum status reader_cell(struct reader *r, const struct column *c, const char **text, size_t *length,
                        struct error *e);

#endif
