/* A mapping only reads. The SQL Server login should have no other right either; this is the second
 * lock. */
#include "mapping/mapping_sql.h"

#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "mapping/mapping_load.h"

/* Words that change something, or run something that is not written here. */
static const char *const forbidden[] = {
    "INSERT", "UPDATE",     "DELETE", "MERGE",   "INTO",    "TRUNCATE",  "CREATE",        "ALTER",
    "DROP",   "EXEC",       "GRANT",  "EXECUTE", "REVOKE",  "DENY",      "BACKUP",        "RESTORE",
    "DBCC",   "SHUTDOWN",   "SET",    "USE",     "DECLARE", "WAITFOR",   "KILL",          "BEGIN",
    "COMMIT", "OPENROWSET", "BULK",   "GO",      "PRINT",   "OPENQUERY", "OPENDATASOURCE"};

static bool word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '@' || c == '#' || c == '$' || (unsigned char)c >= 0x80;
}

/* The end of the quoted text that begins here; a doubled `close` stands for itself. NULL: it has no
 * end.
 */
static const char *skip_quoted(const char *at, char close)
{
    for (at++; *at; at++)
        if (*at == close && *++at != close)
            return at;
    return NULL;
}

const char *mapping_sql_skip(const char *at)
{
    if (*at == '\'' || *at == '"')
        return skip_quoted(at, *at);
    if (*at == '[')
        return skip_quoted(at, ']');
    if (at[0] == '-' && at[1] == '-') {
        const char *end = strchr(at, '\n');
        return end ? end : at + strlen(at);
    }
    if (at[0] == '/' && at[1] == '*') {
        const char *end = strstr(at + 2, "*/");
        return end ? end + 2 : NULL;
    }
    return at;
}

bool mapping_sql_reads(const char *sql, bool whole, char problem[MAPPING_PROBLEM])
{
    bool first = whole, part_of_name = false;
    for (const char *at = sql; *at;) {
        const char *next = mapping_sql_skip(at);
        if (!next) {
            text_copy(problem, MAPPING_PROBLEM, N_("a text, name or comment in it has no end"));
            return false;
        }
        if (next != at) {
            at = next;
            part_of_name = false;
            continue;
        }
        if (!word_byte(*at)) {
            if (*at == ';') {
                text_copy(problem, MAPPING_PROBLEM,
                          N_("there is a \";\" in it: write one statement without "
                             "it"));
                return false;
            }
            part_of_name = *at == '.';
            at++;
            continue;
        }
        char word[40];
        size_t length = 0;
        while (word_byte(at[length]))
            length++;
        text_format(word, sizeof word, "%.*s", length < 39 ? (int)length : 39, at);
        for (size_t i = 0; i < COUNT_OF(forbidden) && !part_of_name; i++) {
            if (text_equal_nocase(word, forbidden[i])) {
                said_format(problem, MAPPING_PROBLEM, "there is %s in it: a mapping only reads",
                            forbidden[i]);
                return false;
            }
        }
        if (first && !text_equal_nocase(word, "SELECT") && !text_equal_nocase(word, "WITH")) {
            text_copy(problem, MAPPING_PROBLEM, N_("it must be a SELECT"));
            return false;
        }
        first = part_of_name = false;
        at += length;
    }
    if (first)
        text_copy(problem, MAPPING_PROBLEM, N_("it must be a SELECT"));
    return !first;
}

/* ---- tables --------------------------------------------------------------------------------------- */

static const char *skip_space(const char *at)
{
    for (;;) {
        const char *next = *at == '-' || *at == '/' ? mapping_sql_skip(at) : at;
        if (!next)
            return at + strlen(at);
        if (next == at && !strchr(" \t\r\n", *at))
            return at;
        if (!*at)
            return at;
        at = next == at ? at + 1 : next;
    }
}

/* Read a name, plain or quoted. Returns the place after it; NULL: nothing here could be a table's
 * name. */
static const char *read_name(const char *at, char name[SQL_NAME_MAX])
{
    size_t n = 0;
    char close = *at == '[' ? ']' : '"';
    if (*at != '[' && *at != '"') {
        while (word_byte(at[n]))
            n++;
        return n && n < SQL_NAME_MAX && text_format(name, SQL_NAME_MAX, "%.*s", (int)n, at) ? at + n
                                                                                            : NULL;
    }
    for (at++; *at; at++) {
        if (*at == close && *++at != close) {
            name[n] = '\0';
            return n ? at : NULL;
        }
        if (n + 1 >= SQL_NAME_MAX)
            return NULL;
        name[n++] = *at;
    }
    return NULL;
}

/* Read one table's name. Returns the place after it; NULL: not a table (a derived one, or one of
 * WITH). */
static const char *read_table(const char *at, char parts[3][SQL_NAME_MAX], size_t *count)
{
    for (*count = 0; *count < 3; ++*count) {
        at = skip_space(at);
        if ((at = read_name(at, parts[*count])) == NULL)
            return NULL;
        const char *next = skip_space(at);
        if (*next != '.') {
            ++*count;
            break;
        }
        at = next + 1;
    }
    return *count >= 2 ? at : NULL;
}

/* The place after an alias, if a comma and another table follow. */
static const char *skip_to_next(const char *at)
{
    char alias[SQL_NAME_MAX];
    for (int words = 0; words < 2; words++) {
        at = skip_space(at);
        if (*at == ',')
            return at + 1;
        if ((at = read_name(at, alias)) == NULL)
            return NULL;
    }
    at = skip_space(at);
    return *at == ',' ? at + 1 : NULL;
}

void mapping_sql_tables(const char *sql,
                        void (*found)(void *user, const char *database, const char *schema,
                                      const char *table),
                        void *user)
{
    bool part_of_name = false;
    for (const char *at = sql; *at;) {
        const char *next = mapping_sql_skip(at);
        if (!next)
            return;
        if (next != at || !word_byte(*at)) {
            part_of_name = next == at && *at == '.';
            at = next != at ? next : at + 1;
            continue;
        }
        char word[8], parts[3][SQL_NAME_MAX];
        size_t length = 0, count;
        while (word_byte(at[length]))
            length++;
        text_format(word, sizeof word, "%.*s", length < 7 ? (int)length : 7, at);
        bool table =
            !part_of_name && (text_equal_nocase(word, "FROM") || text_equal_nocase(word, "JOIN"));
        at += length;
        part_of_name = false;
        for (const char *name = table ? at : NULL;
             name && (name = read_table(name, parts, &count)) != NULL; name = skip_to_next(name)) {
            found(user, count == 3 ? parts[0] : "", parts[count - 2], parts[count - 1]);
            at = name;
        }
    }
}
