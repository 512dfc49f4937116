#include "model/decimal.h"

#include <string.h>

#include "base/text.h"

typedef unsigned __int128 u128;

static u128 power10(unsigned n)
{
    u128 p = 1;
    while (n--)
        p *= 10;
    return p;
}

/* 10^38 - 1 is the largest; it fits in 127 bits. */
static bool fits(u128 digits)
{
    return digits < power10(DECIMAL_DIGITS);
}

static enum status too_large(struct error *e)
{
    return error_set(e, STATUS_INVALID, "decimal_range", "the number has more than %d digits",
                     DECIMAL_DIGITS);
}

static void set(struct decimal *d, u128 digits, unsigned scale, bool negative)
{
    d->digits = digits;
    d->scale = (uint8_t)scale;
    d->negative = negative && digits != 0;
}

enum status decimal_parse(const char *text, size_t length, struct decimal *d, struct error *e)
{
    u128 digits = 0;
    unsigned scale = 0, seen = 0, significant = 0;
    bool negative = false, point = false;
    size_t i = 0;
    if (length > 0 && (text[0] == '-' || text[0] == '+'))
        negative = text[i++] == '-';
    for (; i < length; i++) {
        char c = text[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        seen++;
        if (significant || c != '0')
            significant++;
        if (point)
            scale++;
        if (significant > DECIMAL_DIGITS || scale > DECIMAL_DIGITS)
            return too_large(e);
        digits = digits * 10 + (unsigned)(c - '0');
    }
    if (i < length || seen == 0) {
        char shown[64];
        size_t n = length < sizeof shown - 1 ? length : sizeof shown - 1;
        memcpy(shown, text, n);
        shown[n] = '\0';
        return error_set(e, STATUS_INVALID, "decimal_syntax",
                         "\"%s\" is not a decimal number like 12.34", shown);
    }
    set(d, digits, scale, negative);
    return STATUS_OK;
}

void decimal_print(const struct decimal *d, char target[DECIMAL_TEXT])
{
    char reversed[DECIMAL_TEXT];
    size_t n = 0;
    u128 rest = d->digits;
    unsigned scale = d->scale > DECIMAL_DIGITS ? DECIMAL_DIGITS : d->scale;
    for (unsigned i = 0; i <= scale || rest != 0; i++) {
        if (i == scale && scale != 0)
            reversed[n++] = '.';
        reversed[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    size_t m = 0;
    if (d->negative)
        target[m++] = '-';
    while (n > 0)
        target[m++] = reversed[--n];
    target[m] = '\0';
}

/* digits × 10^by, if it still fits. */
static bool scale_up(u128 *digits, unsigned by)
{
    for (; by > 0 && *digits != 0; by--) {
        if (*digits > (power10(DECIMAL_DIGITS) - 1) / 10)
            return false;
        *digits *= 10;
    }
    return true;
}

static int compare_magnitude(const struct decimal *a, const struct decimal *b)
{
    u128 x = a->digits, y = b->digits;
    if (a->scale < b->scale && !scale_up(&x, (unsigned)(b->scale - a->scale)))
        return 1;
    if (b->scale < a->scale && !scale_up(&y, (unsigned)(a->scale - b->scale)))
        return -1;
    return x < y ? -1 : x > y;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    int order = compare_magnitude(a, b);
    return a->negative ? -order : order;
}

enum status decimal_add(const struct decimal *a, const struct decimal *b, struct decimal *sum,
                        struct error *e)
{
    u128 x = a->digits, y = b->digits;
    unsigned scale = a->scale > b->scale ? a->scale : b->scale;
    if (!scale_up(&x, scale - a->scale) || !scale_up(&y, scale - b->scale))
        return too_large(e);
    if (a->negative == b->negative) {
        if (!fits(x + y)) /* both are below 10^38, so the sum cannot wrap */
            return too_large(e);
        set(sum, x + y, scale, a->negative);
    } else if (x >= y) {
        set(sum, x - y, scale, a->negative);
    } else {
        set(sum, y - x, scale, b->negative);
    }
    return STATUS_OK;
}

enum status decimal_subtract(const struct decimal *a, const struct decimal *b, struct decimal *sum,
                             struct error *e)
{
    struct decimal minus = *b;
    minus.negative = !b->negative && b->digits != 0;
    return decimal_add(a, &minus, sum, e);
}

/* 256-bit product in four 64-bit limbs, least first. */
static void multiply_wide(u128 a, u128 b, uint64_t limb[4])
{
    const uint64_t x[2] = {(uint64_t)a, (uint64_t)(a >> 64)};
    const uint64_t y[2] = {(uint64_t)b, (uint64_t)(b >> 64)};
    memset(limb, 0, 4 * sizeof limb[0]);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t carry = 0;
        for (unsigned j = 0; j < 2; j++) {
            u128 part = (u128)x[i] * y[j] + limb[i + j] + carry;
            limb[i + j] = (uint64_t)part;
            carry = (uint64_t)(part >> 64);
        }
        limb[i + 2] = carry;
    }
}

/* limb /= 10; returns the remainder. */
static unsigned divide_wide_by_10(uint64_t limb[4])
{
    u128 rest = 0;
    for (int i = 3; i >= 0; i--) {
        u128 part = rest << 64 | limb[i];
        limb[i] = (uint64_t)(part / 10);
        rest = part % 10;
    }
    return (unsigned)rest;
}

enum status decimal_multiply(const struct decimal *a, const struct decimal *rate, unsigned scale,
                             struct decimal *product, struct error *e)
{
    uint64_t limb[4];
    unsigned exact = (unsigned)a->scale + rate->scale, last = 0;
    if (scale > DECIMAL_DIGITS)
        return too_large(e);
    multiply_wide(a->digits, rate->digits, limb);
    for (; exact > scale; exact--)
        last = divide_wide_by_10(limb);
    if (last >= 5) {
        for (unsigned i = 0; i < 4 && ++limb[i] == 0; i++) {
        }
    }
    u128 digits = (u128)limb[1] << 64 | limb[0];
    if (limb[2] || limb[3] || !fits(digits) || !scale_up(&digits, scale - exact))
        return too_large(e);
    set(product, digits, scale, a->negative != rate->negative);
    return STATUS_OK;
}

enum status decimal_round(const struct decimal *d, unsigned scale, struct decimal *rounded,
                          struct error *e)
{
    const struct decimal one = {.digits = 1};
    return decimal_multiply(d, &one, scale, rounded, e);
}

void decimal_floor(struct decimal *d)
{
    unsigned __int128 one = 1;
    for (unsigned i = 0; i < d->scale; i++)
        one *= 10;
    d->digits = d->digits / one + (d->digits % one != 0 && d->negative);
    d->scale = 0;
    d->negative = d->negative && d->digits;
}

void decimal_normalize(struct decimal *d)
{
    while (d->scale > 0 && d->digits % 10 == 0) {
        d->digits /= 10;
        d->scale--;
    }
}
