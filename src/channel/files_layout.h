/* files_layout.h – how the channel `file` writes records: CSV, XML or JSON lines, with the columns,
 * the decimal sign and the encoding that the file's reader wants. Nothing here touches a file.
 */
#ifndef ENDPOINT_CHANNEL_FILES_LAYOUT_H
#define ENDPOINT_CHANNEL_FILES_LAYOUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/stream.h"

#define FILES_COLUMNS 64
#define FILES_NAME    64 /* bytes of a column's name */

enum files_format { FILES_CSV, FILES_XML, FILES_JSONL };
enum files_encoding { FILES_UTF8, FILES_UTF8_MARK, FILES_CP1250, FILES_LATIN2 };

struct files_layout {
    enum files_format format;
    enum files_encoding encoding;
    char separator;                         /* of CSV */
    bool decimal_comma;                     /* 12,50 */
    bool whole;                             /* quantities are rounded down to whole ones */
    bool header, crlf;                      /* of CSV: a line of names; lines end as on Windows */
    char root[FILES_NAME], row[FILES_NAME]; /* of XML: names of its elements */
    struct files_column {
        char name[FILES_NAME];
        char field[FILES_NAME]; /* of the stream, "op", "key", or a further column of the mapping */
        bool decimal, quantity; /* the kind of field */
    } columns[FILES_COLUMNS];
    size_t count;
};

/* Read the rows of settings that are about layout (config/channel_types.h). Without "columns" all
 * fields of the stream are written under their own names, after "op" if a file contains changes.
 * STATUS_INVALID: files_column names the fault. */
enum status files_layout_read(struct files_layout *l, const json_t *settings,
                              const struct stream_def *stream, bool changes, struct error *e);

/* "csv", "xml", "jsonl". */
const char *files_layout_suffix(const struct files_layout *l);

/* The beginning of a file, one record, and the end, in the file's encoding. A letter that the
 * encoding lacks is replaced by a similar one or '?'. data: the record's members; op: "upsert" or
 * "delete". */
void files_layout_begin(const struct files_layout *l, struct buf *b);
void files_layout_row(const struct files_layout *l, const char *op, const char *key,
                      const json_t *data, struct buf *b);
void files_layout_end(const struct files_layout *l, struct buf *b);

#endif
