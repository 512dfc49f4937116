#include "base/backoff.h"

void backoff_init(struct backoff *b, int64_t first_ms, int64_t cap_ms)
{
    b->first_ms = first_ms > 0 ? first_ms : 1;
    b->cap_ms = cap_ms > b->first_ms ? cap_ms : b->first_ms;
    b->failures = 0;
}

int64_t backoff_failed(struct backoff *b, uint32_t random)
{
    int64_t step = b->first_ms;
    for (unsigned i = 0; i < b->failures && step < b->cap_ms; i++)
        step *= 2;
    if (step > b->cap_ms)
        step = b->cap_ms;
    b->failures++;
    int64_t half = step / 2;
    return half + (int64_t)(random % (uint64_t)(step - half + 1));
}

void backoff_reset(struct backoff *b)
{
    b->failures = 0;
}
