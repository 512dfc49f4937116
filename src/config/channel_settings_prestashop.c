/* Settings of the channel `prestashop` (channel/prestashop.h). */
#include "config/channel_settings.h"

#include "base/i18n.h"

#define ROWS (FOR_STOCK | FOR_PRICES | FOR_PRODUCTS)
#define BACK (FOR_ORDERS | FOR_ORDER_STATES)
#define ALL  (ROWS | BACK)

static const char *const dialect_words[] = {"auto", "put", "patch", NULL};
static const char *const create_words[] = {"off", "inactive", NULL};

const struct option_def channel_settings_prestashop[] = {
    {"url", ALL, OPTION_URL, NULL, 0, 0, NULL, NULL,
     N_("The shop's address: https://shop.example.com, with the path if it has one.")},
    {"key", ALL, OPTION_SECRET, "", 0, 0, NULL, NULL,
     N_("The key of the webservice that was made in the shop, 32 characters.")},
    {"timeout", ALL, OPTION_INTEGER, "90", 60, 600, NULL, NULL,
     N_("How many seconds the shop has for one answer.")},
    {"id_shop", ALL, OPTION_INTEGER, N_("the key's only shop"), 1, 100000, NULL, NULL,
     N_("Of an installation with several shops the number of the one that is meant.")},
    {"dialect", ROWS, OPTION_CHOICE, "auto", 0, 0, dialect_words, NULL,
     N_("How changes are written: only what changes (patch: version 8 and later), or the whole as it was read (put); auto finds out.")},
    {"language", ROWS, OPTION_TEXT, N_("the first one of the shop"), 0, 0, NULL, "languages",
     N_("The id of the language in which the shop's names are read and kept.")},
    {"update", FOR_PRODUCTS, OPTION_TEXTS, "none", 0, 0, NULL, NULL,
     N_("What is kept the same as in the ERP in existing products: name, ean.")},
    {"create", FOR_PRODUCTS, OPTION_CHOICE, "off", 0, 0, create_words, NULL,
     N_("Make products that the shop does not have: not at all (off), or as inactive ones.")},
    {"tax_groups", FOR_PRODUCTS, OPTION_MAP, "none", 0, 0, NULL, "tax-classes",
     N_("The id of the shop's tax rules group of each VAT rate, for new products: {\"23\": \"1\", \"8\": \"2\"}. A product with another "
        "rate is not made.")},
    {"category", FOR_PRODUCTS, OPTION_TEXT, "2", 0, 0, NULL, "categories",
     N_("The id of the category that new products are put into.")},
    {"statuses", FOR_ORDERS, OPTION_TEXTS, "2, 11", 0, 0, NULL, "statuses",
     N_("Orders in these statuses are taken, by their ids.")},
    {"cancelled_statuses", BACK, OPTION_TEXTS, "6, 7, 8", 0, 0, NULL, "statuses",
     N_("An order in one of these is cancelled, and its status is no longer changed.")},
    {"status_done", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "statuses",
     N_("The status that an order gets when its document is made; empty: no change.")},
    {"zone", FOR_ORDERS, OPTION_TEXT, "Europe/Warsaw", 0, 0, NULL, NULL,
     N_("The time zone that is set in the shop, which its times do not say.")},
    {"wrapping_sku", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("The symbol of the service that gift wrapping becomes. Without it an order with paid wrapping is rejected.")},
    {"cod_modules", FOR_ORDERS, OPTION_TEXTS, "ps_cashondelivery, cashondelivery", 0, 0, NULL, NULL,
     N_("Payment modules that are paid on delivery, by their names.")},
    {"untaxed", FOR_ORDERS, OPTION_TEXT, N_("the ERP's rate"), 0, 0, NULL, NULL,
     N_("The VAT rate of lines without tax in the shop: 0, zw, np or oo.")},
    {0}};
