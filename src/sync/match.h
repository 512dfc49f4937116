/* match.h – which of the shop's products a queued change is about. */
#ifndef ENDPOINT_SYNC_MATCH_H
#define ENDPOINT_SYNC_MATCH_H

#include "store/items.h"
#include "store/ledger_outbox.h"
#include "sync/flow.h"

enum match_result {
    MATCH_ITEM,    /* that one */
    MATCH_NEW,     /* the shop has none; the channel may make it */
    MATCH_NOTHING, /* a deletion of what was never sent: nothing is to be done */
    MATCH_UNKNOWN, /* the shop has none */
    MATCH_AMBIGUOUS,
    MATCH_OBSTACLE, /* it has it, and it cannot be written */
};

struct match {
    enum match_result result;
    char item[ITEMS_ID];
    char sought[202]; /* what the shop was asked for; "" of a deletion */
    char value[ITEMS_VALUE];
    bool has_value; /* what the shop showed last, as far as it is known */
};

/* By what the shop's products are found, as the channel's settings say. */
enum items_by match_by(const struct flow *f);
/* Is this a stream whose records are about the shop's products? */
bool match_needed(const struct flow *f);

/* e says why of UNKNOWN, AMBIGUOUS and OBSTACLE (STATUS_OK is returned). STATUS_INVALID (items_damaged): the catalogue
 * has to be read again. */
enum status match_change(const struct flow *f, struct items *it, const struct ledger_change *change,
                         struct match *m, struct error *e);

#endif
