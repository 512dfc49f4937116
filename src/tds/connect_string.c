#include "tds/connect_string.h"

#include <sql.h>
#include <sqlext.h>
#include <string.h>

#include "config.h"

/* Without braces the value would end too early, or its first brace would look like one of ours. */
static bool quoted(const char *value)
{
    return value[0] == '{' || strchr(value, ';') != NULL;
}

bool connect_string_needs_braces(const char *value)
{
    return quoted(value) && strchr(value, '}') != NULL;
}

bool connect_string_add(struct buf *b, const char *name, const char *value, enum braces braces)
{
    if (connect_string_needs_braces(value) &&
        (braces == BRACES_NOT_ASKED || (braces == BRACES_PLAIN && strstr(value, "};"))))
        return false;
    buf_printf(b, ";%s=", name);
    if (!quoted(value)) {
        buf_add_text(b, value);
        return true;
    }
    buf_add_byte(b, '{');
    for (; *value; value++) {
        buf_add_byte(b, *value);
        if (*value == '}' && braces == BRACES_DOUBLED)
            buf_add_byte(b, '}');
    }
    buf_add_byte(b, '}');
    return true;
}

/* No character set has that name, so a driver that reads the string to its end reports it (HY024,
 * before 1.5 HY001) and looks for no server. With the new reading, "a}b" is a syntax error before
 * that (HY000). */
enum braces connect_string_ask(void *env)
{
    SQLCHAR probe[] = "DRIVER=" TDSODBC_PATH ";ClientCharset=none;Probe={a}b};", state[6] = "";
    SQLHDBC dbc;
    SQLINTEGER native;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc)))
        return BRACES_NOT_ASKED;
    SQLRETURN code =
        SQLDriverConnect(dbc, NULL, probe, SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT);
    SQLGetDiagRec(SQL_HANDLE_DBC, dbc, 1, state, &native, NULL, 0, NULL);
    if (SQL_SUCCEEDED(code)) /* impossible */
        SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    if (memcmp(state, "HY024", 5) == 0 || memcmp(state, "HY001", 5) == 0)
        return BRACES_PLAIN;
    return memcmp(state, "HY000", 5) == 0 ? BRACES_DOUBLED : BRACES_NOT_ASKED;
}
