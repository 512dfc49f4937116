/* link_answer.h – the meaning of unexpected answers: a text and a remedy for each. */
#ifndef ENDPOINT_LINK_LINK_ANSWER_H
#define ENDPOINT_LINK_LINK_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "net/http.h"

/* See link_answer in link.h. */
enum status link_answer_status(int code);

/* Does the code refuse the content, so that sending the same again would be refused again? Not the
 * sender or the time. */
bool link_answer_final(int code);

/* A good code with a body that is not from a panel. Always STATUS_UNREACHABLE, panel_answer. base:
 * the panel's URL. */
enum status link_answer_not_json(const char *base, const struct http_answer *answer,
                                 struct error *e);

/* Any code but 2xx. problem: the body as JSON; NULL or without "code": not from a panel,
 * panel_error. */
enum status link_answer_refused(const char *base, const struct http_answer *answer,
                                const json_t *problem, struct error *e);

#endif
