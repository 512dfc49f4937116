#include "channel/files_layout.h"

#include <inttypes.h>
#include <string.h>

#include "base/cp1250.h"
#include "base/json.h"
#include "base/latin2.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "model/decimal.h"

#define CELL_MAX \
    (1 << 20) /* bytes of one cell, unescaped: model/record.h bounds a record's texts */
#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"%s\"?>\n"
#define LIST_SEPARATOR  ","

/* ---- columns -------------------------------------------------------------------------------------- */

static bool known_field(const struct stream_def *stream, const char *field)
{
    return stream_field(stream, field) >= 0 || text_equal(field, "op") ||
           text_equal(field, "key") || (text_starts(field, "extra.") && field[6]);
}

static void add_column(struct files_layout *l, const struct stream_def *stream, const char *name,
                       const char *field)
{
    struct files_column *c = &l->columns[l->count++];
    int index = stream_field(stream, field);
    text_copy(c->name, sizeof c->name, name);
    text_copy(c->field, sizeof c->field, field);
    c->decimal = index >= 0 && stream->fields[index].type == FIELD_DECIMAL;
    c->quantity = c->decimal && text_equal(stream->name, "stock");
}

/* Is it an XML 1.0 name in ASCII? Every reader accepts that. */
static bool xml_name(const char *name)
{
    if (!((name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= 'a' && name[0] <= 'z') ||
          name[0] == '_'))
        return false;
    for (const char *c = name; *c; c++)
        if (!((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') ||
              *c == '_' || *c == '-' || *c == '.'))
            return false;
    return true;
}

/* "name=field" or "field". */
static enum status read_column(struct files_layout *l, const struct stream_def *stream,
                               const char *text, struct error *e)
{
    char name[FILES_NAME], field[FILES_NAME];
    const char *equal = strchr(text, '=');
    bool fits = equal ? text_format(name, sizeof name, "%.*s", (int)(equal - text), text) &&
                            text_copy(field, sizeof field, equal + 1)
                      : text_copy(name, sizeof name, text) && text_copy(field, sizeof field, text);
    if (!fits || !name[0] || !known_field(stream, field)) {
        error_set(e, STATUS_INVALID, "files_column", "the column \"%.100s\" names no field of %s",
                  text, stream->name);
        return error_remedy(
            e,
            "Write NAME=FIELD; fields are those of the stream, \"op\", \"key\", and \"extra.NAME\" of the mapping "
            "(endpoint-file(7)).");
    }
    if (l->format == FILES_XML && !xml_name(name)) {
        error_set(e, STATUS_INVALID, "files_column",
                  "\"%.100s\" cannot be the name of an XML element", name);
        return error_remedy(e, "Use letters, digits, '_', '-' and '.', beginning with a letter.");
    }
    add_column(l, stream, name, field);
    return STATUS_OK;
}

static enum status read_columns(struct files_layout *l, const json_t *list,
                                const struct stream_def *stream, bool changes, struct error *e)
{
    const json_t *item;
    size_t i;
    enum status status = STATUS_OK;
    if (json_array_size(list) > FILES_COLUMNS)
        return error_set(e, STATUS_INVALID, "files_column",
                         "there are %zu columns, at most %d are written", json_array_size(list),
                         FILES_COLUMNS);
    json_array_foreach (list, i, item) {
        status = read_column(l, stream, json_is_string(item) ? json_string_value(item) : "", e);
        if (status != STATUS_OK)
            return status;
    }
    if (l->count > 0)
        return STATUS_OK;
    if (changes)
        add_column(l, stream, "op", "op");
    for (i = 0; i < stream->field_count; i++)
        add_column(l, stream, stream->fields[i].name, stream->fields[i].name);
    return STATUS_OK;
}

/* ---- layout --------------------------------------------------------------------------------------- */

static const char *element_of(const char *stream)
{
    static const char *const names[][2] = {{"products", "product"},
                                           {"stock", "product"},
                                           {"prices", "price"},
                                           {"customers", "customer"},
                                           {"order-states", "order"}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_equal(names[i][0], stream))
            return names[i][1];
    return "row";
}

static int choice(const json_t *settings, const char *name, const char *const *words, int otherwise)
{
    const char *word = json_text(settings, name, "");
    for (int i = 0; words[i]; i++)
        if (text_equal(words[i], word))
            return i;
    return otherwise;
}

static enum status read_names(struct files_layout *l, const json_t *settings, const char *stream,
                              struct error *e)
{
    const char *root = json_text(settings, "xml_root", stream),
               *row = json_text(settings, "xml_row", element_of(stream));
    if (text_copy(l->root, sizeof l->root, root) && text_copy(l->row, sizeof l->row, row) &&
        xml_name(root) && xml_name(row))
        return STATUS_OK;
    return error_set(e, STATUS_INVALID, "files_column",
                     "\"%.100s\" or \"%.100s\" cannot be the name of an XML element", root, row);
}

enum status files_layout_read(struct files_layout *l, const json_t *settings,
                              const struct stream_def *stream, bool changes, struct error *e)
{
    static const char *const formats[] = {"csv", "xml", "jsonl", NULL};
    static const char *const encodings[] = {"utf-8", "utf-8-bom", "windows-1250", "iso-8859-2",
                                            NULL};
    static const char *const separators[] = {"semicolon", "comma", "tab", "pipe", NULL};
    *l = (struct files_layout){
        .format = (enum files_format)choice(settings, "format", formats, FILES_CSV),
        .encoding = (enum files_encoding)choice(settings, "encoding", encodings, FILES_UTF8),
        .separator = ";,\t|"[choice(settings, "separator", separators, 0)],
        .decimal_comma = text_equal(json_text(settings, "decimal", "point"), "comma"),
        .whole = json_flag(settings, "whole_quantities", false),
        .header = json_flag(settings, "header", true),
        .crlf = json_flag(settings, "crlf", false)};
    if (l->format == FILES_JSONL && l->encoding > FILES_UTF8_MARK)
        return error_set(e, STATUS_INVALID, "files_encoding", "JSON is written in UTF-8 only");
    enum status status = read_names(l, settings, stream->name, e);
    return status == STATUS_OK
               ? read_columns(l, json_object_get(settings, "columns"), stream, changes, e)
               : status;
}

const char *files_layout_suffix(const struct files_layout *l)
{
    static const char *const suffixes[] = {"csv", "xml", "jsonl"};
    return suffixes[l->format];
}

/* ---- cells ---------------------------------------------------------------------------------------- */

static void add_decimal(const struct files_layout *l, const struct files_column *c,
                        const char *text, struct buf *b)
{
    struct decimal d;
    char printed[DECIMAL_TEXT];
    if (decimal_parse(text, strlen(text), &d, NULL) != STATUS_OK) {
        buf_add_text(b, text);
        return;
    }
    if (c->quantity && l->whole)
        decimal_floor(&d); /* a part of a piece cannot be sold */
    decimal_print(&d, printed);
    char *point = strchr(printed, '.');
    if (point && l->decimal_comma)
        *point = ',';
    buf_add_text(b, printed);
}

static const json_t *member(const json_t *data, const char *field)
{
    return text_starts(field, "extra.") ? json_object_get(json_object_get(data, "extra"), field + 6)
                                        : json_object_get(data, field);
}

/* A cell's text for people: "" for a missing value, 1 and 0 for yes and no, lists with commas. */
static void cell(const struct files_layout *l, const struct files_column *c, const json_t *value,
                 struct buf *b)
{
    const json_t *item;
    size_t i;
    if (json_is_string(value) && c->decimal) {
        add_decimal(l, c, json_string_value(value), b);
    } else if (json_is_string(value)) {
        buf_add(b, json_string_value(value), json_string_length(value));
    } else if (json_is_boolean(value)) {
        buf_add_text(b, json_is_true(value) ? "1" : "0");
    } else if (json_is_integer(value)) {
        buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else {
        json_array_foreach (value, i, item) {
            buf_add_text(b, i ? LIST_SEPARATOR : "");
            buf_add_text(b, json_is_string(item) ? json_string_value(item) : "");
        }
    }
}

static void cell_of(const struct files_layout *l, const struct files_column *c, const char *op,
                    const char *key, const json_t *data, struct buf *b)
{
    buf_reset(b);
    if (text_equal(c->field, "op"))
        buf_add_text(b, op);
    else if (text_equal(c->field, "key"))
        buf_add_text(b, key);
    else
        cell(l, c, member(data, c->field), b);
}

/* ---- encodings ------------------------------------------------------------------------------------ */

static int byte_of(const struct files_layout *l, uint32_t point)
{
    return l->encoding == FILES_CP1250 ? cp1250_byte(point) : latin2_byte(point);
}

/* Write a character that the encoding lacks: in XML as a reference, else with similar letters. */
static void replace(const struct files_layout *l, struct buf *b, uint32_t point)
{
    const char *text = cp1250_substitute(point);
    if (l->format == FILES_XML) {
        buf_printf(b, "&#%" PRIu32 ";", point);
        return;
    }
    if (!text) {
        buf_add_byte(b, '?');
        return;
    }
    size_t length = strlen(text);
    for (size_t i = 0, used = 1; i < length; i += used) {
        int byte = byte_of(l, (uint32_t)text_decode(text + i, length - i, &used));
        buf_add_byte(b, byte < 0 ? '?' : byte);
    }
}

static void encode(const struct files_layout *l, struct buf *b, const char *text, size_t length)
{
    if (l->encoding == FILES_UTF8 || l->encoding == FILES_UTF8_MARK) {
        buf_add(b, text, length);
        return;
    }
    for (size_t i = 0, used = 1; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        int byte = point < 0 ? '?' : byte_of(l, (uint32_t)point);
        if (byte < 0)
            replace(l, b, (uint32_t)point);
        else
            buf_add_byte(b, byte);
    }
}

/* RFC 4180: a value with a separator, a quote or a line end is quoted; so is one with blanks at its
 * ends, which some readers drop. */
static void add_csv(const struct files_layout *l, const struct buf *text, struct buf *b)
{
    const char special[] = {l->separator, '"', '\r', '\n', '\0'};
    const char *t = buf_text(text);
    size_t length = text->length;
    bool quoted = strcspn(t, special) < length || (length && (t[0] == ' ' || t[length - 1] == ' '));
    if (quoted)
        buf_add_byte(b, '"');
    for (size_t start = 0; start <= length;) {
        const char *quote = memchr(t + start, '"', length - start);
        size_t end = quote ? (size_t)(quote - t) + 1 : length;
        encode(l, b, t + start, end - start);
        if (quote)
            buf_add_byte(b, '"');
        start = quote ? end : length + 1;
    }
    if (quoted)
        buf_add_byte(b, '"');
}

static void end_line(const struct files_layout *l, struct buf *b)
{
    buf_add_text(b, l->crlf ? "\r\n" : "\n");
}

/* ---- rows ----------------------------------------------------------------------------------------- */

static void csv_row(const struct files_layout *l, const char *op, const char *key,
                    const json_t *data, struct buf *b)
{
    struct buf text;
    buf_init(&text, CELL_MAX);
    for (size_t i = 0; i < l->count; i++) {
        cell_of(l, &l->columns[i], op, key, data, &text);
        if (i)
            buf_add_byte(b, l->separator);
        add_csv(l, &text, b);
    }
    end_line(l, b);
    buf_free(&text);
}

static void xml_row(const struct files_layout *l, const char *op, const char *key,
                    const json_t *data, struct buf *b)
{
    struct buf text, escaped;
    buf_init(&text, CELL_MAX);
    buf_init(&escaped, 8 * CELL_MAX);
    buf_printf(b, "  <%s>\n", l->row);
    for (size_t i = 0; i < l->count; i++) {
        const struct files_column *c = &l->columns[i];
        cell_of(l, c, op, key, data, &text);
        buf_reset(&escaped);
        xml_escape(&escaped, buf_text(&text), text.length);
        buf_printf(b, "    <%s>", c->name);
        encode(l, b, buf_text(&escaped), escaped.length);
        buf_printf(b, "</%s>\n", c->name);
    }
    buf_printf(b, "  </%s>\n", l->row);
    buf_free(&text);
    buf_free(&escaped);
}

/* JSON keeps the types of values: numbers as exact texts, yes and no, lists. */
static void jsonl_row(const struct files_layout *l, const char *op, const char *key,
                      const json_t *data, struct buf *b)
{
    struct buf text;
    json_t *row = json_object();
    buf_init(&text, CELL_MAX);
    for (size_t i = 0; i < l->count; i++) {
        const struct files_column *c = &l->columns[i];
        json_t *value = (json_t *)member(data, c->field);
        bool as_text = c->decimal || text_equal(c->field, "op") || text_equal(c->field, "key");
        if (as_text)
            cell_of(l, c, op, key, data, &text);
        if (as_text && (text.length || !c->decimal))
            json_set_text(row, c->name, buf_text(&text));
        else
            json_object_set(row, c->name, value && !as_text ? value : json_null());
    }
    json_add(b, row);
    buf_add_byte(b, '\n');
    json_decref(row);
    buf_free(&text);
}

void files_layout_begin(const struct files_layout *l, struct buf *b)
{
    static const char *const names[] = {"UTF-8", "UTF-8", "windows-1250", "ISO-8859-2"};
    if (l->encoding == FILES_UTF8_MARK)
        buf_add_text(b, "\xEF\xBB\xBF");
    if (l->format == FILES_XML)
        buf_printf(b, XML_DECLARATION "<%s>\n", names[l->encoding], l->root);
    if (l->format != FILES_CSV || !l->header)
        return;
    for (size_t i = 0; i < l->count; i++) {
        const struct buf name = {.data = (char *)l->columns[i].name,
                                 .length = strlen(l->columns[i].name)};
        if (i)
            buf_add_byte(b, l->separator);
        add_csv(l, &name, b);
    }
    end_line(l, b);
}

void files_layout_row(const struct files_layout *l, const char *op, const char *key,
                      const json_t *data, struct buf *b)
{
    if (l->format == FILES_CSV)
        csv_row(l, op, key, data, b);
    else if (l->format == FILES_XML)
        xml_row(l, op, key, data, b);
    else
        jsonl_row(l, op, key, data, b);
}

void files_layout_end(const struct files_layout *l, struct buf *b)
{
    if (l->format == FILES_XML)
        buf_printf(b, "</%s>\n", l->root);
}
