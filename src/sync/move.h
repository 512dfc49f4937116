/* move.h – decisions about orders, committed together. */
#ifndef ENDPOINT_SYNC_MOVE_H
#define ENDPOINT_SYNC_MOVE_H

#include "sync/order_flow.h"

/* What should become of one entry. */
struct order_move {
    enum { MOVE_NONE, MOVE_CAUSE, MOVE_NOTE } what;
    enum order_cause cause;
    struct order_change change;
    char reason[ORDER_REASON_SAID], remedy[ORDER_REMEDY_SAID]; /* said texts (base/said.h) */
    char document[64], document_id[64];
    const char *level, *code; /* of its journal entry; NULL: none */
    bool warned;              /* this reports that it is overdue */
};

/* Fill a move; the reason with printf, %s for names and values, %-s for texts. */
void move_set(struct order_move *m, enum order_cause cause, const char *level, const char *code,
              const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same with a text that was made elsewhere; "": none. */
void move_plain(struct order_move *m, enum order_cause cause, const char *level, const char *code,
                const char *said);
/* It stays in its state, for this reason. */
void move_note(struct order_move *m, const char *level, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void move_remedy(struct order_move *m, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void move_document(struct order_move *m, const char *document, const char *document_id, int copies);
/* The ERP has it. */
void move_found(struct order_move *m, const struct order_found *found);
/* From a writer's answer. */
void move_written(struct order_move *m, enum written w, const struct writer_outcome *out,
                  const struct order_entry *n);

/* One transaction with all moves; then journal and counts. */
enum status move_commit(struct order_flow *f, struct order_entry *entries, struct order_move *moves,
                        size_t count, struct error *e);

#endif
