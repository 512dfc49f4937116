/* mass.h – a guard before anything is sent to a shop: a mass change asks first.
 *
 * A mapping that went wrong, or an ERP's database that was restored, reads like many changes. The read guard sees rows
 * that are gone; this one sees values: stock that goes to nothing, and prices that change more than tenfold. When they
 * are more than limits.shrink_percent of the products that the shop has from us, nothing is sent until a person says so.
 */
#ifndef ENDPOINT_SYNC_MASS_H
#define ENDPOINT_SYNC_MASS_H

#include "store/items.h"
#include "sync/flow.h"

/* Judge what was queued since this was asked last. STATUS_GUARD (mass_change): it is too much. With f->accept_mass it is
 * let through, and remembered so. STATUS_INVALID: as of match_change. */
enum status mass_judge(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                       struct items *items, struct error *e);

#endif
