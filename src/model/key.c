#include "model/key.h"

#include <inttypes.h>
#include <string.h>

void key_clear(struct key *k)
{
    k->length = 0;
}

static enum status too_long(struct error *e)
{
    return error_set(e, STATUS_INVALID, "key_long", "a record's key is longer than %d bytes",
                     KEY_MAXIMUM);
}

enum status key_add_integer(struct key *k, int64_t value, struct error *e)
{
    if (k->length + 9 > KEY_MAXIMUM)
        return too_long(e);
    uint64_t ordered = (uint64_t)value ^ UINT64_C(1) << 63;
    uint8_t *p = k->bytes + k->length;
    *p++ = 'i';
    for (int shift = 56; shift >= 0; shift -= 8)
        *p++ = (uint8_t)(ordered >> shift);
    k->length += 9;
    return STATUS_OK;
}

enum status key_add_text(struct key *k, const char *text, size_t length, struct error *e)
{
    if (length + 2 > KEY_MAXIMUM - k->length)
        return too_long(e);
    if (length && memchr(text, 0, length))
        return error_set(e, STATUS_INVALID, "key_nul", "a record's key contains a NUL byte");
    uint8_t *p = k->bytes + k->length;
    *p++ = 't';
    if (length)
        memcpy(p, text, length);
    p[length] = 0;
    k->length += length + 2;
    return STATUS_OK;
}

static bool print_integer(struct buf *b, const uint8_t *p)
{
    uint64_t ordered = 0;
    for (int i = 0; i < 8; i++)
        ordered = ordered << 8 | p[i];
    buf_printf(b, "%" PRId64, (int64_t)(ordered ^ UINT64_C(1) << 63));
    return true;
}

bool key_print(struct buf *b, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        if (i > 0)
            buf_add_byte(b, '/');
        if (bytes[i] == 'i' && length - i >= 9) {
            print_integer(b, bytes + i + 1);
            i += 9;
        } else if (bytes[i] == 't' && memchr(bytes + i, 0, length - i)) {
            for (i++; bytes[i]; i++) {
                if (bytes[i] == '/' || bytes[i] == '%')
                    buf_printf(b, "%%%02X", bytes[i]);
                else
                    buf_add_byte(b, bytes[i]);
            }
            i++;
        } else {
            return false;
        }
    }
    return length > 0 && !b->failed;
}

int key_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    int order = common ? memcmp(a, b, common) : 0;
    if (order)
        return order;
    return a_length < b_length ? -1 : a_length > b_length;
}
