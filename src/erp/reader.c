#include "erp/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "tds/block.h"
#include "erp/reader_internal.h"
#include "tds/watch.h"
#include "tds/session.h"
#include "mapping/mapping.h"
#include "mapping/mapping_stream.h"
#include "mapping/mapping_stamp.h"
#include "tds/session_query.h"
#include "erp/reader_cells.h"

#define SQL_SPACE (1 << 18)

/* name_12 → name and 12. */
static bool numbered(const char *alias, char *base, size_t size, long *number)
{
    const char *underscore = strrchr(alias, '_');
    if (!underscore || !text_to_long(underscore + 1, 0, 100000, number) || underscore[1] == '0' ||
        (size_t)(underscore - alias) >= size)
        return false;
    memcpy(base, alias, (size_t)(underscore - alias));
    base[underscore - alias] = '\0';
    return true;
}

static enum status bad_column(struct reader *r, struct error *e, const char *code,
                              const char *format, ...) __attribute__((format(printf, 4, 5)));
static enum status bad_column(struct reader *r, struct error *e, const char *code,
                              const char *format, ...)
{
    char said[400];
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, NULL, 0, format, args);
    va_end(args);
    error_set(e, STATUS_INVALID, code, "%s: %-s", r->where, said);
    return error_remedy(
        e, "Correct the statement's aliases; endpoint-erp(5) lists what a stream needs.");
}

static enum status assign_role(struct reader *r, struct column *c, struct error *e)
{
    const struct stream_def *def = r->stream->stream;
    char base[132];
    int field;
    for (size_t i = 0; i < r->stream->key_count; i++) {
        if (strcmp(def->keys[i], c->name) == 0) {
            c->role = ROLE_KEY;
            c->index = i;
            r->keys[i] = c;
            return STATUS_OK;
        }
    }
    if (r->stream->expands && numbered(c->name, base, sizeof base, &c->number) &&
        (field = stream_field(def, base)) >= 0) {
        c->role = ROLE_EXPANDED;
        c->index = (size_t)field;
        return STATUS_OK;
    }
    if ((field = stream_field(def, c->name)) >= 0) {
        c->role = ROLE_FIELD;
        c->index = (size_t)field;
        r->folds |= def->fields[field].type == FIELD_LIST;
        return STATUS_OK;
    }
    if (!c->name[0])
        return bad_column(r, e, "erp_alias", "a column has no alias; every column needs one");
    struct record *rec = r->records;
    if (rec[0].extra_count == RECORD_EXTRA_MAX)
        return bad_column(r, e, "erp_extra",
                          "there are too many columns for \"extra\", the first beyond is %s",
                          c->name);
    c->role = ROLE_EXTRA;
    c->index = rec[0].extra_count;
    for (int i = 0; i < 2; i++)
        rec[i].extra_names[rec[i].extra_count++] = c->name;
    return STATUS_OK;
}

/* Every key column and required field must be there. */
static enum status check_aliases(struct reader *r, struct error *e)
{
    const struct stream_def *def = r->stream->stream;
    for (size_t k = 0; k < r->stream->key_count; k++)
        if (!r->keys[k] && !(r->stream->expands && k == r->stream->key_count - 1))
            return bad_column(r, e, "erp_alias", "there is no column with the alias %s",
                              def->keys[k]);
    for (size_t f = 0; f < def->field_count; f++) {
        bool found =
            !def->fields[f].required ||
            (r->stream->expands && text_equal(def->fields[f].name, r->stream->expand_field));
        for (size_t i = 0; i < r->column_count; i++)
            found |= (r->columns[i].role == ROLE_FIELD || r->columns[i].role == ROLE_EXPANDED) &&
                     r->columns[i].index == f;
        if (!found)
            return bad_column(r, e, "erp_alias", "there is no column with the alias %s",
                              def->fields[f].name);
    }
    return STATUS_OK;
}

/* A custom field that was asked for by name: from here on its column has that name. */
static void name_field(const struct mapping_choice *choice, struct column *c)
{
    char alias[16];
    for (size_t i = 0; i < MAPPING_CHOICE_FIELDS; i++)
        if (choice->fields[i] && text_format(alias, sizeof alias, MAPPING_FIELD "%zu", i + 1) &&
            text_equal(c->name, alias)) {
            text_format(c->name, sizeof c->name, "_%s", choice->fields[i]);
            return;
        }
}

static enum status describe(struct reader *r, const struct mapping_choice *choice, struct error *e)
{
    SQLSMALLINT count = 0;
    size_t row_bytes = 0;
    SQLNumResultCols(r->statement, &count);
    if (count < 1 || count > COLUMNS_MAX)
        return error_set(e, STATUS_INVALID, "erp_columns",
                         "%s: the statement returns %d columns, 1 to %d are allowed", r->where,
                         count, COLUMNS_MAX);
    for (SQLSMALLINT i = 0; i < count; i++) {
        struct column *c = &r->columns[i];
        SQLSMALLINT type, digits;
        SQLULEN size;
        if (!SQL_SUCCEEDED(session_describe(r->statement, (SQLUSMALLINT)(i + 1), c->name,
                                            sizeof c->name, &type, &size, &digits)))
            return session_error(r->session, SQL_HANDLE_STMT, r->statement, r->where, e);
        for (SQLSMALLINT k = 0; k < i && c->name[0]; k++)
            if (strcmp(r->columns[k].alias, c->name) == 0)
                return bad_column(r, e, "erp_alias", "two columns have the alias %s", c->name);
        text_copy(c->alias, sizeof c->alias, c->name);
        if (r->stream->field_column)
            name_field(choice, c);
        c->size = block_cell_size(type, size);
        row_bytes += c->size + sizeof(SQLLEN);
        c->integer = type == SQL_INTEGER || type == SQL_SMALLINT || type == SQL_TINYINT ||
                     type == SQL_BIGINT;
        if (c->integer)
            c->size = sizeof(int64_t);
        r->column_count++;
        enum status status = assign_role(r, c, e);
        if (status != STATUS_OK)
            return status;
    }
    r->rows_in_block = block_rows(row_bytes);
    return check_aliases(r, e);
}

static enum status bind(struct reader *r, struct error *e)
{
    SQLHSTMT s = r->statement;
    bool ok = true;
    r->row_status = mem_array(r->rows_in_block, sizeof r->row_status[0]);
    ok &=
        SQL_SUCCEEDED(SQLSetStmtAttr(s, SQL_ATTR_ROW_BIND_TYPE, (SQLPOINTER)SQL_BIND_BY_COLUMN, 0));
    ok &= SQL_SUCCEEDED(
        SQLSetStmtAttr(s, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(SQLULEN)r->rows_in_block, 0));
    ok &= SQL_SUCCEEDED(SQLSetStmtAttr(s, SQL_ATTR_ROWS_FETCHED_PTR, &r->fetched, 0));
    ok &= SQL_SUCCEEDED(SQLSetStmtAttr(s, SQL_ATTR_ROW_STATUS_PTR, r->row_status, 0));
    for (size_t i = 0; i < r->column_count && ok; i++) {
        struct column *c = &r->columns[i];
        c->cells = mem_array(r->rows_in_block, c->size);
        c->lengths = mem_array(r->rows_in_block, sizeof c->lengths[0]);
        ok = SQL_SUCCEEDED(SQLBindCol(s, (SQLUSMALLINT)(i + 1),
                                      c->integer ? SQL_C_SBIGINT : SQL_C_CHAR, c->cells,
                                      (SQLLEN)c->size, c->lengths));
    }
    return ok ? STATUS_OK : session_error(r->session, SQL_HANDLE_STMT, s, r->where, e);
}

/* The statement for this database: the stream's own, or the first variant whose probe fits. */
static enum status choose_statement(struct session *s, const struct mapping_stream *ms,
                                    const char **sql, struct error *e)
{
    char value[256];
    *sql = ms->statement.sql;
    for (size_t i = 0; i < ms->variant_count; i++) {
        enum status status = mapping_first_value(s, &ms->variants[i].probe, value, sizeof value, e);
        if (status != STATUS_OK)
            return status;
        if (text_equal(value, ms->variants[i].expect)) {
            *sql = ms->variants[i].sql;
            return STATUS_OK;
        }
    }
    return STATUS_OK;
}

static enum status execute(struct reader *r, const struct mapping_choice *choice, struct error *e)
{
    const char *sql;
    enum status status = choose_statement(r->session, r->stream, &sql, e);
    if (status == STATUS_OK)
        status = session_statement(r->session, &r->statement, e);
    if (status != STATUS_OK)
        return status;
    mapping_stream_sql(r->stream, sql, choice, &r->sql, &r->values);
    if (r->sql.failed || r->values.count > MAPPING_VALUES)
        return error_set(e, STATUS_INVALID, "erp_long",
                         "%s: the statement is too long, or has more than %d \"?\"", r->where,
                         MAPPING_VALUES);
    if (session_bind_texts(r->statement, r->values.list, r->values.count, r->value_lengths) !=
        STATUS_OK)
        return session_error(r->session, SQL_HANDLE_STMT, r->statement, r->where, e);
    watch_name(r->session, r->where);
    SQLRETURN code = session_execute(r->session, r->statement, buf_text(&r->sql));
    if (!SQL_SUCCEEDED(code))
        return session_error(r->session, SQL_HANDLE_STMT, r->statement, r->where, e);
    watch_hold(r->session, true);
    return STATUS_OK;
}

enum status reader_open(struct session *s, const struct mapping *m, const char *stream,
                        const struct mapping_choice *choice, struct reader **out, struct error *e)
{
    static const struct mapping_choice everything = {.filters = false};
    choice = choice ? choice : &everything;
    const struct mapping_stream *ms = mapping_stream(m, stream);
    *out = NULL;
    if (!ms)
        return error_set(e, STATUS_NOT_FOUND, "erp_stream", "the mapping %s has no stream %s",
                         m->name, stream);
    if (choice->kits && !ms->kits_parts) {
        error_set(
            e, STATUS_INVALID, "erp_kits",
            "options.kits is \"parts\", but the mapping %s does not say what kits are made of",
            m->name);
        return error_remedy(
            e, "Set it to \"own\" or leave it out; or add \"kits\" to a site's copy of the "
               "mapping, see endpoint-erp(5).");
    }
    struct reader *r = mem_alloc(sizeof *r);
    r->session = s;
    r->stream = ms;
    buf_init(&r->sql, SQL_SPACE);
    text_format(r->where, sizeof r->where, "stream %s (%s:%d)", stream, ms->statement.file,
                ms->statement.line);
    if (ms->expands) /* mapping_stream.c checked that there is such a field */
        r->expand_index = (size_t)stream_field(ms->stream, ms->expand_field);
    for (int i = 0; i < 2; i++)
        record_init(&r->records[i], ms->stream);
    enum status status = execute(r, choice, e);
    if (status == STATUS_OK)
        status = describe(r, choice, e);
    if (status == STATUS_OK)
        status = bind(r, e);
    if (status != STATUS_OK) {
        reader_close(r);
        return status;
    }
    *out = r;
    return STATUS_OK;
}

void reader_columns(const struct reader *r, json_t *list)
{
    static const char *const words[] = {[ROLE_KEY] = "key",
                                        [ROLE_FIELD] = "field",
                                        [ROLE_EXTRA] = "extra",
                                        [ROLE_EXPANDED] = "field"};
    for (size_t i = 0; i < r->column_count; i++) {
        const struct column *c = &r->columns[i];
        bool hidden = c->role == ROLE_EXTRA && c->name[0] == '_';
        session_column(r->statement, (SQLUSMALLINT)(i + 1), hidden ? "filter" : words[c->role],
                       list);
    }
}

void reader_close(struct reader *r)
{
    if (!r)
        return;
    watch_hold(r->session, false);
    if (r->statement)
        watch_free(r->session, r->statement);
    watch_name(r->session, "");
    for (size_t i = 0; i < r->column_count; i++) {
        free(r->columns[i].cells);
        free(r->columns[i].lengths);
    }
    for (int i = 0; i < 2; i++)
        record_free(&r->records[i]);
    buf_free(&r->sql);
    free(r->row_status);
    free(r);
}

/* Are these only messages about rows that were read, or did something fail? A server's error may
 * come as "success with information" if rows were fetched before it. */
static bool only_words(struct reader *r)
{
    SQLWCHAR state[6], message[2];
    SQLINTEGER native;
    SQLSMALLINT length;
    for (SQLSMALLINT i = 1; i <= 64; i++) {
        if (!SQL_SUCCEEDED(SQLGetDiagRecW(SQL_HANDLE_STMT, r->statement, i, state, &native, message,
                                          COUNT_OF(message), &length)))
            return true;
        /* 01: warnings, such as a truncated value. 22, 07: a value that the driver could not
         * convert. 2400 to 2404: FreeTDS' messages about characters that cannot be converted to
         * UTF-8. */
        bool word = state[0] == '0' && (state[1] == '1' || state[1] == '7');
        word |= (state[0] == '2' && state[1] == '2') || (native >= 2400 && native <= 2404);
        if (!word)
            return false;
    }
    return true;
}

static enum status fetch(struct reader *r, struct error *e)
{
    r->row = 0;
    r->fetched = 0;
    r->failed_row = r->rows_in_block;
    for (size_t i = 0; i < r->column_count; i++)
        for (size_t k = 0; k < r->rows_in_block; k++)
            r->columns[i].lengths[k] = UNREAD;
    enum status ended = watch_error(r->session, r->where, e);
    if (ended != STATUS_OK)
        return ended;
    SQLRETURN code = session_fetch(r->session, r->statement);
    if (code == SQL_NO_DATA) {
        r->ended = true;
        watch_hold(r->session, false);
        return STATUS_END;
    }
    if (!SQL_SUCCEEDED(code) || (code == SQL_SUCCESS_WITH_INFO && !only_words(r)))
        return session_error(r->session, SQL_HANDLE_STMT, r->statement, r->where, e);
    if (code == SQL_SUCCESS_WITH_INFO && r->fetched)
        reader_judge_block(r);
    return r->fetched ? STATUS_OK : STATUS_END;
}

static enum status add_key_part(struct reader *r, struct record *rec, const struct column *c,
                                struct error *e)
{
    const char *text;
    size_t length;
    int64_t number;
    if (c->integer && !r->stream->key_is_text[c->index] && c->lengths[r->row] != SQL_NULL_DATA &&
        r->row != r->failed_row)
        return key_add_integer(&rec->key, reader_integer(r, c), e);
    enum status status = reader_cell(r, c, &text, &length, e);
    if (status != STATUS_OK)
        return status;
    if (!text) {
        error_set(e, STATUS_INVALID, "erp_key", "the key column is NULL");
        return error_remedy(e, "Leave out such rows in the statement, or give them a key.");
    }
    if (r->stream->key_is_text[c->index])
        return key_add_text(&rec->key, text, length, e);
    if (!text_to_i64(text, &number)) {
        error_set(e, STATUS_INVALID, "erp_key", "the key column is \"%.40s\", expected an integer",
                  text);
        return error_remedy(e, "Is the stream's \"keys\" in the mapping correct?");
    }
    return key_add_integer(&rec->key, number, e);
}

/* The row's key cannot be made: use a hash of the bad value as a stand-in. */
static void stand_in(struct reader *r, struct record *rec, const char *column,
                     const struct error *why)
{
    struct buf all, name;
    buf_init(&all, 4 * BLOCK_CELL_MAX);
    buf_init(&name, sizeof rec->fault.name - 1);
    for (size_t k = 0; k < r->stream->key_count; k++) {
        const char *text = "(null)";
        size_t length = strlen(text);
        if (!r->keys[k])
            continue;
        if (r->keys[k]->lengths[r->row] != SQL_NULL_DATA &&
            reader_cell(r, r->keys[k], &text, &length, NULL) != STATUS_OK) {
            text = r->keys[k]->integer ? "?" : r->keys[k]->cells + r->row * r->keys[k]->size;
            length = strnlen(text, r->keys[k]->size);
        }
        buf_add(&all, &length, sizeof length);
        buf_add(&all, text, length);
        if (k)
            buf_add_byte(&name, '/');
        text_printable(&name, text, length < 100 ? length : 100);
    }
    if (r->stream->expands)
        buf_add(&all, &r->expand_at, sizeof r->expand_at);
    record_blame(rec, column, why);
    rec->fault.keyless = true;
    text_copy(rec->fault.name, sizeof rec->fault.name, buf_text(&name));
    key_stand_in(&rec->key, buf_text(&all), all.length);
    buf_free(&all);
    buf_free(&name);
}

static void add_key(struct reader *r, struct record *rec)
{
    enum status status = STATUS_OK;
    struct error why;
    size_t k = 0;
    key_clear(&rec->key);
    rec->fault.is = rec->fault.keyless = false;
    for (; k < r->stream->key_count && status == STATUS_OK; k++)
        if (r->keys[k])
            status = add_key_part(r, rec, r->keys[k], &why);
    if (status != STATUS_OK) {
        stand_in(r, rec, r->keys[k - 1]->name, &why);
    } else if (r->stream->expands) {
        status = key_add_integer(&rec->key, r->expand_at, &why);
        if (status != STATUS_OK)
            stand_in(r, rec, "", &why);
    }
}

/* An unusable value becomes the record's fault. The other values are still read, because scenarios
 * choose by them. */
static void add_values(struct reader *r, struct record *rec, bool lists_only)
{
    struct error why;
    for (size_t i = 0; i < r->column_count; i++) {
        const struct column *c = &r->columns[i];
        const char *text;
        size_t length;
        if (c->role == ROLE_KEY || (c->role == ROLE_EXPANDED && c->number != r->expand_at))
            continue;
        if (lists_only &&
            (c->role != ROLE_FIELD || rec->stream->fields[c->index].type != FIELD_LIST))
            continue;
        enum status status = reader_cell(r, c, &text, &length, &why);
        if (status == STATUS_OK)
            status = c->role == ROLE_EXTRA ? record_set_extra(rec, c->index, text, length, &why)
                                           : record_set(rec, c->index, text, length, &why);
        if (status != STATUS_OK) {
            record_blame(rec, c->name, &why);
            (c->role == ROLE_EXTRA ? rec->extra : rec->fields)[c->index].bad = true;
        }
    }
    if (r->stream->expands && !lists_only) {
        const char *number;
        size_t length = reader_print_integer(r, r->expand_at, &number);
        if (record_set(rec, r->expand_index, number, length, &why) != STATUS_OK)
            record_blame(rec, "", &why);
    }
}

/* Does the row have a value for the record being expanded? */
static bool expanded_present(const struct reader *r)
{
    for (size_t i = 0; i < r->column_count; i++)
        if (r->columns[i].role == ROLE_EXPANDED && r->columns[i].number == r->expand_at &&
            r->records[0].stream->fields[r->columns[i].index].type == FIELD_DECIMAL &&
            r->columns[i].lengths[r->row] != SQL_NULL_DATA)
            return true;
    return false;
}

/* Move to the next row, or the next record of a row that expands. */
static enum status advance(struct reader *r, struct error *e)
{
    for (;;) {
        if (r->expanding) {
            if (r->expand_at < r->stream->expand_to) {
                r->expand_at++;
            } else {
                r->expanding = false;
                r->row++;
                continue;
            }
        } else {
            if (r->row >= r->fetched) {
                enum status status = r->ended ? STATUS_END : fetch(r, e);
                if (status != STATUS_OK)
                    return status;
            }
            if (!r->stream->expands)
                return STATUS_OK;
            r->expanding = true;
            r->expand_at = r->stream->expand_from;
        }
        if (expanded_present(r))
            return STATUS_OK;
    }
}

static enum status check_order(struct reader *r, const struct record *rec, struct error *e)
{
    const struct key *key = &rec->key;
    if (!r->has_last || rec->fault.keyless ||
        key_compare(r->last.bytes, r->last.length, key->bytes, key->length) < 0)
        return STATUS_OK;
    struct buf a, b;
    buf_init(&a, 2048);
    buf_init(&b, 2048);
    key_print(&a, r->last.bytes, r->last.length);
    key_print(&b, key->bytes, key->length);
    error_set(e, STATUS_INVALID, "erp_order", "%s: record %s came after %s", r->where, buf_text(&b),
              buf_text(&a));
    buf_free(&a);
    buf_free(&b);
    return error_remedy(e, "The statement must sort by the key columns (texts with COLLATE "
                           "Latin1_General_BIN2) and return each key once.");
}

static void take_key(struct key *to, const struct key *from)
{
    memcpy(to->bytes, from->bytes, from->length);
    to->length = from->length;
}

/* Begin a record: from the current row, or the one that was begun when the last one ended. */
static void begin_record(struct reader *r, struct record *rec)
{
    record_reset(rec);
    if (r->have) {
        take_key(&rec->key, &r->records[1].key);
        if (r->records[1].fault.is)
            rec->fault = r->records[1].fault;
    } else {
        add_key(r, rec);
    }
    r->have = false;
}

static bool same_record(const struct record *a, const struct record *b)
{
    return !a->fault.keyless && !b->fault.keyless &&
           key_compare(a->key.bytes, a->key.length, b->key.bytes, b->key.length) == 0;
}

enum status reader_next(struct reader *r, const struct record **out, struct error *e)
{
    struct record *rec = &r->records[0];
    enum status status = STATUS_OK;
    if (!r->have) {
        status = advance(r, e);
        if (status != STATUS_OK)
            return status;
    }
    begin_record(r, rec);
    status = check_order(r, rec, e);
    if (status != STATUS_OK)
        return status;
    add_values(r, rec, false);
    if (!rec->fault.keyless) {
        take_key(&r->last, &rec->key);
        r->has_last = true;
    }
    /* Rows that fold into this record. */
    for (;;) {
        if (!r->expanding)
            r->row++;
        if (!r->folds)
            break;
        status = advance(r, e);
        if (status == STATUS_END)
            break;
        if (status != STATUS_OK)
            return status;
        struct record *other = &r->records[1];
        add_key(r, other);
        if (!same_record(rec, other)) {
            r->have = true;
            break;
        }
        add_values(r, rec, true);
    }
    *out = rec;
    return STATUS_OK;
}
