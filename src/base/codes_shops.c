/* Codes of shop channels: see base/codes.h. Sorted by code. */
#include "base/codes_tables.h"

#include "base/i18n.h"
#include "base/memory.h"

static const struct code rows[] = {
    {"budget_blocked", CODE_ERROR, N_("The shop has blocked the token or the account."),
     N_("More calls were made with the token than the shop allows; other programs that use it count, too."),
     N_("Nothing to do: work goes on by itself when the block is over. If it comes back, lower calls_per_minute, "
        "or give the other program a token of its own.")},
    {"budget_file", CODE_ERROR, N_("The count of calls to a shop cannot be kept."),
     N_("The directory budgets in the state directory cannot be used, so no call is made."),
     N_("Let the service's user write in the state directory, and make room on its disk.")},
    {"budget_spent", CODE_ERROR, N_("The calls that the shop allows are used up for the moment."),
     N_("All plugins with this token together make as many calls as calls_per_minute allows."),
     N_("Nothing to do: work goes on by itself within a minute.")},
    {"shop_no_json", CODE_ERROR, N_("The shop's answer cannot be read."),
     N_("It is no JSON: a page of a proxy, of a firewall or of maintenance, or half an answer."),
     N_("It is tried again by itself. If it stays, open the shop's address in a browser and ask whoever runs it.")},
};

const struct code_table codes_shops = {rows, COUNT_OF(rows)};
