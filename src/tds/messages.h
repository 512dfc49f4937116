/* messages.h – the messages of a SQL Server that we know by number: what each means, and what to do.
 *
 * A server that refuses a login, or ends a statement, often sends several messages at once, in any order: a
 * general one ("login failed") and the one that says why. The most special one decides. A number that stands
 * here is recognised whatever its severity: "SHUTDOWN is in progress" is only informational.
 */
#ifndef ENDPOINT_TDS_MESSAGES_H
#define ENDPOINT_TDS_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* How much a message says: of several the highest decides, and the first of equals. */
enum message_rank {
    MESSAGE_INFORMATION, /* a number that we do not know, severity 10 or less */
    MESSAGE_ECHO,        /* that something was ended, not why */
    MESSAGE_GENERAL,     /* that the login failed */
    MESSAGE_BROAD,       /* that a database cannot be opened, not why */
    MESSAGE_UNKNOWN,     /* an error whose number we do not know */
    MESSAGE_SPECIAL      /* the cause */
};

struct message {
    int number, severity; /* as the server documents them */
    enum message_rank rank;
    enum status status; /* UNREACHABLE and BUSY pass by themselves; the others need a person */
    const char *code;   /* "" of an echo */
    const char *about;  /* what it means, for those who read the table */
    const char *remedy; /* English, marked for translation; "" of an echo */
    const char *source; /* the page of the server's documentation */
};

/* NULL: not one that we know. */
const struct message *messages_find(int number);
/* The rows in ascending order of number; NULL behind the last. */
const struct message *messages_at(size_t index);

/* One message of several that came at once. */
struct message_said {
    int number;       /* 0: the driver gave none */
    bool information; /* severity 10 or less */
    const char *text; /* the server's words, UTF-8 */
};
enum message_rank messages_rank(const struct message_said *said);

/* The error of what a server said: "what: words", with the words of other causes behind. STATUS_OK when no
 * message among them is more than information: the server refused nothing. */
enum status messages_error(const struct message_said *said, size_t count, const char *what,
                           struct error *e);

/* Does an error with this code mean that the ERP cannot be got at, whatever is asked of it? */
bool messages_away(const char *code);

#endif
