#include "model/key.h"

#include <inttypes.h>
#include <string.h>
#include <xxhash.h>

#include "base/text.h"

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

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One part, without its '/'. */
static bool parse_part(const char *text, size_t length, bool is_text, struct key *k)
{
    char plain[KEY_MAXIMUM + 1], printed[24];
    size_t made = 0;
    int64_t number;
    if (length > 3 * KEY_MAXIMUM)
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < length ? hex(text[i + 1]) : -1,
                low = high < 0 ? -1 : hex(text[i + 2]);
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (made == KEY_MAXIMUM)
            return false;
        plain[made++] = c;
    }
    plain[made] = '\0';
    if (is_text)
        return key_add_text(k, plain, made, NULL) == STATUS_OK;
    /* "007" is not the printed form of a number. */
    return text_to_i64(plain, &number) &&
           text_format(printed, sizeof printed, "%" PRId64, number) &&
           strcmp(printed, plain) == 0 && key_add_integer(k, number, NULL) == STATUS_OK;
}

bool key_parse(const char *text, unsigned texts, struct key *k)
{
    unsigned part = 0;
    key_clear(k);
    for (;; part++) {
        size_t length = strcspn(text, "/");
        if (part == KEY_PARTS || !parse_part(text, length, texts >> part & 1, k))
            return false;
        text += length;
        if (!*text)
            break;
        text++;
    }
    return texts >> (part + 1) == 0; /* no bit for a part that does not exist */
}

void key_stand_in(struct key *k, const void *bytes, size_t length)
{
    XXH64_canonical_t hash;
    XXH64_canonicalFromHash(&hash, XXH3_64bits(bytes, length));
    k->bytes[0] = 'x';
    memcpy(k->bytes + 1, hash.digest, sizeof hash.digest);
    k->length = 1 + sizeof hash.digest;
}

int key_compare(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length)
{
    size_t common = a_length < b_length ? a_length : b_length;
    int order = common ? memcmp(a, b, common) : 0;
    if (order)
        return order;
    return a_length < b_length ? -1 : a_length > b_length;
}
