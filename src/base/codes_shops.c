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
    {"channel_kind", CODE_ERROR, N_("A plugin's channel cannot carry what the plugin does."),
     N_("Each type of channel carries some kinds of plugins only."),
     N_("Choose another channel for the plugin; endpointctl channel list shows what each carries.")},
    {"channel_no_list", CODE_ERROR, N_("The shop has no list of that name."),
     N_("The list does not exist in this type of shop, or its name is misspelled."),
     N_("endpointctl channel list shows which lists the settings are picked from.")},
    {"channel_no_secret", CODE_ERROR, N_("A key or token of the shop is not set."),
     N_("It was never typed on this endpoint, or the sealed store is new."),
     N_("Make it in the shop, then type it with: endpointctl channel set PLUGIN NAME")},
    {"channel_secret", CODE_ERROR, N_("A secret stands in a plugin's scenario."),
     N_("A key or token was written into the channel's settings, where the panel and files keep it in clear."),
     N_("Take it out, make a new one in the shop, and type it with: endpointctl channel set PLUGIN NAME")},
    {"channel_setting", CODE_ERROR, N_("The channel has no such secret."),
     N_("The name is misspelled, or it is a setting that is no secret."),
     N_("endpointctl channel list shows the settings of each type.")},
    {"shop.settings", CODE_CHECK, N_("Settings of the shop"),
     N_("The plugin's channel cannot be opened as it is set."),
     N_("Correct what the text names in the plugin's channel, or type the missing secret: endpointctl channel set PLUGIN NAME")},
    {"shop_no_json", CODE_ERROR, N_("The shop's answer cannot be read."),
     N_("It is no JSON: a page of a proxy, of a firewall or of maintenance, or half an answer."),
     N_("It is tried again by itself. If it stays, open the shop's address in a browser and ask whoever runs it.")},
};

const struct code_table codes_shops = {rows, COUNT_OF(rows)};
