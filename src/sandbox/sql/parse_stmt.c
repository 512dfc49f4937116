/* Statements other than SELECT, and batches of them. */
#include "sandbox/sql/parse_stmt.h"

#include "sandbox/sql/parse.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/message.h"
#include "sandbox/sql/parse_expr.h"
#include "sandbox/sql/parse_select.h"

#define COLUMNS_OF_TABLE 400
#define ROWS_OF_INSERT   1000 /* SQL Server's own limit */

static struct statement *statement_new(struct parser *p, enum statement_kind kind)
{
    struct statement *s = arena_alloc(p->arena, sizeof *s);
    s->kind = kind;
    s->line = p->at->line;
    return s;
}

/* OUTPUT INSERTED.a [AS x], INSERTED.b */
static void parse_output(struct parser *p, struct statement *s)
{
    struct expr_list **tail = &s->output;
    if (!parse_accept_word(p, "OUTPUT"))
        return;
    do {
        struct expr_list *item = arena_alloc(p->arena, sizeof *item);
        if (!parse_accept_word(p, "INSERTED") || !parse_accept_operator(p, ".")) {
            parse_fail(p, "OUTPUT of anything but INSERTED.column");
            return;
        }
        item->expr = arena_alloc(p->arena, sizeof *item->expr);
        item->expr->kind = EXPR_COLUMN;
        item->expr->style = -1;
        item->expr->line = p->at->line;
        item->expr->text = parse_name(p);
        if (parse_accept_word(p, "AS"))
            item->alias = parse_name(p);
        *tail = item;
        tail = &item->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    if (parse_is_word(p->at, "INTO"))
        parse_fail(p, "OUTPUT … INTO");
}

static void parse_values(struct parser *p, struct statement *s)
{
    s->rows = arena_alloc(p->arena, ROWS_OF_INSERT * sizeof s->rows[0]);
    do {
        if (s->row_count == ROWS_OF_INSERT) {
            p->failed = true;
            message_set(p->m, 10738, p->at->line,
                        "The number of row value expressions in the INSERT "
                        "statement exceeds the maximum of 1000.");
            return;
        }
        if (!parse_expect_operator(p, "("))
            return;
        struct expr_list **tail = &s->rows[s->row_count++];
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->expr = parse_value(p);
            tail = &(*tail)->next;
        } while (!p->failed && parse_accept_operator(p, ","));
        if (!parse_expect_operator(p, ")"))
            return;
    } while (parse_accept_operator(p, ","));
}

static struct statement *parse_insert(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_INSERT);
    parse_accept_word(p, "INTO");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (parse_accept_operator(p, "(")) {
        struct name_list **tail = &s->names;
        do {
            *tail = arena_alloc(p->arena, sizeof **tail);
            (*tail)->name = parse_name(p);
            tail = &(*tail)->next;
        } while (!p->failed && parse_accept_operator(p, ","));
        parse_expect_operator(p, ")");
    }
    parse_output(p, s);
    if (p->failed)
        return NULL;
    if (parse_accept_word(p, "VALUES"))
        parse_values(p, s);
    else if (parse_is_word(p->at, "SELECT"))
        s->select = parse_select(p);
    else
        return parse_near(p);
    return p->failed ? NULL : s;
}

static struct statement *parse_update(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_UPDATE);
    struct name_list **tail = &s->names;
    if (parse_is_word(p->at, "TOP"))
        return parse_fail(p, "UPDATE TOP");
    if (!parse_table(p, &s->schema, &s->table) || !parse_expect_word(p, "SET"))
        return NULL;
    do {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = parse_name(p);
        if (!parse_expect_operator(p, "="))
            return NULL;
        (*tail)->value = parse_value(p);
        tail = &(*tail)->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    if (!p->failed && parse_is_word(p->at, "FROM"))
        return parse_fail(p, "UPDATE … FROM: name the rows in WHERE");
    parse_output(p, s);
    if (!p->failed && parse_accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    return p->failed ? NULL : s;
}

static struct statement *parse_delete(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_DELETE);
    parse_accept_word(p, "FROM");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    if (parse_accept_word(p, "WHERE"))
        s->where = parse_condition(p);
    return p->failed ? NULL : s;
}

static void parse_key(struct parser *p, struct statement *s)
{
    struct name_list **tail = &s->names;
    if (!parse_accept_word(p, "CLUSTERED"))
        parse_accept_word(p, "NONCLUSTERED");
    parse_expect_operator(p, "(");
    do {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = parse_name(p);
        parse_accept_word(p, "ASC");
        tail = &(*tail)->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    parse_expect_operator(p, ")");
}

static void parse_column_def(struct parser *p, struct column_def *c)
{
    const char *name = parse_name(p);
    if (!name)
        return;
    if (!parse_type(&p->at, &c->column, p->m)) {
        p->failed = true;
        return;
    }
    text_copy(c->column.name, sizeof c->column.name, name);
    while (!p->failed) {
        if (parse_accept_word(p, "NULL")) {
            c->column.nullable = true;
        } else if (parse_accept_word(p, "NOT")) {
            parse_expect_word(p, "NULL");
            c->column.nullable = false;
        } else if (parse_accept_word(p, "IDENTITY")) {
            c->column.identity = true;
            c->column.nullable = false;
            if (parse_accept_operator(p, "(")) {
                while (p->at->kind == TOKEN_INTEGER || parse_is_operator(p->at, ","))
                    p->at++;
                parse_expect_operator(p, ")");
            }
        } else if (parse_accept_word(p, "PRIMARY")) {
            parse_expect_word(p, "KEY");
            if (!parse_accept_word(p, "CLUSTERED"))
                parse_accept_word(p, "NONCLUSTERED");
            c->primary = true;
            c->column.nullable = false;
        } else if (parse_accept_word(p, "CONSTRAINT")) {
            parse_name(p);
        } else if (parse_accept_word(p, "DEFAULT")) {
            c->fallback = parse_value(p);
        } else if (parse_accept_word(p, "COLLATE")) {
            parse_name(p);
        } else {
            return;
        }
    }
}

static struct statement *parse_create(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_CREATE_TABLE);
    struct column_def **tail = &s->columns;
    size_t count = 0;
    if (!parse_accept_word(p, "TABLE"))
        return parse_fail(p, "CREATE %.60s (only CREATE TABLE)", p->at->text);
    if (!parse_table(p, &s->schema, &s->table) || !parse_expect_operator(p, "("))
        return NULL;
    do {
        if (++count > COLUMNS_OF_TABLE)
            return parse_fail(p, "a table of more than %d columns", COLUMNS_OF_TABLE);
        if (parse_accept_word(p, "CONSTRAINT"))
            parse_name(p);
        if (parse_accept_word(p, "PRIMARY")) {
            parse_expect_word(p, "KEY");
            parse_key(p, s);
            continue;
        }
        if (parse_is_word(p->at, "UNIQUE") || parse_is_word(p->at, "FOREIGN") ||
            parse_is_word(p->at, "CHECK"))
            return parse_fail(p, "%s constraints", p->at->text);
        *tail = arena_alloc(p->arena, sizeof **tail);
        parse_column_def(p, *tail);
        tail = &(*tail)->next;
    } while (!p->failed && parse_accept_operator(p, ","));
    return p->failed || !parse_expect_operator(p, ")") ? NULL : s;
}

static struct statement *parse_drop(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_DROP_TABLE);
    if (!parse_accept_word(p, "TABLE"))
        return parse_fail(p, "DROP %.60s (only DROP TABLE)", p->at->text);
    if (parse_accept_word(p, "IF")) {
        parse_expect_word(p, "EXISTS");
        s->if_exists = true;
    }
    return parse_table(p, &s->schema, &s->table) ? s : NULL;
}

/* SET options that clients send at login. They have no effect here, except ROWCOUNT, NOCOUNT,
 * FMTONLY, LOCK_TIMEOUT and the isolation level, which the engine uses. */
static struct statement *parse_set(struct parser *p)
{
    static const char *const options[] = {"ANSI_DEFAULTS",
                                          "ANSI_NULLS",
                                          "ANSI_NULL_DFLT_ON",
                                          "ANSI_NULL_DFLT_OFF",
                                          "ANSI_PADDING",
                                          "ANSI_WARNINGS",
                                          "ARITHABORT",
                                          "ARITHIGNORE",
                                          "CONCAT_NULL_YIELDS_NULL",
                                          "CURSOR_CLOSE_ON_COMMIT",
                                          "DATEFIRST",
                                          "DATEFORMAT",
                                          "DEADLOCK_PRIORITY",
                                          "FMTONLY",
                                          "IMPLICIT_TRANSACTIONS",
                                          "LANGUAGE",
                                          "LOCK_TIMEOUT",
                                          "NOCOUNT",
                                          "NUMERIC_ROUNDABORT",
                                          "QUOTED_IDENTIFIER",
                                          "ROWCOUNT",
                                          "TEXTSIZE",
                                          "XACT_ABORT"};
    struct statement *s = statement_new(p, STATEMENT_SET);
    if (parse_accept_word(p, "TRANSACTION")) {
        s->text = "ISOLATION";
        if (!parse_expect_word(p, "ISOLATION") || !parse_expect_word(p, "LEVEL"))
            return NULL;
        s->value = parse_is_word(p->at, "SNAPSHOT") ? "SNAPSHOT" : "";
        while (parse_is_word(p->at, "READ") || parse_is_word(p->at, "UNCOMMITTED") ||
               parse_is_word(p->at, "COMMITTED") || parse_is_word(p->at, "REPEATABLE") ||
               parse_is_word(p->at, "SERIALIZABLE") || parse_is_word(p->at, "SNAPSHOT"))
            p->at++;
        return s;
    }
    size_t i = 0;
    while (i < COUNT_OF(options) && !parse_is_word(p->at, options[i]))
        i++;
    if (i == COUNT_OF(options))
        return parse_fail(p, "SET %.60s", p->at->text);
    s->text = options[i];
    p->at++;
    bool minus = parse_accept_operator(p, "-");
    if (p->at->kind == TOKEN_END)
        return parse_near(p);
    s->value = minus ? "-1" : p->at->text; /* LOCK_TIMEOUT -1: no limit */
    p->at++;
    return s;
}

static struct statement *parse_transaction(struct parser *p, enum statement_kind kind)
{
    struct statement *s = statement_new(p, kind);
    if (!parse_accept_word(p, "TRANSACTION") && !parse_accept_word(p, "TRAN") &&
        !parse_accept_word(p, "WORK") && kind == STATEMENT_BEGIN)
        return parse_fail(p, "BEGIN … END blocks");
    if ((p->at->kind == TOKEN_WORD && !parse_is_reserved(p->at)) || p->at->kind == TOKEN_QUOTED)
        p->at++; /* a transaction's name */
    return s;
}

/* IF @@TRANCOUNT > 0 COMMIT: client libraries send it. Every other IF is refused. */
static struct statement *parse_if(struct parser *p)
{
    if (p->at->kind == TOKEN_VARIABLE && text_compare_nocase(p->at->text, "@@TRANCOUNT") == 0 &&
        parse_is_operator(p->at + 1, ">") && p->at[2].kind == TOKEN_INTEGER) {
        p->at += 3;
        struct statement *s = NULL;
        if (parse_accept_word(p, "COMMIT"))
            s = parse_transaction(p, STATEMENT_COMMIT);
        else if (parse_accept_word(p, "ROLLBACK"))
            s = parse_transaction(p, STATEMENT_ROLLBACK);
        if (s) {
            s->if_open = true;
            return s;
        }
    }
    return parse_fail(p, "IF (control of flow is not part of the subset)");
}

static struct statement *parse_exec(struct parser *p)
{
    struct statement *s = statement_new(p, STATEMENT_EXEC);
    struct name_list **tail = &s->names;
    if (parse_is_operator(p->at, "("))
        return parse_fail(p, "EXEC of a text");
    if (!parse_table(p, &s->schema, &s->table))
        return NULL;
    while (p->at->kind != TOKEN_END && !parse_is_operator(p->at, ";")) {
        *tail = arena_alloc(p->arena, sizeof **tail);
        (*tail)->name = "";
        if (p->at->kind == TOKEN_VARIABLE && parse_is_operator(p->at + 1, "=")) {
            (*tail)->name = p->at->text;
            p->at += 2;
        }
        (*tail)->value = parse_value(p);
        if (p->failed)
            return NULL;
        tail = &(*tail)->next;
        if (!parse_accept_operator(p, ","))
            break;
    }
    return s;
}

static struct statement *parse_statement(struct parser *p)
{
    struct statement *s;
    if (parse_is_word(p->at, "SELECT")) {
        s = statement_new(p, STATEMENT_SELECT);
        s->select = parse_select(p);
        return p->failed ? NULL : s;
    }
    static const struct {
        const char *word;
        struct statement *(*parse)(struct parser *);
    } table[] = {{"INSERT", parse_insert}, {"UPDATE", parse_update}, {"DELETE", parse_delete},
                 {"CREATE", parse_create}, {"DROP", parse_drop},     {"SET", parse_set},
                 {"IF", parse_if},         {"EXEC", parse_exec},     {"EXECUTE", parse_exec}};
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (parse_accept_word(p, table[i].word))
            return table[i].parse(p);
    if (parse_accept_word(p, "BEGIN"))
        return parse_transaction(p, STATEMENT_BEGIN);
    if (parse_accept_word(p, "COMMIT"))
        return parse_transaction(p, STATEMENT_COMMIT);
    if (parse_accept_word(p, "ROLLBACK"))
        return parse_transaction(p, STATEMENT_ROLLBACK);
    if (parse_accept_word(p, "TRUNCATE")) {
        s = statement_new(p, STATEMENT_DELETE);
        return parse_expect_word(p, "TABLE") && parse_table(p, &s->schema, &s->table) ? s : NULL;
    }
    if (parse_accept_word(p, "USE")) {
        s = statement_new(p, STATEMENT_USE);
        s->text = parse_name(p);
        return p->failed ? NULL : s;
    }
    static const char *const refused[] = {
        "MERGE",  "WITH",   "DECLARE",  "WHILE",   "PRINT",     "ALTER",      "GRANT", "DENY",
        "REVOKE", "BACKUP", "RESTORE",  "WAITFOR", "RAISERROR", "THROW",      "GOTO",  "RETURN",
        "DBCC",   "KILL",   "SHUTDOWN", "OPEN",    "CLOSE",     "DEALLOCATE", "FETCH"};
    for (size_t i = 0; i < COUNT_OF(refused); i++)
        if (parse_is_word(p->at, refused[i]))
            return parse_fail(p,
                              "%s (allowed: SELECT, INSERT, UPDATE, DELETE, CREATE TABLE, DROP "
                              "TABLE, SET, transactions)",
                              refused[i]);
    return parse_near(p);
}

struct statement *parse_batch(struct arena *arena, const char *text, size_t length,
                              const struct sql_parameter *parameters, size_t count,
                              struct sql_message *m)
{
    size_t token_count;
    struct parser p = {
        arena, lex_run(arena, text, length, &token_count), parameters, count, 0, false, false, m,
        false};
    struct statement *first = NULL, **tail = &first;
    if (!p.at) {
        message_set(m, 40000, 1, "The sandbox does not take a batch as long as this one");
        return NULL;
    }
    while (parse_accept_operator(&p, ";")) {
    }
    while (p.at->kind != TOKEN_END) {
        size_t offset = p.at->offset;
        p.locks = p.dirty = false;
        *tail = parse_statement(&p);
        if (p.failed || !*tail)
            return parse_near(&p);
        (*tail)->offset = offset;
        (*tail)->locks = p.locks;
        (*tail)->dirty = p.dirty;
        (*tail)->length = p.at->offset - offset;
        tail = &(*tail)->next;
        while (parse_accept_operator(&p, ";")) {
        }
    }
    if (!first) {
        first = arena_alloc(arena, sizeof *first);
        first->kind = STATEMENT_NOTHING;
        first->line = 1;
    }
    return first;
}
