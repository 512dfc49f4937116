/* sweep.h – reading the shop's catalogue, page by page, when it is time to, and comparing it with what was sent.
 *
 * A sweep is kept in the ledger (its number, the page it is at), so a worker that is killed goes on where it was. It is
 * due when there was none yet, on the schedule of the scenario (catalogue_every, verify_every), and when a product was
 * not found – then not before ten minutes and twenty times the last one's duration have passed, as pages cost calls.
 */
#ifndef ENDPOINT_SYNC_SWEEP_H
#define ENDPOINT_SYNC_SWEEP_H

#include "store/items.h"
#include "sync/flow.h"

struct sweep;

/* All borrowed. */
enum status sweep_open(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                       struct items *items, struct sweep **s, struct error *e);
void sweep_close(struct sweep *s);

/* Is a page to be read now? wanted: a product was not found. */
bool sweep_due(const struct sweep *s, bool wanted);
/* Has the catalogue been read whole at least once? Nothing can be matched before. */
bool sweep_done_once(const struct sweep *s);
/* Read the next page. At the end of the last one held rows whose product is there now are tried again, and f->swept is
 * told. When it fails and there is an older catalogue, that is told likewise, it is tried again later, and STATUS_OK is
 * returned. */
enum status sweep_step(struct sweep *s, int64_t *retry_after_ms, struct error *e);
/* Forget the catalogue: it is damaged, or another shop's. */
enum status sweep_anew(struct sweep *s, struct error *e);

/* Inside a transaction: it is another shop; what the old one had and was sent is forgotten. */
enum status sweep_forget(struct ledger *l, struct error *e);

/* When the next one is due, wall, for whoever waits; 0: at once. */
enum status sweep_next(const struct flow *f, int64_t *at_ms, struct error *e);

#endif
