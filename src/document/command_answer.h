/* command_answer.h – reads a program's answer about an order. */
#ifndef ENDPOINT_DOCUMENT_COMMAND_ANSWER_H
#define ENDPOINT_DOCUMENT_COMMAND_ANSWER_H

#include "document/writer.h"

#define COMMAND_ANSWER_MAX (64 << 10) /* bytes of an answer */

/* One line of JSON, the whole output:
 *
 *     {"result":"done","document":"ZK 12/2026","document_id":"4711"}
 *     {"result":"rejected","reasons":["…"]}
 *
 * WRITTEN_DONE or WRITTEN_REJECTED with *out filled. Anything else is WRITTEN_UNKNOWN, and
 * out->error says what was wrong. */
enum written command_answer(const char *bytes, size_t length, struct writer_outcome *out);

#endif
