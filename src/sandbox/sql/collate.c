#include "sandbox/sql/collate.h"

#include "base/memory.h"
#include "base/text.h"

/* Lower case and order of a code point: letters with marks sort behind their base letter. */
static uint32_t weight(uint32_t point)
{
    static const struct {
        uint16_t upper, lower;
        char base;
    } polish[] = {{0x104, 0x105, 'a'}, {0x106, 0x107, 'c'}, {0x118, 0x119, 'e'},
                  {0x141, 0x142, 'l'}, {0x143, 0x144, 'n'}, {0x0D3, 0x0F3, 'o'},
                  {0x15A, 0x15B, 's'}, {0x179, 0x17A, 'z'}, {0x17B, 0x17C, 'z'}};
    if (point < 0x80)
        return (point >= 'A' && point <= 'Z' ? point + 32 : point) * 16;
    for (uint32_t i = 0; i < sizeof polish / sizeof polish[0]; i++)
        if (polish[i].upper == point || polish[i].lower == point)
            return (uint32_t)polish[i].base * 16 + 1 + (i == 8);
    return 0x10000 + point;
}

int collate_polish(const char *a, size_t a_length, const char *b, size_t b_length)
{
    while (a_length > 0 && a[a_length - 1] == ' ')
        a_length--;
    while (b_length > 0 && b[b_length - 1] == ' ')
        b_length--;
    size_t i = 0, j = 0;
    while (i < a_length && j < b_length) {
        size_t used_a, used_b;
        int32_t x = text_decode(a + i, a_length - i, &used_a);
        int32_t y = text_decode(b + j, b_length - j, &used_b);
        uint32_t wx = weight(x < 0 ? 0xFFFD : (uint32_t)x),
                 wy = weight(y < 0 ? 0xFFFD : (uint32_t)y);
        if (wx != wy)
            return wx < wy ? -1 : 1;
        i += used_a;
        j += used_b;
    }
    return i < a_length ? 1 : j < b_length ? -1 : 0;
}
