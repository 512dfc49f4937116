/* api_start.h – the API's calls about starts. */
#ifndef ENDPOINT_PANEL_API_API_START_H
#define ENDPOINT_PANEL_API_API_START_H

#include "panel/api/api_internal.h"

/* api_start.c */
void api_post_start(struct api *api, struct api_request *r, struct api_answer *a);

void api_post_stop(struct api *api, struct api_request *r, struct api_answer *a);

/* Answer with the error of starts.c. */
void api_refuse_start(struct api_answer *a, const struct error *e);

#endif
