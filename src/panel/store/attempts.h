/* attempts.h – how many failed attempts an address may make in a minute before it has to wait.
 * Pure: no clock. */
#ifndef ENDPOINT_PANEL_STORE_ATTEMPTS_H
#define ENDPOINT_PANEL_STORE_ATTEMPTS_H

#include <stdbool.h>
#include <stdint.h>

#define ATTEMPTS_ADDRESSES \
    256 /* addresses remembered; the one not heard from for the longest time makes room */
#define ATTEMPTS_MS 60000

struct attempts {
    int limit; /* 0: none */
    struct attempt {
        char address[48]; /* "": free */
        int failed;
        int64_t since_ms, last_ms;
    } list[ATTEMPTS_ADDRESSES];
};

/* May it try? If not, *wait_ms says in how long it may. Times come from a clock that never goes
 * back. */
bool attempts_allowed(const struct attempts *a, const char *address, int64_t now_ms,
                      int64_t *wait_ms);
/* It tried and failed. True: this was one too many, for the first time in this minute. */
bool attempts_failed(struct attempts *a, const char *address, int64_t now_ms);

#endif
