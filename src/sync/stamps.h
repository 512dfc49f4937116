/* stamps.h – reads only the changed rows, and measures whether that is enough.
 *
 * If an ERP stamps its rows, a pass reads the rows changed since the last safe stamp. The full
 * compare continues on its own schedule, and is the truth: only it finds rows that were deleted, or
 * changed without their stamp changing. To measure the latter, a full compare runs between two
 * reads of stamps. Rows that it finds changed are suspect; rows in the second read changed in the
 * meantime and are explained. The remaining ones were missed by the stamps. Then the full compare
 * runs four times as often, down to once in ten minutes, and half as often again after each one
 * that found nothing missing.
 */
#ifndef ENDPOINT_SYNC_STAMPS_H
#define ENDPOINT_SYNC_STAMPS_H

#include "store/ledger.h"

#define STAMPS_TEXT        48
#define STAMPS_PRINT       33
#define STAMPS_SHORTEST_MS INT64_C(600000)

/* Where a plugin stands; kept in its ledger. */
struct stamps {
    char stamp[STAMPS_TEXT];  /* everything committed before it has been read; "": nothing yet */
    char print[STAMPS_PRINT]; /* fingerprint of the statement that read it */
    int64_t full_ms;          /* when everything was last compared; 0: never */
    int64_t interval_ms;      /* how often that happens now; 0: as the scenario says */
    int64_t missed; /* records that the last measured compare found and the stamps had missed */
};

/* What the next pass is. */
enum stamps_pass {
    PASS_CHANGED,  /* the rows changed since the stamp */
    PASS_FULL,     /* everything: there is no stamp to go by */
    PASS_MEASURED, /* changes, then everything, then the changes in between */
};

enum status stamps_load(struct ledger *l, struct stamps *s, struct error *e);

/* safe: the server's safe stamp now; print: of the statement now. every_ms: the scenario's full_every.
 * asked: a person wants everything compared. new_scenario: it changed since the last full compare. */
enum stamps_pass stamps_plan(const struct stamps *s, const char *safe, const char *print,
                             int64_t every_ms, bool asked, bool new_scenario, int64_t now_ms);

/* A full compare ended well at now_ms; measured: with this many missed, else < 0. The new state is
 * written. */
enum status stamps_full_done(struct ledger *l, struct stamps *s, int64_t missed, int64_t every_ms,
                             int64_t now_ms, struct error *e);

#endif
