#include "sandbox/tds/units.h"

#include "base/text.h"

void units_put(struct buf *b, const char *text, size_t length)
{
    size_t plain = 0;
    for (size_t i = 0; i + 2 < length; i++) {
        const unsigned char *s = (const unsigned char *)text + i;
        if (s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || (s[2] & 0xC0) != 0x80)
            continue;
        unsigned unit = 0xD000U | (s[1] & 0x3FU) << 6 | (s[2] & 0x3FU);
        text_to_utf16(b, text + plain, i - plain);
        buf_add_byte(b, (int)(unit & 0xFF));
        buf_add_byte(b, (int)(unit >> 8));
        i += 2;
        plain = i + 1;
    }
    text_to_utf16(b, text + plain, length - plain);
}
