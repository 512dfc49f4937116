/* backoff.h – how long to wait before the next try: exponential, capped, with jitter.
 *
 * The wait is random between half and the whole of the current step, so that a hundred endpoints
 * whose panel came back do not all knock at once.
 */
#ifndef ENDPOINT_BASE_BACKOFF_H
#define ENDPOINT_BASE_BACKOFF_H

#include <stdint.h>

struct backoff {
    int64_t first_ms;
    int64_t cap_ms;
    unsigned failures; /* since the last success */
};

void backoff_init(struct backoff *b, int64_t first_ms, int64_t cap_ms);

/* Count a failure; returns the wait in ms. random: any 32 random bits. */
int64_t backoff_failed(struct backoff *b, uint32_t random);

/* Forget the failures: call it only after success has lasted. */
void backoff_reset(struct backoff *b);

#endif
