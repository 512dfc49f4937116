#include "channel/shop_value.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "model/decimal.h"

#define STOCK_MAX 2147483647

enum status shop_value_pieces(const json_t *data, const char *key, struct buf *value,
                              struct error *e)
{
    struct decimal d, given, limit = {.digits = STOCK_MAX};
    const char *text = json_text(data, "available", "");
    char printed[DECIMAL_TEXT];
    if (decimal_parse(text, strlen(text), &given, NULL) != STATUS_OK)
        return error_set(e, STATUS_INVALID, "shop_quantity",
                         "%.200s: the quantity \"%.40s\" is not a number", key, text);
    d = given;
    decimal_floor(&d);
    struct decimal size = d;
    size.negative = false;
    if (decimal_compare(&size, &limit) > 0)
        return error_set(e, STATUS_INVALID, "shop_quantity",
                         "%.200s: the quantity %.40s is larger than the shop can store", key, text);
    decimal_print(&d, printed);
    buf_add_text(value, printed);
    if (decimal_compare(&d, &given) != 0)
        error_set(e, STATUS_OK, "shop_rounded", "the quantity %.40s is sent as %s", text, printed);
    return STATUS_OK;
}

void shop_value_ean(struct buf *b, const char *ean)
{
    size_t length = strlen(ean);
    bool digits = strspn(ean, "0123456789") == length;
    if (digits && length == 12)
        buf_add_byte(b, '0');
    buf_add_text(b, ean + (digits && length == 14 && *ean == '0'));
}

bool shop_value_keeps(const json_t *settings, const char *member)
{
    size_t i;
    json_t *item;
    json_array_foreach (json_object_get(settings, "update"), i, item)
        if (text_equal(json_string_value(item), member))
            return true;
    return false;
}
