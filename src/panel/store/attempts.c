#include "panel/store/attempts.h"

#include "base/text.h"

static bool current(const struct attempt *t, const char *address, int64_t now_ms)
{
    return text_equal(t->address, address) && now_ms - t->since_ms < ATTEMPTS_MS;
}

bool attempts_allowed(const struct attempts *a, const char *address, int64_t now_ms,
                      int64_t *wait_ms)
{
    *wait_ms = 0;
    for (int i = 0; a->limit && i < ATTEMPTS_ADDRESSES; i++) {
        const struct attempt *t = &a->list[i];
        if (!current(t, address, now_ms) || t->failed < a->limit)
            continue;
        *wait_ms = t->since_ms + ATTEMPTS_MS - now_ms;
        return false;
    }
    return true;
}

bool attempts_failed(struct attempts *a, const char *address, int64_t now_ms)
{
    struct attempt *t = &a->list[0];
    for (int i = 0; i < ATTEMPTS_ADDRESSES; i++) {
        struct attempt *at = &a->list[i];
        if (text_equal(at->address, address)) {
            t = at;
            break;
        }
        if (!at->address[0] || (t->address[0] && at->last_ms < t->last_ms))
            t = at;
    }
    if (!current(t, address, now_ms)) {
        text_copy(t->address, sizeof t->address, address);
        t->since_ms = now_ms;
        t->failed = 0;
    }
    t->last_ms = now_ms;
    return ++t->failed == a->limit;
}
