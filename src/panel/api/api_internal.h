/* api_internal.h – shared by the API's handlers. */
#ifndef ENDPOINT_PANEL_API_API_INTERNAL_H
#define ENDPOINT_PANEL_API_API_INTERNAL_H

#include <jansson.h>

#include "panel/api/api.h"

#define API_WAIT_MAX_S 50

/* Answer with JSON (taken over). */
void api_give(struct api_answer *a, int code, json_t *json);
/* Answer with a problem that fits the error. */
void api_fail(struct api_answer *a, const struct error *e);
/* The body as a JSON object; NULL: it is not one (answered). */
json_t *api_object_body(struct api_request *r, struct api_answer *a);
/* The query's number, or `otherwise` if absent; false (answered) unless it is from min to max. */
bool api_query_number(const char *text, const char *name, int64_t min, int64_t max,
                      int64_t otherwise, int64_t *value, struct api_answer *a);
/* Undo percent-encoding; false if it is malformed, contains a NUL, is not UTF-8, or does not fit. */
bool api_decode(const char *text, size_t length, char *target, size_t size);

#endif
