#include "model/stream.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const char *const product_kinds[] = {"goods", "service", "packaging", "kit",
                                            "fee",   "other",   NULL};

static const struct field_def product_fields[] = {
    {"sku", FIELD_TEXT, true, NULL},
    {"name", FIELD_TEXT, true, NULL},
    {"ean", FIELD_CODE, false, NULL},
    {"eans", FIELD_LIST, false, NULL},
    {"unit", FIELD_TEXT, false, NULL},
    {"vat_rate", FIELD_TEXT, false, NULL},
    {"kind", FIELD_CHOICE, false, product_kinds},
    {"active", FIELD_BOOL, false, NULL},
    {"online", FIELD_BOOL, false, NULL},
};
static const struct field_def stock_fields[] = {
    {"sku", FIELD_TEXT, true, NULL},          {"warehouse", FIELD_TEXT, true, NULL},
    {"on_hand", FIELD_DECIMAL, true, NULL},   {"reserved", FIELD_DECIMAL, false, NULL},
    {"available", FIELD_DECIMAL, true, NULL},
};
static const struct field_def price_fields[] = {
    {"sku", FIELD_TEXT, true, NULL},       {"level", FIELD_TEXT, true, NULL},
    {"net", FIELD_DECIMAL, false, NULL},   {"gross", FIELD_DECIMAL, false, NULL},
    {"currency", FIELD_TEXT, false, NULL},
};
static const struct field_def customer_fields[] = {
    {"code", FIELD_TEXT, true, NULL},     {"name", FIELD_LINE, true, NULL},
    {"tax_id", FIELD_TEXT, false, NULL},  {"street", FIELD_LINE, false, NULL},
    {"city", FIELD_LINE, false, NULL},    {"postcode", FIELD_LINE, false, NULL},
    {"country", FIELD_LINE, false, NULL}, {"email", FIELD_LINE, false, NULL},
    {"phone", FIELD_LINE, false, NULL},   {"active", FIELD_BOOL, false, NULL},
};

/* sync/states.c fills in external_id: the ERP knows only the marker. */
static const struct field_def state_fields[] = {
    {"external_id", FIELD_TEXT, false, NULL},
    {"document", FIELD_TEXT, true, NULL},
    {"state", FIELD_TEXT, true, NULL},
    {"invoice", FIELD_TEXT, false, NULL},
};

static const char *const product_keys[] = {"product_id", NULL};
static const char *const stock_keys[] = {"product_id", "warehouse_id", NULL};
static const char *const price_keys[] = {"product_id", "level_id", NULL};
static const char *const customer_keys[] = {"customer_id", NULL};
static const char *const state_keys[] = {"document_id", NULL};

static const struct stream_def streams[] = {
    {"products", product_keys, product_fields, COUNT_OF(product_fields)},
    {"stock", stock_keys, stock_fields, COUNT_OF(stock_fields)},
    {"prices", price_keys, price_fields, COUNT_OF(price_fields)},
    {"customers", customer_keys, customer_fields, COUNT_OF(customer_fields)},
    {"order-states", state_keys, state_fields, COUNT_OF(state_fields)},
};

const struct stream_def *stream_at(size_t index)
{
    return index < COUNT_OF(streams) ? &streams[index] : NULL;
}

const struct stream_def *stream_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(streams); i++)
        if (text_equal(streams[i].name, name))
            return &streams[i];
    return NULL;
}

int stream_field(const struct stream_def *stream, const char *name)
{
    for (size_t i = 0; i < stream->field_count; i++)
        if (strcmp(stream->fields[i].name, name) == 0)
            return (int)i;
    return -1;
}
