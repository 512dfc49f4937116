#include "sync/order_seen.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static void doubt_remedy(const struct order_entry *n, struct order_move *m)
{
    move_remedy(
        m,
        "Look for %s in the ERP and among the files to be imported, also on the other machine. Then: "
        "endpointctl order resolve %s --exists-as NUMBER, or --does-not-exist (it is written then)",
        n->marker, n->id);
}

bool order_seen_elsewhere(const struct order_entry *n, const json_t *json, struct order_move *m)
{
    const json_t *outcome = json_object_get(json, "outcome");
    const char *state = json_text(outcome, "state", ""),
               *document = json_text(outcome, "document", ""), *at = json_text(outcome, "at", "?");
    if (n->by_hand || !json_is_object(outcome))
        return false;
    if (text_equal(state, "done"))
        move_set(
            m, CAUSE_UNCLEAR, "error", "order_in_doubt",
            "the panel was told at %.40s that it is %.64s, and the ERP does not show that document",
            at, *document ? document : "in the ERP");
    else if (text_equal(state, "in-doubt"))
        move_set(m, CAUSE_UNCLEAR, "error", "order_in_doubt",
                 "the panel was told at %.40s that it is in doubt: %.500s", at,
                 json_text(outcome, "reason", ""));
    else if (json_flag(outcome, "handed_over", false))
        move_set(
            m, CAUSE_UNCLEAR, "error", "order_in_doubt",
            "the panel was told at %.40s that another start of this endpoint gave it to the ERP, which "
            "does not show it yet",
            at);
    else
        return false;
    doubt_remedy(n, m);
    return true;
}
