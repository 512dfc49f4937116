/* flow_send.h – sending the outbox, batch by batch, and finding in a batch that was refused the row that is at
 * fault. */
#ifndef ENDPOINT_SYNC_FLOW_SEND_H
#define ENDPOINT_SYNC_FLOW_SEND_H

#include "sync/flow.h"

/* Send one batch. A row that the shop refuses for good is looked for, held and taken out, so that those behind it go
 * on (STATUS_OK with *sent 0 on the way). STATUS_REFUSED (refused_all): it refuses every row. STATUS_END: nothing is queued. STATUS_BUSY with *retry_after_ms. STATUS_EXISTS (resync):
 * the two sides disagreed, everything will be sent again by the next pass. */
enum status flow_send(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                      struct buf *scratch, uint64_t *sent, int64_t *retry_after_ms,
                      struct error *e);

#endif
