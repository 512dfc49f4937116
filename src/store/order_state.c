#include "store/order_state.h"

#include <stddef.h>

#include "base/memory.h"
#include "base/text.h"

static const char *const state_words[] = {
#define ORDER_WORD(name, word) word,
    ORDER_STATE_LIST(ORDER_WORD)
#undef ORDER_WORD
};

/* Everything that can happen to an order. */
static const struct {
    enum order_state from;
    enum order_cause cause;
    enum order_state to;
} transitions[] = {
    {ORDER_WAITING, CAUSE_FOUND, ORDER_DONE},
    {ORDER_WAITING, CAUSE_FAULTY, ORDER_REJECTED},
    {ORDER_WAITING, CAUSE_CANCELLED, ORDER_REJECTED},
    {ORDER_WAITING, CAUSE_BEGUN, ORDER_SENDING},
    {ORDER_WAITING, CAUSE_HANDED_OVER, ORDER_HANDED_OVER}, /* by an earlier life of this ledger */
    {ORDER_WAITING, CAUSE_UNCLEAR,
     ORDER_IN_DOUBT}, /* another life of this endpoint may have written it */
    {ORDER_WAITING, CAUSE_REVISED, ORDER_WAITING},
    {ORDER_WAITING, CAUSE_RETRIED, ORDER_WAITING},
    {ORDER_WAITING, CAUSE_EXISTS_AS, ORDER_DONE},
    {ORDER_SENDING, CAUSE_FOUND, ORDER_DONE},
    {ORDER_SENDING, CAUSE_NOT_WRITTEN, ORDER_WAITING},
    {ORDER_SENDING, CAUSE_HANDED_OVER, ORDER_HANDED_OVER},
    {ORDER_SENDING, CAUSE_WRITTEN, ORDER_DONE},
    {ORDER_SENDING, CAUSE_REFUSED, ORDER_REJECTED},
    {ORDER_SENDING, CAUSE_UNCLEAR, ORDER_IN_DOUBT},
    /* Left behind, and nobody can settle it: its directory is gone for good. */
    {ORDER_SENDING, CAUSE_EXISTS_AS, ORDER_DONE},
    {ORDER_SENDING, CAUSE_DOES_NOT_EXIST, ORDER_WAITING},
    {ORDER_HANDED_OVER, CAUSE_FOUND, ORDER_DONE},
    {ORDER_HANDED_OVER, CAUSE_EXISTS_AS, ORDER_DONE},
    {ORDER_HANDED_OVER, CAUSE_DOES_NOT_EXIST, ORDER_WAITING},
    {ORDER_REJECTED, CAUSE_REVISED, ORDER_WAITING},
    {ORDER_REJECTED, CAUSE_RETRIED, ORDER_WAITING},
    {ORDER_REJECTED, CAUSE_EXISTS_AS, ORDER_DONE},
    {ORDER_IN_DOUBT, CAUSE_FOUND, ORDER_DONE},
    {ORDER_IN_DOUBT, CAUSE_EXISTS_AS, ORDER_DONE},
    {ORDER_IN_DOUBT, CAUSE_DOES_NOT_EXIST, ORDER_WAITING},
};

const char *order_state_word(enum order_state state)
{
    return state < ORDER_STATES ? state_words[state] : "?";
}

bool order_state_parse(const char *word, enum order_state *state)
{
    for (size_t i = 0; i < ORDER_STATES; i++) {
        if (text_equal(state_words[i], word)) {
            *state = (enum order_state)i;
            return true;
        }
    }
    return false;
}

const char *order_state_outward(enum order_state state)
{
    bool on_its_way = state == ORDER_SENDING || state == ORDER_HANDED_OVER;
    return order_state_word(on_its_way ? ORDER_WAITING : state);
}

bool order_transition(enum order_state from, enum order_cause cause, enum order_state *to)
{
    for (size_t i = 0; i < COUNT_OF(transitions); i++) {
        if (transitions[i].from == from && transitions[i].cause == cause) {
            *to = transitions[i].to;
            return true;
        }
    }
    return false;
}
