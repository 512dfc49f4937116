/* messages.h – the SQL Server messages that we know by number: what each one means, and what to do.
 *
 * A server that refuses a login, or ends a statement, often sends several messages at once, in any
 * order: a general one ("login failed") and one that says why. The most specific one decides. A
 * number in this table is recognised whatever its severity: "SHUTDOWN is in progress" is only
 * informational.
 */
#ifndef ENDPOINT_TDS_MESSAGES_H
#define ENDPOINT_TDS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* How specific a message is: of several the highest rank decides, and the first among equals. */
enum message_rank {
    MESSAGE_INFORMATION, /* a number that we do not know, severity 10 or less */
    MESSAGE_ECHO,        /* something was ended, but not why */
    MESSAGE_GENERAL,     /* the login failed */
    MESSAGE_BROAD,       /* a database cannot be opened, but not why */
    MESSAGE_UNKNOWN,     /* an error whose number we do not know */
    MESSAGE_SPECIAL      /* the cause */
};

struct message {
    int number, severity; /* as the server documents them */
    enum message_rank rank;
    enum status status; /* UNREACHABLE and BUSY pass without help; the others need a person */
    const char *code;   /* "" of an echo */
    const char *about;  /* what it means, for those who read the table */
    const char *remedy; /* English, marked for translation; "" of an echo */
    const char *source; /* the page of the server's documentation */
};

/* NULL: unknown. */
const struct message *messages_find(int number);
/* The rows in ascending order of number; NULL after the last. */
const struct message *messages_at(size_t index);

/* One message of several that came at once. */
struct message_said {
    int number;       /* 0: the driver gave none */
    bool information; /* severity 10 or less */
    const char *text; /* the server's words, UTF-8 */
};
enum message_rank messages_rank(const struct message_said *said);

/* The error made from a server's messages: "what: message", followed by the messages of other
 * causes. STATUS_OK: all messages are only information, and the server refused nothing. */
enum status messages_error(const struct message_said *said, size_t count, const char *what,
                           struct error *e);

/* Does an error with this code mean that the ERP cannot be reached, whatever we want from it? */
bool messages_away(const char *code);

#endif
