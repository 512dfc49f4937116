#include "model/vat.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static const struct vat_rate rates[VAT_RATES] = {
    {"23", 23, false}, {"8", 8, false}, {"5", 5, false}, {"0", 0, false},
    {"zw", 0, true},   {"np", 0, true}, {"oo", 0, true},
};

const struct vat_rate *vat_at(size_t index)
{
    return index < COUNT_OF(rates) ? &rates[index] : NULL;
}

const struct vat_rate *vat_find(const char *text)
{
    char plain[16];
    if (!text_copy(plain, sizeof plain, text))
        return NULL;
    text_trim(plain);
    size_t length = strlen(plain);
    if (length && plain[length - 1] == '%')
        plain[--length] = '\0';
    text_trim(plain);
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        if (text_equal_nocase(plain, rates[i].symbol))
            return &rates[i];
    struct decimal d;
    if (decimal_parse(plain, strlen(plain), &d, NULL) != STATUS_OK)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct decimal percent = {.digits = rates[i].percent};
        if (!rates[i].in_letters && decimal_compare(&d, &percent) == 0)
            return &rates[i];
    }
    return NULL;
}

enum status vat_in_gross(const struct decimal *gross, const struct vat_rate *rate,
                         struct decimal *vat, struct error *e)
{
    struct decimal grosze;
    enum status status = decimal_round(gross, 2, &grosze, e);
    if (status != STATUS_OK)
        return status;
    unsigned whole = 100 + rate->percent;
    if (grosze.digits > (~(unsigned __int128)0 - whole) / (2 * whole))
        return error_set(e, STATUS_INVALID, "decimal_large", "an amount is too large");
    /* round(g × p / (100 + p)) in whole grosze: (2gp + w) / 2w, truncated. */
    unsigned __int128 tax = (2 * grosze.digits * rate->percent + whole) / (2 * whole);
    *vat = (struct decimal){.digits = tax, .scale = 2, .negative = grosze.negative && tax != 0};
    return STATUS_OK;
}

enum status vat_on_net(const struct decimal *net, const struct vat_rate *rate, struct decimal *vat,
                       struct error *e)
{
    const struct decimal share = {.digits = rate->percent, .scale = 2};
    struct decimal grosze;
    enum status status = decimal_round(net, 2, &grosze, e);
    return status == STATUS_OK ? decimal_multiply(&grosze, &share, 2, vat, e) : status;
}
