#include "sandbox/sql/scaled.h"

size_t scaled_print(int64_t value, int scale, char *target)
{
    char digits[24];
    size_t n = 0, made = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[n++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest && n < sizeof digits);
    while (n <= (size_t)scale && n < sizeof digits)
        digits[n++] = '0';
    if (value < 0)
        target[made++] = '-';
    while (n > 0) {
        if ((int)n == scale)
            target[made++] = '.';
        target[made++] = digits[--n];
    }
    target[made] = '\0';
    return made;
}

/* Digits with at most one point to a number scaled by 10^scale, rounded half away from zero.
 * False: something else, no digit at all, or too large. */
static bool digits_parse(const char *text, size_t length, int scale, unsigned __int128 *value)
{
    bool seen = false, point = false, up = false;
    int fraction = 0; /* digits after the point so far */
    unsigned __int128 v = 0;
    for (size_t i = 0; i < length && v <= INT64_MAX; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        seen = true;
        if (!point || fraction < scale)
            v = v * 10 + (unsigned)(text[i] - '0');
        else if (fraction == scale)
            up = text[i] >= '5';
        fraction += point;
    }
    for (; fraction < scale && v <= INT64_MAX; fraction++)
        v *= 10;
    *value = v + up;
    return seen && *value <= INT64_MAX;
}

bool scaled_parse(const char *text, size_t length, int scale, int64_t *value)
{
    unsigned __int128 v;
    while (length > 0 && text[length - 1] == ' ')
        length--;
    while (length > 0 && *text == ' ') {
        text++;
        length--;
    }
    bool signs = length > 0 && (*text == '-' || *text == '+');
    if (!digits_parse(text + signs, length - signs, scale, &v))
        return false;
    *value = signs && *text == '-' ? -(int64_t)v : (int64_t)v;
    return true;
}
