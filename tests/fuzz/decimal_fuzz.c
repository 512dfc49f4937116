/* Decimals: two texts with a blank between them. Parsing, printing and arithmetic agree with each other. */
#include "fuzz.h"

#include "model/decimal.h"

static void check_one(const struct decimal *d)
{
    char text[DECIMAL_TEXT];
    struct decimal again, normal = *d, rounded;
    decimal_print(d, text);
    MUST(decimal_parse(text, strlen(text), &again, NULL) == STATUS_OK);
    MUST(decimal_compare(d, &again) == 0 && again.scale == d->scale);
    decimal_normalize(&normal);
    MUST(decimal_compare(d, &normal) == 0);
    for (unsigned scale = 0; scale < 6; scale++) {
        if (decimal_round(d, scale, &rounded, NULL) != STATUS_OK)
            continue;
        MUST(rounded.scale == scale);
        MUST(scale < d->scale || decimal_compare(d, &rounded) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct decimal a, b, sum, back;
    struct error e = {0};
    const uint8_t *blank = size ? memchr(data, ' ', size) : NULL;
    size_t first = blank ? (size_t)(blank - data) : size;
    if (decimal_parse((const char *)data, first, &a, &e) != STATUS_OK)
        return 0;
    check_one(&a);
    if (!blank || decimal_parse((const char *)blank + 1, size - first - 1, &b, &e) != STATUS_OK)
        return 0;
    check_one(&b);
    MUST(decimal_compare(&a, &b) == -decimal_compare(&b, &a));
    if (decimal_add(&a, &b, &sum, &e) == STATUS_OK &&
        decimal_subtract(&sum, &b, &back, &e) == STATUS_OK)
        MUST(decimal_compare(&a, &back) == 0);
    if (decimal_multiply(&a, &b, 4, &sum, &e) == STATUS_OK) {
        check_one(&sum);
        MUST(decimal_multiply(&b, &a, 4, &back, &e) == STATUS_OK &&
             decimal_compare(&sum, &back) == 0);
    }
    return 0;
}
