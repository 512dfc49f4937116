/* Settings of the channel `prestashop` (channel/prestashop.h). */
#include "config/channel_settings.h"

#include "base/i18n.h"

#define ROWS (FOR_STOCK | FOR_PRICES | FOR_PRODUCTS)

static const char *const dialect_words[] = {"auto", "put", "patch", NULL};
static const char *const create_words[] = {"off", "inactive", NULL};

const struct option_def channel_settings_prestashop[] = {
    {"url", ROWS, OPTION_URL, NULL, 0, 0, NULL, NULL,
     N_("The shop's address: https://shop.example.com, with the path if it has one.")},
    {"key", ROWS, OPTION_SECRET, "", 0, 0, NULL, NULL,
     N_("The key of the webservice that was made in the shop, 32 characters.")},
    {"timeout", ROWS, OPTION_INTEGER, "90", 60, 600, NULL, NULL,
     N_("How many seconds the shop has for one answer.")},
    {"id_shop", ROWS, OPTION_INTEGER, N_("the key's only shop"), 1, 100000, NULL, NULL,
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
    {0}};
