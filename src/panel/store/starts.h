/* starts.h – which start of an endpoint may speak for it.
 *
 * A state directory can be copied, and then one endpoint exists twice: same id, same key. So each
 * start of endpointd asks for the next incarnation number, and every later call carries it. The
 * newest number is the endpoint; an older one is refused. A newcomer gets a number at once if it is
 * clearly the same installation started again, or if the previous start said that it stops.
 * Otherwise the panel watches whether the previous one still calls: if it does, the newcomer is a
 * copy and is held, and only a person lets it take over. So two machines can never take turns.
 *
 * Orders have a lease: an endpoint may write new documents for STARTS_LEASE_TOLD_MS after an answer
 * of the panel. A start that replaces another one without its goodbye is told how long the other's
 * lease may still run, and writes no orders until then.
 */
#ifndef ENDPOINT_PANEL_STORE_STARTS_H
#define ENDPOINT_PANEL_STORE_STARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "panel/store/store.h"

#define STARTS_LEASE_MS  300000 /* how long an endpoint may write orders after its last call … */
#define STARTS_TOLD_PART 5      /* … minus a fifth, to allow for clocks and slow writers */
#define STARTS_SILENT_MS 75000  /* longer than any pause between two calls of a healthy endpoint */
#define STARTS_ASK_MS    10000  /* how long an endpoint whose poll was ended has to call again */
#define STARTS_RETRY_S   1      /* a newcomer asks again after this, while the panel finds out */
#define STARTS_HELD_S    20     /* and after this, while it is held */
#define STARTS_FORGET_MS 180000 /* a copy that has not asked for this long is gone */

/* What a start says about itself. */
struct start {
    const char *life; /* random, made anew by every start */
    const char *
        place; /* hash of boot, machine and state directory: equal only where a lock excludes two */
    const char *host;
    int64_t last;   /* the number that its state directory remembers; 0: none */
    bool held;      /* it was held, or replaced, before: only a person lets it in */
    bool take_over; /* a person decided it */
};

enum start_verdict { START_GO, START_WAIT, START_TWIN };

struct start_answer {
    enum start_verdict verdict;
    int64_t incarnation, lease_ms;
    int64_t orders_in_ms; /* how long another one's lease may still run */
    int64_t retry_s;      /* WAIT and TWIN */
    bool restored;        /* its state is older than the endpoint's newest */
    char host[128];       /* of the one that runs (TWIN), or was replaced */
    int64_t called_ms;    /* when it called last; 0: never */
};

/* lease_ms, ask_ms: 0 for the usual times; tests use shorter ones. */
struct start_times {
    int64_t lease_ms, ask_ms, silent_ms;
};

enum status starts_ask(struct store *s, const char *endpoint, const struct start *start,
                       const struct start_times *times, int64_t now_ms, struct start_answer *answer,
                       struct error *e);

/* A call came with this incarnation (0: none): record it. STATUS_DENIED: endpoint_superseded, or
 * start_missing. */
enum status starts_check(struct store *s, const char *endpoint, int64_t incarnation, bool needed,
                         int64_t now_ms, struct error *e);
/* Is it still the newest? Records no call. */
enum status starts_still(struct store *s, const char *endpoint, int64_t incarnation,
                         struct error *e);

/* It says that it stops: the next start need not wait. */
enum status starts_stop(struct store *s, const char *endpoint, int64_t incarnation,
                        struct error *e);

/* {"host","since","asked"} of a copy that is held now, for the endpoint's configuration; NULL: none. */
json_t *starts_twin(struct store *s, const char *endpoint, int64_t now_ms);
/* Forget copies that have not asked for long, and let the endpoints that they disturbed know. */
void starts_tidy(struct store *s, int64_t now_ms);

/* A person lets the held copy take over, at its next call. STATUS_NOT_FOUND: none is held. */
enum status starts_let(struct store *s, const char *endpoint, struct error *e);

#endif
