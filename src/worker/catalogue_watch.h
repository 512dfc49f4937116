/* catalogue_watch.h – what the loop of a plugin does about its shop's catalogue: when it is read again, and what is said. */
#ifndef ENDPOINT_WORKER_CATALOGUE_WATCH_H
#define ENDPOINT_WORKER_CATALOGUE_WATCH_H

#include "sync/flow.h"
#include "worker/worker.h"

struct catalogue_watch {
    struct worker *w;
    char said_failed[48]; /* code of a check that is red and was journalled */
    bool again;           /* rows are to be read anew: a pass over everything is wanted */
};

/* Of struct flow: user is a struct catalogue_watch. */
void catalogue_watch_swept(struct catalogue_watch *c, const struct flow_swept *swept);

/* How long until a page of the catalogue, or a row that the shop wants later, is due, in ms; < 0: nothing is. *read: it is a
 * row, and so reading's turn. */
int64_t catalogue_watch_wait(const struct catalogue_watch *c, bool *read);

/* Values that the shop shows rounded down: once a day in the journal. */
void catalogue_watch_rounded(struct catalogue_watch *c, uint64_t count, const struct error *first);

/* Is it still the shop that the ledger knows? Another one gets everything. Called before the first pass. */
enum status catalogue_watch_shop(struct worker *w, struct error *e);

#endif
