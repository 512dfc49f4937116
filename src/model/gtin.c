#include "model/gtin.h"

#include <string.h>

#include "base/memory.h"
#include "base/text.h"

#define LONGEST 14

/* The number with fourteen digits. False: not a GTIN-12, -13 or -14. */
static bool widest(const char *text, char wide[LONGEST + 1])
{
    char digits[LONGEST + 1];
    size_t n = 0;
    unsigned sum = 0;
    for (; *text; text++) {
        if (*text == ' ' || *text == '-')
            continue;
        if (*text < '0' || *text > '9' || n == LONGEST)
            return false;
        digits[n++] = *text;
    }
    if (n < 12)
        return false;
    memset(wide, '0', LONGEST - n);
    memcpy(wide + LONGEST - n, digits, n);
    wide[LONGEST] = '\0';
    for (size_t i = 0; i < LONGEST;
         i++) /* from the left: three, one, three … and the check digit */
        sum += (i % 2 ? 1 : 3) * (unsigned)(wide[i] - '0');
    return sum % 10 == 0 && strspn(wide, "0") != LONGEST;
}

size_t gtin_forms(const char *text, char forms[GTIN_FORMS][GTIN_SIZE])
{
    char wide[LONGEST + 1];
    size_t count = 0;
    if (!widest(text, wide))
        return 0;
    for (size_t zeros = 0; zeros <= 2 && strspn(wide, "0") >= zeros; zeros++)
        if (!text_equal(wide + zeros, text))
            text_copy(forms[count++], GTIN_SIZE, wide + zeros);
    return count;
}

bool gtin_same(const char *a, const char *b)
{
    char wide[2][LONGEST + 1];
    return widest(a, wide[0]) && widest(b, wide[1]) && text_equal(wide[0], wide[1]);
}
