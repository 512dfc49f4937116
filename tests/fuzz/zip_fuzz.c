/* Compressed bodies: what unpacks stays within its bound; what we pack unpacks to the same. */
#include "fuzz.h"

#include "base/zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct buf plain, packed;
    buf_init(&plain, 100000);
    enum status status = zip_unpack(&plain, data, size, &e);
    MUST(plain.length <= plain.maximum && (status == STATUS_OK || e.text[0]));
    buf_reset(&plain);
    buf_init(&packed, 2 * size + 1000);
    MUST(zip_pack(&packed, data, size, &e) == STATUS_OK);
    if (size <= plain.maximum) {
        MUST(zip_unpack(&plain, packed.data, packed.length, &e) == STATUS_OK);
        MUST(plain.length == size && memcmp(buf_text(&plain), data, size) == 0);
    }
    buf_free(&plain);
    buf_free(&packed);
    return 0;
}
