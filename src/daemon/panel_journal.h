/* panel_journal.h – the journal on its way to the panel: in batches, the oldest first, and what the panel will
 * never take does not stand in the way of the rest.
 *
 * A batch that is refused is halved until one entry is left. That one is a suspect, and the next is tried: when
 * the panel takes another one, the refusal was about the suspect, which is offered once more and then set
 * aside, counted and told. When it takes none, it refuses the journal as a whole: then nothing is set aside, all is
 * kept, and it is tried from the start again.
 */
#ifndef ENDPOINT_DAEMON_PANEL_JOURNAL_H
#define ENDPOINT_DAEMON_PANEL_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct daemon;
struct panel_side;

#define PANEL_JOURNAL_BATCH    200
#define PANEL_JOURNAL_SUSPECTS 20

struct panel_journal {
    struct daemon *daemon;
    struct panel_side *side;                  /* where what was set aside is counted */
    int limit;                                /* entries in a batch now; 0: as many as may be */
    int64_t first, upto;                      /* ids of the batch under way */
    size_t count;                             /* its entries */
    bool own;                                 /* its only entry says itself that one was refused */
    int64_t suspects[PANEL_JOURNAL_SUSPECTS]; /* rising */
    size_t suspect_count;
    bool proving;   /* another one was taken: the suspects are offered once more */
    int64_t passed; /* the panel has all up to here but the suspects */
};

/* Append the next batch as lines of JSON. False: there is nothing to send. */
bool panel_journal_batch(struct panel_journal *j, struct buf *body);
/* The panel has the batch. */
void panel_journal_taken(struct panel_journal *j);
/* The panel refused it for what it says. True: go on at once; false: after a wait. */
bool panel_journal_refused(struct panel_journal *j, const struct error *e);

#endif
