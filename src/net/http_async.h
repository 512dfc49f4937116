/* http_async.h – the same requests inside a libuv loop, without blocking it (curl multi). */
#ifndef ENDPOINT_NET_HTTP_ASYNC_H
#define ENDPOINT_NET_HTTP_ASYNC_H

#include <uv.h>

#include "net/http.h"

struct http_pool;
struct http_call;

enum status http_pool_open(uv_loop_t *loop, const struct http_options *o, struct http_pool **pool,
                           struct error *e);
/* Cancel everything under way without calling back. The pool's handles close in the loop, which
 * must run once more afterwards. */
void http_pool_close(struct http_pool *pool);

/* Start a request. The request's strings and body are copied. done is called from the loop exactly
 * once unless the call is cancelled; answer and e live until it returns. */
typedef void http_done(enum status status, const struct http_answer *answer, const struct error *e,
                       void *user);
enum status http_start(struct http_pool *pool, const struct http_request *request, http_done *done,
                       void *user, struct http_call **call, struct error *e);
void http_cancel(struct http_call *call);

#endif
