/* answers.h – answers to a login or a statement that a test prescribes, in a file that is read each
 * time. */
#ifndef ENDPOINT_SANDBOX_TDS_ANSWERS_H
#define ENDPOINT_SANDBOX_TDS_ANSWERS_H

#include "sandbox/tds/tds.h"

enum answer {
    ANSWER_NONE, /* no file, an empty one, or only messages that refuse nothing: go on */
    ANSWER_DENY, /* "deny": send the messages, then fail */
    ANSWER_CUT   /* "cut": send the messages before it, then close the connection without a word */
};

/* Send the file's messages, lines of NUMBER SEVERITY TEXT, and say what becomes of it. file may be NULL. */
enum answer answers_send(struct tds *t, const char *file);

#endif
