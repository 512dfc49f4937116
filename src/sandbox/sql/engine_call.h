/* engine_call.h – procedures that clients call. */
#ifndef ENDPOINT_SANDBOX_SQL_ENGINE_CALL_H
#define ENDPOINT_SANDBOX_SQL_ENGINE_CALL_H

#include "sandbox/sql/engine.h"

/* Run a procedure by RPC. False, with message 2812, when there is none of that name. */
bool engine_call(struct engine_session *s, const char *procedure,
                 const struct sql_parameter *parameters, size_t count,
                 const struct engine_sink *sink);

#endif
