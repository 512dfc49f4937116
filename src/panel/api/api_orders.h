/* api_orders.h – the API's calls about orders. */
#ifndef ENDPOINT_PANEL_API_API_ORDERS_H
#define ENDPOINT_PANEL_API_API_ORDERS_H

#include "panel/api/api_internal.h"

void api_get_orders(struct api *api, struct api_request *r, struct api_answer *a);
void api_post_outcome(struct api *api, struct api_request *r, struct api_answer *a);
void api_post_outcomes(struct api *api, struct api_request *r, struct api_answer *a);

#endif
