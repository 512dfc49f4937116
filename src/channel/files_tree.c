#include "channel/files_tree.h"

#include <string.h>

#include "base/cp1250.h"
#include "base/json.h"
#include "base/latin2.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

/* ---- CSV ------------------------------------------------------------------------------------------ */

struct csv {
    const char *at, *end;
    char separator;
    size_t line; /* from 1 */
};

/* One cell, and what follows it: the separator, '\n' for the end of the row, '\0' for the end of
 * the file. */
static enum status csv_cell(struct csv *c, struct buf *cell, char *behind, struct error *e)
{
    bool quoted = c->at < c->end && *c->at == '"';
    size_t began = c->line;
    buf_reset(cell);
    if (quoted)
        c->at++;
    for (; c->at < c->end; c->at++) {
        char byte = *c->at;
        if (quoted && byte == '"') {
            if (c->at + 1 < c->end && c->at[1] == '"') {
                buf_add_byte(cell, '"');
                c->at++;
            } else {
                quoted = false;
            }
        } else if (!quoted && (byte == c->separator || byte == '\n')) {
            break;
        } else if (!(byte == '\r' && !quoted)) {
            buf_add_byte(cell, byte);
            c->line += byte == '\n';
        }
    }
    if (quoted)
        return error_set(e, STATUS_INVALID, "files_csv",
                         "line %zu: a quote is opened and never closed", began);
    *behind = c->at < c->end ? *c->at++ : '\0';
    c->line += *behind == '\n';
    return STATUS_OK;
}

static enum status csv_names(struct csv *c, json_t *names, struct error *e)
{
    struct buf cell;
    char behind = c->separator;
    enum status status = STATUS_OK;
    buf_init(&cell, 1000);
    while (status == STATUS_OK && behind == c->separator &&
           (status = csv_cell(c, &cell, &behind, e)) == STATUS_OK) {
        json_array_append_new(names, json_string(text_trim(cell.data ? cell.data : (char[]){""})));
        if (cell.failed || json_array_size(names) > FILES_TREE_COLUMNS)
            status = error_set(e, STATUS_INVALID, "files_csv",
                               "line 1: its names are too many or too long");
    }
    buf_free(&cell);
    return status;
}

static enum status csv_row(struct csv *c, const json_t *names, json_t *row, bool *empty,
                           struct error *e)
{
    struct buf cell;
    char behind = c->separator;
    size_t line = c->line, index = 0;
    enum status status = STATUS_OK;
    *empty = true;
    buf_init(&cell, 1 << 20);
    while (status == STATUS_OK && behind == c->separator &&
           (status = csv_cell(c, &cell, &behind, e)) == STATUS_OK) {
        const char *name = json_string_value(json_array_get(names, index++));
        *empty &= cell.length == 0;
        if (cell.failed)
            status =
                error_set(e, STATUS_INVALID, "files_csv", "line %zu: a cell is too long", line);
        else if (!name && cell.length)
            status = error_set(e, STATUS_INVALID, "files_csv",
                               "line %zu: it has more cells than the first line has names", line);
        else if (name)
            json_set_text(row, name, buf_text(&cell));
    }
    for (; index < json_array_size(names); index++)
        json_set_text(row, json_string_value(json_array_get(names, index)), "");
    buf_free(&cell);
    return status;
}

static enum status csv_rows(struct csv *c, json_t *rows, struct error *e)
{
    json_t *names = json_array();
    enum status status = csv_names(c, names, e);
    while (status == STATUS_OK && c->at < c->end) {
        bool empty;
        json_t *row = json_object();
        status = csv_row(c, names, row, &empty, e);
        if (status == STATUS_OK && !empty)
            json_array_append(rows, row);
        json_decref(row);
        if (json_array_size(rows) > FILES_TREE_ROWS)
            status = error_set(e, STATUS_INVALID, "files_csv", "it has more than %d rows",
                               FILES_TREE_ROWS);
    }
    json_decref(names);
    return status;
}

/* ---- encodings ------------------------------------------------------------------------------------ */

/* CSV does not name its encoding: the setting does. */
static enum status to_utf8(struct buf *b, const char *bytes, size_t length,
                           enum files_encoding encoding, struct error *e)
{
    if (encoding == FILES_CP1250) {
        cp1250_decode(b, bytes, length);
        return STATUS_OK;
    }
    if (encoding == FILES_LATIN2) {
        for (size_t i = 0; i < length; i++) {
            char utf8[4];
            buf_add(b, utf8, text_encode(utf8, latin2_point((uint8_t)bytes[i])));
        }
        return STATUS_OK;
    }
    if (!text_is_utf8(bytes, length)) {
        error_set(e, STATUS_INVALID, "files_encoding", "it is not in UTF-8");
        return error_remedy(
            e, "If the file is in windows-1250 or ISO-8859-2, set the setting encoding.");
    }
    size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    buf_add(b, bytes + mark, length - mark);
    return STATUS_OK;
}

static enum status read_csv(const char *bytes, size_t length, const struct files_layout *layout,
                            json_t **tree, struct error *e)
{
    struct buf text;
    buf_init(&text, 3 * length + 1);
    enum status status = to_utf8(&text, bytes, length, layout->encoding, e);
    struct csv c = {.at = buf_text(&text),
                    .end = buf_text(&text) + text.length,
                    .separator = layout->separator,
                    .line = 1};
    json_t *rows = json_array();
    if (status == STATUS_OK && memchr(buf_text(&text), '\0', text.length))
        status = error_set(e, STATUS_INVALID, "files_csv", "it has NUL bytes in it");
    if (status == STATUS_OK)
        status = csv_rows(&c, rows, e);
    buf_free(&text);
    if (status == STATUS_OK)
        *tree = rows;
    else
        json_decref(rows);
    return status;
}

enum status files_tree_read(const char *bytes, size_t length, const char *suffix,
                            const struct files_layout *layout, json_t **tree, struct error *e)
{
    *tree = NULL;
    if (text_equal(suffix, "csv"))
        return read_csv(bytes, length, layout, tree, e);
    if (text_equal(suffix, "xml"))
        return xml_read(bytes, length, tree, e);
    size_t mark = length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *tree = json_parse(bytes + mark, length - mark, e);
    return *tree ? STATUS_OK : STATUS_INVALID;
}
