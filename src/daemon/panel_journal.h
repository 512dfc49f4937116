/* panel_journal.h – sends the journal to the panel: in batches, oldest first; an entry that the
 * panel will never accept does not block the rest.
 *
 * A refused batch is halved until one entry is left. That entry becomes a suspect, and the next one
 * is tried. If the panel accepts another entry, the refusal was about the suspect: it is offered
 * once more, then set aside, counted and reported. If the panel accepts none, it refuses the
 * journal as a whole: then nothing is set aside, everything is kept, and sending starts from the
 * beginning again.
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
    struct panel_side *side;                  /* counts the entries that were set aside */
    int limit;                                /* entries in a batch now; 0: as many as may be */
    int64_t first, upto;                      /* ids of the batch under way */
    size_t count;                             /* its entries */
    bool own;                                 /* its only entry is itself a report of a refusal */
    int64_t suspects[PANEL_JOURNAL_SUSPECTS]; /* rising */
    size_t suspect_count;
    bool proving;   /* another one was accepted: offer the suspects once more */
    int64_t passed; /* the panel has everything up to here except the suspects */
};

/* Append the next batch as lines of JSON. False: there is nothing to send. */
bool panel_journal_batch(struct panel_journal *j, struct buf *body);
/* The panel has the batch. */
void panel_journal_taken(struct panel_journal *j);
/* The panel refused it for its content. True: continue at once; false: after a wait. */
bool panel_journal_refused(struct panel_journal *j, const struct error *e);

#endif
