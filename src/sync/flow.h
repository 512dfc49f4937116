/* flow.h – one pass of a plugin: compare what the ERP has with what was seen before, queue the
 * differences, send the queue.
 */
#ifndef ENDPOINT_SYNC_FLOW_H
#define ENDPOINT_SYNC_FLOW_H

#include <jansson.h>

#include "base/clock.h"
#include "channel/channel.h"
#include "model/record.h"
#include "store/held.h"
#include "store/ledger.h"

/* Where records come from, in key order; next as reader_next. */
struct flow_source {
    enum status (*next)(void *user, const struct record **record, struct error *e);
    void *user;
};

/* Called between rows and batches: that work goes on. Not STATUS_OK ends the work (CANCELLED). */
typedef enum status flow_tick(void *user, const char *phase, uint64_t done);

/* What came of reading the shop's catalogue. */
struct flow_swept {
    const struct error *failed; /* it could not be read; NULL: it was, whole */
    int64_t items;              /* that the shop has */
    int64_t again;              /* held rows whose product is there now: they are tried again */
    bool verified;              /* what the shop shows was compared with what was sent */
    int64_t differ;             /* products that show another value */
    int64_t never_arrived;      /* of these: the value from before the last sending */
    bool sent_again;            /* they are sent again, else only said */
    char first[600];            /* of those, as a said text */
};

struct flow {
    const struct clock *clock; /* the system's in programs */
    struct ledger *ledger;
    const char *state_dir;
    const struct stream_def *stream;
    const json_t *options; /* of the scenario; borrowed */
    int64_t scenario_version;
    int64_t outbox_limit;    /* rows */
    int64_t disk_free_bytes; /* below this reading stops */
    int64_t shrink_percent;
    bool accept_deletions; /* the guard lets this pass through */
    bool changed_only;     /* the source gives only what changed: what it does not give stays */
    bool suspect;          /* note the keys that are found changed (sync/stamps.h) */
    bool explain;          /* and drop from those notes the keys that the source gives */
    const char *stamp,
        *print; /* set with the last of the changes; NULL: the stamp stays as it is */
    bool dry;   /* simulate: nothing is written */
    flow_tick *tick;
    void *user;
    /* dry: each change that would be queued. op "upsert" or "delete"; data NULL for a deletion. op "held": the row
     * would be held back; data says why: {"column","code","text","remedy"}. */
    void (*would)(void *user, const char *op, const char *key, const char *data);
    void (*held)(void *user,
                 const struct held_row *row); /* a row that is newly held; may be NULL */
    void *held_user;
    /* ---- of channels with a catalogue ---- */
    const json_t *channel; /* the channel's settings; borrowed */
    bool accept_mass;      /* the guard lets a mass change through */
    void (*swept)(void *user, const struct flow_swept *swept); /* may be NULL; user: held_user */
};

/* What a pass did. */
struct flow_result {
    uint64_t rows, upserts, deletes;
    uint64_t held; /* of the rows: a value in them cannot be taken */
    uint64_t known_before;
    bool changed_only;  /* what changed was read, not everything */
    uint64_t unmatched; /* left out: nothing by which the shop could know them (options.match) */
};

/* Read a whole pass into the ledger. Rows that cannot be taken are held (store/held.h), the others go on;
 * STATUS_INVALID (held_all): none of them could be taken. STATUS_GUARD (read_shrunken, read_empty): the deletions were
 * refused. STATUS_FULL (ledger_room, outbox_full): reading stopped. Errors of the source come through:
 * what was queued before stays, deletions are not decided. */
enum status flow_read(struct flow *f, const struct flow_source *source, struct flow_result *result,
                      struct error *e);

#endif
