#include "config/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/internal.h"
#include "model/kind.h"

#define TEXT_MAX 200
#define LIST_MAX 1000

static const char *const type_words[] = {"flag",   "text",  "texts", "map", "decimal", "integer",
                                         "choice", "field", "time",  "url", "secret"};

static const char *const quantity_words[] = {"available", "on_hand", NULL};
static const char *const kits_words[] = {"own", "parts", NULL};
static const char *const below_words[] = {"keep", "zero", NULL};
static const char *const verify_words[] = {"send", "report", "off", NULL};
static const char *const send_words[] = {"both", "net", "gross", NULL};
static const char *const match_words[] = {"symbol", "ean", "field", NULL};
static const char *const case_words[] = {"keep", "upper", "lower", NULL};
static const char *const prices_words[] = {"gross", "net", NULL};
static const char *const buyer_words[] = {"create", "one-time", NULL};
static const char *const kinds_help =
    N_("Only products of these kinds: goods, service, packaging, kit, fee, other.");

#define OF_PRODUCTS (FOR_STOCK | FOR_PRICES | FOR_PRODUCTS)

static const struct option_def table[] = {
    /* which rows */
    {"only_active", OF_PRODUCTS | FOR_CUSTOMERS, OPTION_FLAG, "false", 0, 0, NULL, NULL,
     N_("Only records that are active in the ERP; blocked ones count as deleted.")},
    {"only_online", OF_PRODUCTS, OPTION_FLAG, "false", 0, 0, NULL, NULL,
     N_("Only products that the ERP marks for the internet shop.")},
    {"kinds", OF_PRODUCTS, OPTION_TEXTS, "all", 0, 0, NULL, NULL, NULL},
    {"field", OF_PRODUCTS, OPTION_FIELD, "", 0, 0, NULL, "custom-fields",
     N_("Only products whose custom field with this name has this value. The mapping must give "
        "the field as a separate column (extra) or among its filters.")},
    /* stock */
    {"warehouses", FOR_STOCK, OPTION_TEXTS, "all", 0, 0, NULL, "warehouses",
     N_("Only these warehouses, by their symbols.")},
    {"warehouse_map", FOR_STOCK, OPTION_MAP, "", 0, 0, NULL, "warehouses",
     N_("The shop's name for each warehouse: {\"MAG\": \"1\", \"SKL\": \"2\"}. Warehouses with "
        "the same name are added up; those that are not listed are not sent.")},
    {"sum_as", FOR_STOCK, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("Add up all chosen warehouses and send them as one with this name.")},
    {"quantity", FOR_STOCK, OPTION_CHOICE, "available", 0, 0, quantity_words, NULL,
     N_("What the shop sees as available: the stock minus reservations (available), or the whole "
        "stock (on_hand).")},
    {"kits", FOR_STOCK, OPTION_CHOICE, "own", 0, 0, kits_words, NULL,
     N_("The quantity of a kit: as the ERP keeps it (own), or the whole number of kits that its "
        "parts in each warehouse make (parts).")},
    {"add", FOR_STOCK, OPTION_DECIMAL, "0", 0, 0, NULL, NULL,
     N_("Added to the available quantity; may be negative: a safety stock of two is \"-2\".")},
    {"min", FOR_STOCK, OPTION_DECIMAL, "", 0, 0, NULL, NULL,
     N_("The smallest available quantity to send.")},
    {"max", FOR_STOCK, OPTION_DECIMAL, "", 0, 0, NULL, NULL,
     N_("The largest available quantity to send.")},
    {"below_zero", FOR_STOCK, OPTION_CHOICE, "keep", 0, 0, below_words, NULL,
     N_("Whether an available quantity below zero is sent as it is (keep) or as zero.")},
    /* prices */
    {"levels", FOR_PRICES, OPTION_TEXTS, "all", 0, 0, NULL, "price-levels",
     N_("Only these price levels, by their ids.")},
    {"currencies", FOR_PRICES, OPTION_TEXTS, "all", 0, 0, NULL, NULL,
     N_("Only prices in these currencies.")},
    {"send", FOR_PRICES, OPTION_CHOICE, "both", 0, 0, send_words, NULL,
     N_("Send net and gross prices, or one of them.")},
    {"rate", FOR_PRICES, OPTION_DECIMAL, "1", 0, 0, NULL, NULL,
     N_("Every price is multiplied by this and rounded to the grosz, half away from zero: \"1.05\" "
        "adds five per "
        "cent.")},
    /* how a shop knows a product */
    {"match", OF_PRODUCTS, OPTION_CHOICE, "symbol", 0, 0, match_words, NULL,
     N_("How the shop identifies a product, sent as \"sku\": by the ERP's symbol, the EAN, or a "
        "custom field (match_field). A product without it is not sent.")},
    {"match_field", OF_PRODUCTS, OPTION_TEXT, "", 0, 0, NULL, "custom-fields",
     N_("The custom field for match = \"field\".")},
    {"match_case", OF_PRODUCTS, OPTION_CHOICE, "keep", 0, 0, case_words, NULL,
     N_("Write the \"sku\" in capital or in small letters, for shops that distinguish them. "
        "Blanks at its end are always dropped.")},
    /* what the shop has; of channels that know their products */
    {"catalogue_every", OF_PRODUCTS, OPTION_TIME, "6h", 0, 0, NULL, NULL,
     N_("How often the shop's list of products is read again. With a channel that has such a list only.")},
    {"verify", OF_PRODUCTS, OPTION_CHOICE, "send", 0, 0, verify_words, NULL,
     N_("What is done when the shop shows another value than was sent last: the ERP's is sent again (send), it is "
        "only said (report), or nobody looks (off).")},
    {"verify_every", OF_PRODUCTS, OPTION_TIME, "24h", 0, 0, NULL, NULL,
     N_("How often the shop's values are compared with what was sent.")},
    /* change stamps */
    {"full_every", FOR_OUTWARD, OPTION_TIME, "6h", 0, 0, NULL, NULL,
     N_("If the ERP can tell what changed, only that is read; everything is compared this often.")},
    /* what became of orders */
    {"state_map", FOR_ORDER_STATES, OPTION_MAP, "", 0, 0, NULL, NULL,
     N_("The shop's name for each state: {\"realised\": \"wysłane\"}. The states are draft, "
        "open, in-progress, partly, realised, cancelled and other; a state that is not listed is "
        "sent as it is.")},
    /* orders */
    {"warehouse", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "warehouses",
     N_("The warehouse of the document, by its symbol.")},
    {"delivery_sku", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("Symbol of the service that represents the delivery in the ERP. Without it an order with "
        "a paid delivery is rejected.")},
    {"currencies", FOR_ORDERS, OPTION_TEXTS, "PLN", 0, 0, NULL, NULL,
     N_("Currencies in which orders are accepted.")},
    {"prices", FOR_ORDERS, OPTION_CHOICE, "gross", 0, 0, prices_words, NULL,
     N_("Whether the document is computed from gross or from net prices.")},
    {"reserve", FOR_ORDERS, OPTION_FLAG, "true", 0, 0, NULL, NULL,
     N_("Reserve the goods, if the writer supports it.")},
    {"buyer", FOR_ORDERS, OPTION_CHOICE, "create", 0, 0, buyer_words, NULL,
     N_("Whether a buyer unknown to the ERP becomes a contractor (create) or a one-time buyer "
        "(one-time).")},
    {"text", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL, N_("The document's subtitle.")},
    {"payment_form", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "payment-forms",
     N_("The document's payment form.")},
    {"payment_form_cod", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "payment-forms",
     N_("The payment form for orders that are paid on delivery; if not set, payment_form.")},
    {"price_level", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, "price-levels",
     N_("The price level that the document names; its prices are still the shop's.")},
    {"category", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL, N_("The document's category.")},
    {"days_back", FOR_ORDERS, OPTION_INTEGER, "14", 1, 150, NULL, NULL,
     N_("Orders that are older than this when they arrive are not accepted; they are reported as "
        "rejected, with this reason.")},
    {"before_setup", FOR_ORDERS, OPTION_FLAG, "false", 0, 0, NULL, NULL,
     N_("Also accept orders that were placed before the plugin was set up.")},
};

const struct option_def *option_at(size_t index)
{
    return index < COUNT_OF(table) ? &table[index] : NULL;
}

static unsigned kind_bit(const char *kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (text_equal(kind_at(i)->name, kind))
            return 1U << i;
    return 0;
}

static const struct option_def *find(const char *name, unsigned kind)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if ((table[i].kinds & kind) && strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static bool is_text(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) >= 1 &&
           json_string_length(value) <= TEXT_MAX;
}

static bool is_list(const json_t *value)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value) || json_array_size(value) > LIST_MAX)
        return false;
    json_array_foreach (value, i, item)
        if (!is_text(item))
            return false;
    return true;
}

static bool is_map(json_t *value)
{
    const char *key;
    json_t *item;
    if (!json_is_object(value) || json_object_size(value) > LIST_MAX)
        return false;
    json_object_foreach (value, key, item)
        if (!*key || strlen(key) > TEXT_MAX || !is_text(item))
            return false;
    return true;
}

static bool is_decimal(const json_t *value)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    size_t whole = strspn(text += *text == '-', "0123456789"), part = 0;
    text += whole;
    if (*text == '.')
        text += 1 + (part = strspn(text + 1, "0123456789"));
    return *text == '\0' && whole >= 1 && whole <= 12 && part <= 6 && (text[-1] != '.');
}

static bool is_choice(const struct option_def *o, const json_t *value)
{
    for (size_t i = 0; json_is_string(value) && o->choices[i]; i++)
        if (strcmp(o->choices[i], json_string_value(value)) == 0)
            return true;
    return false;
}

static bool is_time(const json_t *value)
{
    int64_t ms;
    return json_is_string(value) && text_to_duration(json_string_value(value), &ms) &&
           ms >= 60000 && ms <= INT64_C(7) * 86400000;
}

static bool is_url(const json_t *value)
{
    return is_text(value) && config_is_https(json_string_value(value));
}

bool option_accepts(const struct option_def *o, json_t *value)
{
    switch (o->type) {
    case OPTION_FLAG: return json_is_boolean(value);
    case OPTION_TEXT: return is_text(value);
    case OPTION_TEXTS: return is_list(value);
    case OPTION_MAP: return is_map(value);
    case OPTION_DECIMAL: return is_decimal(value);
    case OPTION_INTEGER:
        return json_is_integer(value) && json_integer_value(value) >= o->min &&
               json_integer_value(value) <= o->max;
    case OPTION_CHOICE: return is_choice(o, value);
    case OPTION_FIELD:
        return json_is_object(value) && json_object_size(value) == 2 &&
               is_text(json_object_get(value, "name")) && is_text(json_object_get(value, "value"));
    case OPTION_TIME: return is_time(value);
    case OPTION_URL: return is_url(value);
    case OPTION_SECRET: return false;
    }
    return false;
}

void option_expected(const struct option_def *o, char target[OPTION_EXPECTED])
{
    static const char *const texts[] = {
        N_("true or false"),
        N_("a text of 1 to 200 bytes"),
        N_("a list of texts"),
        N_("an object of texts, such as {\"MAG\": \"1\"}"),
        N_("an exact decimal as a text, such as \"1.05\", with at most six digits after the point"),
        "",
        "",
        "{\"name\": …, \"value\": …}",
        N_("a time from \"1min\" to \"7d\""),
        N_("an address that begins with https://"),
        N_("a secret, typed with: endpointctl channel set")};
    if (o->type == OPTION_INTEGER) {
        said_format(target, OPTION_EXPECTED, "a whole number from %ld to %ld", o->min, o->max);
    } else if (o->type == OPTION_CHOICE) {
        struct buf b;
        buf_init(&b, 255);
        for (size_t i = 0; o->choices[i]; i++)
            buf_printf(&b, "%s\"%s\"", i ? ", " : "", o->choices[i]);
        said_format(target, OPTION_EXPECTED, "one of %s", buf_text(&b));
        buf_free(&b);
    } else {
        text_copy(target, OPTION_EXPECTED, texts[o->type]);
    }
}

static enum status bad(struct error *e, const char *id, const struct option_def *o,
                       const json_t *value)
{
    char wanted[OPTION_EXPECTED];
    char *shown = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    option_expected(o, wanted);
    enum status status = error_set(e, STATUS_INVALID, "plugin_invalid",
                                   "plugin %s: options.%s is %.80s, expected %-s", id, o->name,
                                   shown ? shown : "?", wanted);
    free(shown);
    return status;
}

static enum status unknown(struct error *e, const char *id, const char *kind, const char *name)
{
    const char *nearest = NULL;
    size_t best = 4; /* anything further away is not a misspelling */
    unsigned bit = kind_bit(kind);
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        size_t distance = table[i].kinds & bit ? text_distance(table[i].name, name) : best;
        if (distance < best) {
            best = distance;
            nearest = table[i].name;
        }
    }
    error_set(e, STATUS_INVALID, "plugin_invalid",
              "plugin %s: a plugin of kind %s has no option \"%.60s\"", id, kind, name);
    return nearest ? error_remedy(e, "Did you mean \"%s\"?", nearest)
                   : error_remedy(e, "`endpointctl plugin options %s` lists the options.", kind);
}

/* An exact decimal (is_decimal) in millionths. */
static int64_t millionths(const char *text)
{
    bool negative = *text == '-';
    int64_t n = 0;
    int digits = -1; /* after the point; -1: no point yet */
    for (text += negative; *text; text++) {
        if (*text == '.') {
            digits = 0;
            continue;
        }
        n = 10 * n + (*text - '0');
        digits += digits >= 0;
    }
    for (int i = digits < 0 ? 0 : digits; i < 6; i++)
        n *= 10;
    return negative ? -n : n;
}

/* Options that only make sense together. */
static enum status across(struct error *e, const char *id, const json_t *options)
{
    const char *match = json_text(options, "match", "symbol");
    bool has_field = json_object_get(options, "match_field") != NULL;
    if (text_equal(match, "field") != has_field)
        return error_set(
            e, STATUS_INVALID, "plugin_invalid",
            "plugin %s: options.match = \"field\" and options.match_field belong together", id);
    const char *min = json_text(options, "min", NULL), *max = json_text(options, "max", NULL);
    if (min && max && millionths(min) > millionths(max))
        return error_set(e, STATUS_INVALID, "plugin_invalid",
                         "plugin %s: options.min, %s, is larger than options.max, %s", id, min,
                         max);
    if (json_object_get(options, "sum_as") && json_object_get(options, "warehouse_map"))
        return error_set(e, STATUS_INVALID, "plugin_invalid",
                         "plugin %s: options.sum_as and options.warehouse_map exclude each other",
                         id);
    return STATUS_OK;
}

enum status options_validate(const char *id, const char *kind, const json_t *options,
                             struct error *e)
{
    const char *name;
    json_t *value;
    unsigned bit = kind_bit(kind);
    json_object_foreach ((json_t *)options, name, value) {
        const struct option_def *o = find(name, bit);
        if (!o)
            return unknown(e, id, kind, name);
        if (!option_accepts(o, value))
            return bad(e, id, o, value);
    }
    return across(e, id, options);
}

json_t *option_describe(const struct option_def *o)
{
    json_t *row = json_object(), *choices = json_array();
    json_set_text(row, "name", o->name);
    json_set_text(row, "type", type_words[o->type]);
    json_set_text(row, "default", o->fallback ? o->fallback : "");
    json_set_text(row, "help", o->help ? o->help : kinds_help);
    json_set_text(row, "lookup", o->lookup);
    for (size_t c = 0; o->choices && o->choices[c]; c++)
        json_array_append_new(choices, json_string(o->choices[c]));
    json_object_set_new(row, "choices", choices);
    json_set_flag(row, "required", !o->fallback);
    return row;
}

json_t *options_describe(const char *kind)
{
    json_t *list = json_array();
    unsigned bit = kind_bit(kind);
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (table[i].kinds & bit)
            json_array_append_new(list, option_describe(&table[i]));
    return list;
}

void option_print_mdoc(const struct option_def *o, struct buf *b)
{
    char said[OPTION_EXPECTED], wanted[OPTION_EXPECTED];
    option_expected(o, said);
    said_words(wanted, sizeof wanted, said);
    buf_printf(b, ".It Ic %s\n%s\nIt is %s.\n", o->name, o->help ? o->help : kinds_help, wanted);
    if (!o->fallback)
        buf_add_text(b, "Required.\n");
    else if (*o->fallback)
        buf_printf(b, "Default: %s.\n", o->fallback);
}

void options_print_mdoc(struct buf *b)
{
    for (size_t k = 0; k < KIND_COUNT; k++) {
        buf_printf(b, ".Ss %s\n.Bl -tag -width Ds\n", kind_at(k)->name);
        for (size_t i = 0; i < COUNT_OF(table); i++) {
            const struct option_def *o = &table[i];
            if (!(o->kinds & 1U << k))
                continue;
            option_print_mdoc(o, b);
            if (o->lookup)
                buf_printf(b, ".Cm endpointctl lookup %s\nlists what there is.\n", o->lookup);
        }
        buf_add_text(b, ".El\n");
    }
}
