/* answers.h – what a test wants a login or a statement to be answered with, from a file that is read each time. */
#ifndef ENDPOINT_SANDBOX_TDS_ANSWERS_H
#define ENDPOINT_SANDBOX_TDS_ANSWERS_H

#include "sandbox/tds/tds.h"

enum answer {
    ANSWER_NONE, /* no file, an empty one, or only messages that refuse nothing: it goes on */
    ANSWER_DENY, /* "deny": the messages, and it fails */
    ANSWER_CUT   /* "cut": the messages before it, then the connection ends without a word */
};

/* Send the file's messages, lines of NUMBER SEVERITY TEXT, and say what becomes of it. file may be NULL. */
enum answer answers_send(struct tds *t, const char *file);

#endif
