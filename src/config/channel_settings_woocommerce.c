/* Settings of the channel `woocommerce` (channel/woocommerce.h). */
#include "config/channel_settings.h"

#include "base/i18n.h"

#define ROWS (FOR_STOCK | FOR_PRICES | FOR_PRODUCTS)
#define BACK (FOR_ORDERS | FOR_ORDER_STATES)
#define ALL  (ROWS | BACK)

static const char *const manage_words[] = {"on", "leave", NULL};
static const char *const price_words[] = {"auto", "gross", "net", NULL};
static const char *const create_words[] = {"off", "draft", "publish", NULL};
static const char *const note_words[] = {"none", "done", "all", NULL};

const struct option_def channel_settings_woocommerce[] = {
    {"url", ALL, OPTION_URL, NULL, 0, 0, NULL, NULL,
     N_("The shop's address: https://shop.example.com, with the path if it has one.")},
    {"key", ALL, OPTION_SECRET, "", 0, 0, NULL, NULL,
     N_("The consumer key (ck_…) of the key pair that was made in the shop.")},
    {"secret", ALL, OPTION_SECRET, "", 0, 0, NULL, NULL,
     N_("The consumer secret (cs_…) of the key pair.")},
    {"timeout", ALL, OPTION_INTEGER, "90", 60, 600, NULL, NULL,
     N_("How many seconds the shop has for one answer.")},
    {"batch", ROWS, OPTION_INTEGER, "50", 20, 100, NULL, NULL,
     N_("Products written in one call. Use fewer for a slow shop.")},
    {"manage_stock", FOR_STOCK, OPTION_CHOICE, "on", 0, 0, manage_words, NULL,
     N_("If the shop does not manage the stock of a product: switch that on with the quantity "
        "(on), or write nothing (leave).")},
    {"prices", FOR_PRICES, OPTION_CHOICE, "auto", 0, 0, price_words, NULL,
     N_("Whether the shop's prices include tax (gross) or not (net); auto asks the shop.")},
    {"create", FOR_PRODUCTS, OPTION_CHOICE, "off", 0, 0, create_words, NULL,
     N_("Make products that the shop does not have: not at all (off), as drafts, or published.")},
    {"update", FOR_PRODUCTS, OPTION_TEXTS, "none", 0, 0, NULL, NULL,
     N_("What is kept the same as in the ERP in existing products: name, ean.")},
    {"tax_classes", FOR_PRODUCTS, OPTION_MAP, N_("23 is standard"), 0, 0, NULL, "tax-classes",
     N_("The shop's tax class of each VAT rate, for new products: {\"23\": \"standard\", \"8\": \"reduced-rate\"}. A product with "
        "another rate is not made.")},
    {"statuses", FOR_ORDERS, OPTION_TEXTS, "processing", 0, 0, NULL, "statuses",
     N_("Orders in these statuses are taken.")},
    {"cancelled_statuses", BACK, OPTION_TEXTS, N_("cancelled, failed, refunded"), 0, 0, NULL,
     "statuses", N_("An order in one of these is cancelled, and its status is no longer changed.")},
    {"status_done", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "statuses",
     N_("The status that an order gets when its document is made; empty: no change.")},
    {"notes", FOR_ORDERS, OPTION_CHOICE, "done", 0, 0, note_words, NULL,
     N_("Notes for the shop's staff at the order: none, the document's number (done), or also "
        "why an order was rejected (all).")},
    {"fee_sku", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("The symbol of the service that fees become. Without it an order with a fee is "
        "rejected.")},
    {"cod_methods", FOR_ORDERS, OPTION_TEXTS, "cod", 0, 0, NULL, NULL,
     N_("Payment methods that are paid on delivery, by their ids.")},
    {"untaxed", FOR_ORDERS, OPTION_TEXT, N_("the ERP's rate"), 0, 0, NULL, NULL,
     N_("The VAT rate of lines without tax in the shop: 0, zw, np or oo.")},
    {"nip_keys", FOR_ORDERS, OPTION_TEXTS, N_("those of common extensions"), 0, 0, NULL, NULL,
     N_("Meta keys in which the shop stores the buyer's tax number, in order of preference; * "
        "matches anything.")},
    {"point_keys", FOR_ORDERS, OPTION_TEXTS, N_("those of common extensions"), 0, 0, NULL, NULL,
     N_("Meta keys in which the shop stores the pick-up point.")},
    {0}};
