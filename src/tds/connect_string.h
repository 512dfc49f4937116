/* connect_string.h – values in an ODBC connection string that every FreeTDS reads the same way.
 *
 * In all versions a value without braces ends at the next ";". In braces, FreeTDS 1.4 and later
 * expect a "}" of the value to be doubled, as Microsoft says; earlier versions take everything up
 * to "};" literally, and a doubled brace is two braces. A wrong guess means a wrong password, and a
 * few of those lock a login.
 */
#ifndef ENDPOINT_TDS_CONNECT_STRING_H
#define ENDPOINT_TDS_CONNECT_STRING_H

#include "base/buf.h"
#include "base/error.h"

enum braces {
    BRACES_NOT_ASKED, /* no value depends on it */
    BRACES_DOUBLED,
    BRACES_PLAIN
};

/* Does the way to write this value depend on the driver? */
bool connect_string_needs_braces(const char *value);

/* How this driver reads braces, found out without the network. env: an SQLHENV of ODBC 3. */
enum braces connect_string_ask(void *env);

/* Append ";NAME=VALUE"; a ";" or the end of the string may follow. The caller ends the string with
 * ";". False: this driver cannot be given the value ("};" with BRACES_PLAIN), or it has to be asked
 * first. */
bool connect_string_add(struct buf *b, const char *name, const char *value, enum braces braces);

#endif
