/* Settings of the channel `baselinker` (channel/baselinker.h). */
#include "config/channel_settings.h"

#include "base/i18n.h"

#define OF_CATALOGUE (FOR_STOCK | FOR_PRICES | FOR_PRODUCTS)
#define ALL          (OF_CATALOGUE | FOR_ORDERS)

static const char *const create_words[] = {"off", "on", NULL};

const struct option_def channel_settings_baselinker[] = {
    {"token", ALL, OPTION_SECRET, NULL, 0, 0, NULL, NULL,
     N_("The API token: My account, API in BaseLinker. One token may serve all plugins.")},
    {"url", ALL, OPTION_URL, "https://api.baselinker.com/connector.php", 0, 0, NULL, NULL,
     N_("Where the API is.")},
    {"calls_per_minute", ALL, OPTION_INTEGER, "80", 1, 100, NULL, NULL,
     N_("How many calls all plugins with this token may make in a minute. BaseLinker allows "
        "100; the rest is for people and other programs. After more calls BaseLinker blocks "
        "the token, then the whole account.")},
    {"inventory", OF_CATALOGUE, OPTION_TEXT, NULL, 0, 0, NULL, "inventories",
     N_("The number of the catalogue.")},
    {"warehouse", FOR_STOCK, OPTION_TEXT, "", 0, 0, NULL, "warehouses",
     N_("The warehouse that gets the stock, such as bl_123, if the scenario gives one row a "
        "product (sum_as, or one of warehouses). The scenario's option warehouse_map names "
        "its own warehouses.")},
    {"price_group", FOR_PRICES, OPTION_TEXT, "", 0, 0, NULL, "price-groups",
     N_("The price group that gets the gross prices, if the scenario's option levels names "
        "one level.")},
    {"price_groups", FOR_PRICES, OPTION_MAP, "", 0, 0, NULL, "price-groups",
     N_("The price group of each price level: {\"1\": \"105\", \"2\": \"106\"}.")},
    {"create", FOR_PRODUCTS, OPTION_CHOICE, "off", 0, 0, create_words, NULL,
     N_("Make products that the catalogue does not have (on): SKU, name, EAN and VAT rate. "
        "Before each one its SKU is searched for.")},
    {"update", FOR_PRODUCTS, OPTION_TEXTS, "nothing", 0, 0, NULL, NULL,
     N_("What is kept the same as in the ERP in existing products: name, ean, vat_rate.")},
    {"sources", FOR_ORDERS, OPTION_TEXTS, "all", 0, 0, NULL, "sources",
     N_("Only orders of these sources, by kind (allegro) or by kind and account (allegro/7341).")},
    {"statuses", FOR_ORDERS, OPTION_TEXTS, "all", 0, 0, NULL, "statuses",
     N_("Only orders in these statuses. Let status_done move them out of these, otherwise "
        "each pass reads all that are still there.")},
    {"cancelled_statuses", FOR_ORDERS, OPTION_TEXTS, "", 0, 0, NULL, "statuses",
     N_("Statuses that mean a cancelled order.")},
    {"status_done", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "statuses",
     N_("The status of an order whose document is in the ERP; without it the status stays.")},
    {"status_rejected", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "statuses",
     N_("The status of an order that was rejected.")},
    {"status_in_doubt", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "statuses",
     N_("The status of an order when nobody knows whether its document is in the ERP.")},
    {"document_field", FOR_ORDERS, OPTION_TEXT, "extra_field_1", 0, 0, NULL, "extra-fields",
     N_("The order's field that gets the document's number: extra_field_1, extra_field_2, the "
        "number of an extra field, or none. A field that contains something else is left "
        "alone.")},
    {"reason_field", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "extra-fields",
     N_("The order's field that gets the reason of a rejection, cut to fit; admin_comments is "
        "possible, too. It is written only if it is empty.")},
    {"journal", FOR_ORDERS, OPTION_FLAG, "false", 0, 0, NULL, NULL,
     N_("BaseLinker's support has switched the journal of events on for this account: then "
        "changes of orders are seen at once, not at the next sweep.")},
    {"shop", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("A name to distinguish two BaseLinker accounts, whose orders may have the same ids. "
        "Do not change it later.")},
    {0}};
