/* A mapping only reads. A SQL Server login should have no other right; this is the second lock. */
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "erp/mapping_load.h"

/* Words that change something, or run what is not written here. */
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

/* The end of what begins here with `open`; doubled, `close` stands for itself. NULL: it has none.
 */
static const char *skip_quoted(const char *at, char close)
{
    for (at++; *at; at++)
        if (*at == close && *++at != close)
            return at;
    return NULL;
}

/* Behind a text, a name in brackets or quotes, or a comment that begins here; `at` when none does.
 */
static const char *skip(const char *at)
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

bool mapping_sql_reads(const char *sql, bool whole, char problem[100])
{
    bool first = whole, part_of_name = false;
    for (const char *at = sql; *at;) {
        const char *next = skip(at);
        if (!next) {
            text_copy(problem, 100, "a text, name or comment in it is never ended");
            return false;
        }
        if (next != at) {
            at = next;
            part_of_name = false;
            continue;
        }
        if (!word_byte(*at)) {
            if (*at == ';') {
                text_copy(problem, 100, "there is a \";\" in it: one statement, without that");
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
                text_format(problem, 100, "there is %s in it: a mapping only reads", forbidden[i]);
                return false;
            }
        }
        if (first && !text_equal_nocase(word, "SELECT") && !text_equal_nocase(word, "WITH")) {
            text_copy(problem, 100, "it must be a SELECT");
            return false;
        }
        first = part_of_name = false;
        at += length;
    }
    if (first)
        text_copy(problem, 100, "it must be a SELECT");
    return !first;
}
