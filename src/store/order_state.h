/* order_state.h – the states of an order and all that can happen to it: one table, and nothing else changes a state. */
#ifndef ENDPOINT_STORE_ORDER_STATE_H
#define ENDPOINT_STORE_ORDER_STATE_H

#include <stdbool.h>

#define ORDER_STATE_LIST(X)                                                                  \
    X(ORDER_WAITING, "waiting")         /* nothing of it is in the ERP, as far as we know */ \
    X(ORDER_SENDING, "sending")         /* being written: a crash leaves it to recover */    \
    X(ORDER_HANDED_OVER, "handed-over") /* given to the ERP; not yet seen there */           \
    X(ORDER_DONE, "done")               /* it is a document in the ERP */                    \
    X(ORDER_REJECTED, "rejected")       /* it cannot become one: see its faults */           \
    X(ORDER_IN_DOUBT, "in-doubt")       /* nobody knows: a person has to look */

enum order_state {
#define ORDER_ENUM(name, word) name,
    ORDER_STATE_LIST(ORDER_ENUM)
#undef ORDER_ENUM
        ORDER_STATES
};

const char *order_state_word(enum order_state state);
bool order_state_parse(const char *word, enum order_state *state);
/* The four words of the panel protocol: an order on its way is "waiting". */
const char *order_state_outward(enum order_state state);

/* Why a state changes. */
enum order_cause {
    CAUSE_FOUND,          /* the ERP has a document with its marker */
    CAUSE_FAULTY,         /* it cannot become a document */
    CAUSE_CANCELLED,      /* in the shop, before anything was written */
    CAUSE_BEGUN,          /* writing begins */
    CAUSE_NOT_WRITTEN,    /* provably not */
    CAUSE_HANDED_OVER,    /* the writer gave it to the ERP */
    CAUSE_WRITTEN,        /* the writer made the document */
    CAUSE_REFUSED,        /* by the ERP */
    CAUSE_UNCLEAR,        /* the writer cannot say */
    CAUSE_REVISED,        /* the shop sent a newer revision */
    CAUSE_RETRIED,        /* by a person */
    CAUSE_EXISTS_AS,      /* a person says which document it is */
    CAUSE_DOES_NOT_EXIST, /* a person says that there is none */
    ORDER_CAUSES
};

/* The state that follows; false: the cause cannot happen in this state. */
bool order_transition(enum order_state from, enum order_cause cause, enum order_state *to);

#endif
