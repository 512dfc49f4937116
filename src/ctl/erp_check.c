/* endpointctl erp check and preview: what a mapping's statements return. */
#include "ctl/erp_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "erp/report.h"
#include "ctl/erp_open.h"
#include "ctl/words.h"

#define PREVIEW_RECORDS 10
#define CELL_MAX        40 /* characters of a value in the table */
#define TABLE_COLUMNS   64

/* ---- check -------------------------------------------------------------------------------------
 */

/* "product_id int, sku nvarchar(64)", wrapped to the screen. */
static void print_columns(const json_t *row)
{
    size_t i, at = 0, width = (size_t)ctl_width();
    json_t *column;
    json_array_foreach (json_object_get(row, "columns"), i, column) {
        char text[400];
        const char *as = json_text(column, "as", "");
        text_format(text, sizeof text, "%s %s%s%s", json_text(column, "name", ""),
                    json_text(column, "type", ""), text_equal(as, "field") || !*as ? "" : ", ",
                    text_equal(as, "field") ? "" : as);
        size_t length = text_points(text, strlen(text)) + 2;
        if (at && at + length > width) {
            putchar('\n');
            at = 0;
        }
        if (!at)
            at = (size_t)printf("      ");
        printf(" %s%s", ctl_shown(CTL_TEXT, text),
               i + 1 < json_array_size(json_object_get(row, "columns")) ? ";" : "");
        at += length;
    }
    if (at)
        putchar('\n');
}

static void print_row(const json_t *row)
{
    const json_t *error = json_object_get(row, "error"),
                 *warnings = json_object_get(row, "warnings"), *warning;
    bool ok = json_flag(row, "ok", false);
    size_t i;
    ctl_sign(!ok ? CHECK_FAIL : json_array_size(warnings) ? CHECK_WARN : CHECK_OK);
    printf(_("%s %lld rows, %lld ms%s  (%s:%lld)\n"),
           words_padded(CTL_TEXT, words_said(CTL_TEXT, row, "statement"), 24),
           (long long)json_number(row, "rows", 0), (long long)json_number(row, "took_ms", 0),
           json_flag(row, "sorted", false) ? _(", sorted by its key") : "",
           json_text(row, "file", ""), (long long)json_number(row, "line", 0));
    print_columns(row);
    json_array_foreach (warnings, i, warning)
        printf("       ! %s\n", words_said_at(CTL_TEXT, row, "warnings", i));
    if (json_is_object(error)) {
        fputs("       ", stdout);
        words_print(error, "text");
        fputs("\n       > ", stdout);
        words_print(error, "remedy");
        putchar('\n');
    }
}

int erp_check(struct ctl *c)
{
    struct ctl_erp x;
    struct error e = {0};
    json_t *report = NULL, *row;
    int code = EXIT_GOOD;
    size_t i;
    if (erp_open(c, c->argc > 1 ? c->argv[1] : NULL, &x, &code)) {
        if (report_mapping(x.session, x.mapping, &report, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        json_array_foreach (report, i, row) {
            if (!json_flag(row, "ok", false))
                code = EXIT_RED;
            if (!c->json)
                print_row(row);
        }
        if (c->json)
            ctl_print_json(json_incref(report));
    }
    json_decref(report);
    erp_close(&x);
    return code;
}

/* ---- preview -----------------------------------------------------------------------------------
 */

struct table {
    const char *names[TABLE_COLUMNS];
    size_t widths[TABLE_COLUMNS], count;
    bool used[TABLE_COLUMNS]; /* at least one record has a value */
};

/* A value for people; "" for nothing. */
static void print_value(struct buf *b, const json_t *value)
{
    size_t i;
    json_t *item;
    json_array_foreach (value, i, item)
        buf_printf(b, "%s%s", i ? ", " : "", json_string_value(item));
    if (json_is_string(value))
        buf_add_text(b, json_string_value(value));
    else if (json_is_boolean(value))
        buf_add_text(b, json_is_true(value) ? "yes" : "no");
}

/* A record's columns, one after the other: its key, its fields, its extras. */
static const json_t *column_at(const json_t *record, size_t index, const char **name)
{
    const json_t *data = json_object_get(record, "data");
    const char *key;
    json_t *value;
    *name = "key";
    if (index-- == 0)
        return json_object_get(record, "key");
    json_object_foreach ((json_t *)data, key, value) {
        *name = key;
        if (!json_is_object(value) && index-- == 0)
            return value;
    }
    json_object_foreach (json_object_get(data, "extra"), key, value) {
        *name = key;
        if (index-- == 0)
            return value;
    }
    return NULL;
}

static size_t characters(const struct buf *b)
{
    size_t points = text_points(buf_text(b), b->length);
    return points < CELL_MAX ? points : CELL_MAX;
}

static void measure(struct table *t, const json_t *record)
{
    const json_t *value;
    const char *name;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t i = 0; i < TABLE_COLUMNS && (value = column_at(record, i, &name)) != NULL; i++) {
        buf_reset(&b);
        print_value(&b, value);
        size_t width = characters(&b), title = text_points(name, strlen(name));
        if (i >= t->count) {
            t->count = i + 1;
            t->names[i] = name;
            t->widths[i] = title;
        }
        if (width > t->widths[i])
            t->widths[i] = width;
        t->used[i] |= b.length > 0;
    }
    buf_free(&b);
}

/* Print the first characters of a text, padded to a width. Control characters do not reach the
 * terminal.
 */
static void print_cell(const char *text, size_t width)
{
    size_t length = strlen(text), used, at = 0, points = 0;
    while (at < length && points < width) {
        int32_t point = text_decode(text + at, length - at, &used);
        bool last = points + 1 == width && at + used < length;
        if (last)
            fputs("…", stdout);
        else if (point < 0x20 || (point >= 0x7f && point < 0xa0))
            putchar(' ');
        else
            fwrite(text + at, 1, used, stdout);
        at += used;
        points++;
    }
    printf("%*s", (int)(width - points), "");
}

static void print_as_table(const struct table *t, const json_t *records)
{
    size_t i;
    json_t *record;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t n = 0; n < t->count; n++) {
        if (t->used[n]) {
            print_cell(t->names[n], t->widths[n]);
            fputs("  ", stdout);
        }
    }
    putchar('\n');
    json_array_foreach (records, i, record) {
        for (size_t n = 0; n < t->count; n++) {
            const char *name;
            if (!t->used[n])
                continue;
            buf_reset(&b);
            print_value(&b, column_at(record, n, &name));
            print_cell(buf_text(&b), t->widths[n]);
            fputs("  ", stdout);
        }
        putchar('\n');
    }
    buf_free(&b);
}

/* Print the columns one below the other if they are too wide to fit side by side. */
static void print_as_blocks(const struct table *t, const json_t *records, size_t width)
{
    size_t i, title = 0;
    json_t *record;
    struct buf b;
    buf_init(&b, 1 << 20);
    for (size_t n = 0; n < t->count; n++)
        if (text_points(t->names[n], strlen(t->names[n])) > title)
            title = text_points(t->names[n], strlen(t->names[n]));
    json_array_foreach (records, i, record) {
        if (i)
            putchar('\n');
        for (size_t n = 0; n < t->count; n++) {
            const char *name;
            buf_reset(&b);
            print_value(&b, column_at(record, n, &name));
            if (!b.length)
                continue;
            print_cell(name, title);
            fputs("  ", stdout);
            size_t points = text_points(buf_text(&b), b.length),
                   room = width > title + 10 ? width - title - 2 : 8;
            print_cell(buf_text(&b), points < room ? points : room);
            putchar('\n');
        }
    }
    buf_free(&b);
}

static void print_records(const json_t *records)
{
    struct table *t = mem_alloc(sizeof *t);
    size_t i, width = 0, screen = (size_t)ctl_width();
    json_t *record;
    json_array_foreach (records, i, record)
        measure(t, record);
    for (size_t n = 0; n < t->count; n++)
        width += t->used[n] ? t->widths[n] + 2 : 0;
    if (json_array_size(records) == 0)
        puts(_("there are no records"));
    else if (width <= screen + 2)
        print_as_table(t, records);
    else
        print_as_blocks(t, records, screen);
    free(t);
}

int erp_preview(struct ctl *c)
{
    struct ctl_erp x;
    struct error e = {0};
    json_t *records = NULL;
    int code = EXIT_GOOD;
    size_t limit = c->lines ? (size_t)c->lines : PREVIEW_RECORDS;
    if (erp_open(c, NULL, &x, &code)) {
        if (report_preview(x.session, x.mapping, c->argv[1], limit, &records, &e) != STATUS_OK)
            code = ctl_failed(c, &e);
        else if (c->json)
            ctl_print_json(json_incref(records));
        else
            print_records(records);
    }
    json_decref(records);
    erp_close(&x);
    return code;
}
