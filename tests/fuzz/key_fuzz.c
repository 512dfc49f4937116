/* Keys: damaged bytes are no key; and keys made of parts sort as their parts. */
#include "fuzz.h"

#include "model/key.h"

/* Parts from the input: 'i' and eight bytes, or 't' and bytes up to a zero. */
static bool build(struct key *k, const uint8_t *data, size_t size, size_t *used)
{
    key_clear(k);
    *used = 0;
    if (size < 9)
        return false;
    int64_t number;
    memcpy(&number, data + 1, 8);
    const uint8_t *end = memchr(data, 0, size);
    *used = data[0] % 2 || !end ? 9 : (size_t)(end - data) + 1;
    if (*used == 9)
        return key_add_integer(k, number, NULL) == STATUS_OK;
    return key_add_text(k, (const char *)data, *used - 1, NULL) == STATUS_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct key a, b;
    struct buf text;
    size_t used;
    buf_init(&text, 8 * size + 8 * KEY_MAXIMUM);
    key_print(&text, data, size);
    MUST(!text.failed);
    if (build(&a, data, size, &used) && build(&b, data + used, size - used, &used)) {
        int order = key_compare(a.bytes, a.length, b.bytes, b.length);
        MUST((order < 0) == (key_compare(b.bytes, b.length, a.bytes, a.length) > 0));
        if (a.bytes[0] == 'i' && b.bytes[0] == 'i') {
            int64_t x, y;
            memcpy(&x, data + 1, 8);
            memcpy(&y, data + 10, 8);
            MUST((order < 0) == (x < y) && (order == 0) == (x == y));
        }
        buf_reset(&text);
        MUST(key_print(&text, a.bytes, a.length));
        struct key again;
        MUST(key_parse(buf_text(&text), a.bytes[0] == 't', &again));
        MUST(again.length == a.length && memcmp(again.bytes, a.bytes, a.length) == 0);
        if (a.bytes[0] == 't')
            MUST(memchr(buf_text(&text), '/', text.length) == NULL);
    }
    buf_reset(&text);
    buf_add(&text, data, size);
    for (unsigned texts = 0; texts < 16; texts++)
        if (key_parse(buf_text(&text), texts, &a))
            MUST(a.length <= KEY_MAXIMUM && key_compare(a.bytes, a.length, a.bytes, a.length) == 0);
    buf_free(&text);
    return 0;
}
