/* link_answer.h – what an answer means that is not what was asked for: words and a remedy for each. */
#ifndef ENDPOINT_LINK_LINK_ANSWER_H
#define ENDPOINT_LINK_LINK_ANSWER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"
#include "net/http.h"

/* See link_answer in link.h. */
enum status link_answer_status(int code);

/* Is it a refusal of what was sent, which the same again would meet again? Not of who sent it or when. */
bool link_answer_final(int code);

/* A good code with a body that is none of ours. Always STATUS_UNREACHABLE, panel_answer. base: the panel's URL. */
enum status link_answer_not_json(const char *base, const struct http_answer *answer,
                                 struct error *e);

/* Any code but 2xx. problem: the body as JSON; NULL or without "code": not the panel's words, panel_error. */
enum status link_answer_refused(const char *base, const struct http_answer *answer,
                                const json_t *problem, struct error *e);

#endif
