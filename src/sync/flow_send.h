/* flow_send.h – sends the outbox, batch by batch, and processes the shop's answer for each row. */
#ifndef ENDPOINT_SYNC_FLOW_SEND_H
#define ENDPOINT_SYNC_FLOW_SEND_H

#include "sync/flow.h"

/* From opening a channel to closing it. */
struct flow_sender;

/* All borrowed. The channel was opened with the ledger's mark (ledger_mark). */
enum status flow_send_open(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                           struct flow_sender **s, struct error *e);
void flow_send_close(struct flow_sender *s);

/* Send one batch, or read one page of the shop's catalogue where that is due. Rows that the shop took leave the outbox; rows that it does not take as they are are held
 * (store/held.h) and leave, too; the others stay. All of it is one transaction with the channel's mark. *sent: rows that
 * were taken; it may be 0 on the way (STATUS_OK). STATUS_REFUSED (refused_all): the shop refuses row after row.
 * STATUS_GUARD (mass_change): a person is asked first. STATUS_END: nothing is queued. STATUS_BUSY with *retry_after_ms. STATUS_EXISTS (resync): the two sides disagreed,
 * everything will be sent again by the next pass. After anything but STATUS_OK the channel must be closed: what it
 * knows may be ahead of the ledger. */
enum status flow_send(struct flow_sender *s, uint64_t *sent, int64_t *retry_after_ms,
                      struct error *e);

/* Nothing is queued (flow_send returned STATUS_END): let the channel finish what it gathers. Errors
 * as in flow_send. */
enum status flow_send_finish(struct flow_sender *s, struct error *e);

/* How many values the shop shows with less than the ERP says (2.5 pieces as 2) since this was opened; the first. */
uint64_t flow_send_rounded(const struct flow_sender *s, struct error *first);

#endif
