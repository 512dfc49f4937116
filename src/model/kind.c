#include "model/kind.h"

#include "base/i18n.h"
#include "base/text.h"

static const struct kind table[KIND_COUNT] = {
    [KIND_STOCK] = {"stock", N_("Stock"), KIND_OUT, "stock", N_("the stream stock")},
    [KIND_PRICES] = {"prices", N_("Prices"), KIND_OUT, "prices", N_("the stream prices")},
    [KIND_PRODUCTS] = {"products", N_("Products"), KIND_OUT, "products", N_("the stream products")},
    [KIND_CUSTOMERS] = {"customers", N_("Customers"), KIND_OUT, "customers",
                        N_("the stream customers")},
    [KIND_ORDERS] = {"orders", N_("Orders"), KIND_IN, NULL, N_("the part orders")},
    [KIND_ORDER_STATES] = {"order-states", N_("States of orders"), KIND_OUT, "order-states",
                           N_("the stream order-states")},
};

const struct kind *kind_at(size_t index)
{
    return index < KIND_COUNT ? &table[index] : NULL;
}

const struct kind *kind_find(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (text_equal(table[i].name, name))
            return &table[i];
    return NULL;
}

const char *kind_stream(const char *name)
{
    const struct kind *k = kind_find(name);
    return k ? k->stream : NULL;
}

bool kind_is_inward(const char *name)
{
    const struct kind *k = kind_find(name);
    return k && k->way == KIND_IN;
}

void kind_list(struct buf *b)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        buf_printf(b, "%s%s", i ? ", " : "", table[i].name);
}
