/* ledger_outbox.h – the outbox: what waits to be sent, and what becomes of it. */
#ifndef ENDPOINT_STORE_LEDGER_OUTBOX_H
#define ENDPOINT_STORE_LEDGER_OUTBOX_H

#include "store/ledger.h"

/* NDJSON of the oldest queued rows, at most max_rows and about max_bytes. STATUS_END: nothing queued. */
enum status ledger_batch(struct ledger *l, size_t max_rows, size_t max_bytes, struct buf *lines,
                         uint64_t *first, uint64_t *last, struct error *e);

/* The channel has everything up to seq: drop it from the outbox. */
enum status ledger_acknowledge(struct ledger *l, uint64_t seq, struct error *e);

/* Take the oldest queued row out, inside a transaction: it will never be sent. The rows behind it move up by one
 * number, so that the channel sees no hole; it has none of them yet. */
enum status ledger_drop_oldest(struct ledger *l, struct error *e);

/* The two sides disagree beyond mending by sending: drop the outbox, forget every fingerprint (keys stay, so
 * that deletions are still found), go on numbering after `acked`. */
enum status ledger_resync(struct ledger *l, uint64_t acked, struct error *e);

#endif
