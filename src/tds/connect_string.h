/* connect_string.h – values in an ODBC connection string that every FreeTDS reads alike.
 *
 * A value without braces reaches up to the next ";" in all of them. In braces a "}" of the value is doubled from
 * FreeTDS 1.4 on, as Microsoft says; before, all up to "};" stands as it is and a doubled brace is two of them. A
 * wrong guess is a wrong password, and a few of those lock a login.
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

/* Does it depend on the driver how this value is written? */
bool connect_string_needs_braces(const char *value);

/* How the driver at hand reads braces, found out without the network. env: SQLHENV, of ODBC 3. */
enum braces connect_string_ask(void *env);

/* Append ";NAME=VALUE"; a ";" or the end of the string may follow. Whoever sends the string ends it with ";".
 * False: this driver has no way to be told the value ("};" with BRACES_PLAIN), or it has to be asked first. */
bool connect_string_add(struct buf *b, const char *name, const char *value, enum braces braces);

#endif
