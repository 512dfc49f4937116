/* UTF-8, UTF-16, times, durations, base64url. */
#include "fuzz.h"

#include "base/clock.h"
#include "base/crypto.h"
#include "base/text.h"

static void check_utf8(const char *text, size_t size)
{
    struct buf repaired, wide, back, shown;
    buf_init(&repaired, 4 * size);
    buf_init(&wide, 4 * size);
    buf_init(&back, 8 * size);
    buf_init(&shown, 8 * size);
    text_repair(&repaired, text, size);
    MUST(text_is_utf8(buf_text(&repaired), repaired.length));
    if (text_is_utf8(text, size))
        MUST(repaired.length == size && memcmp(buf_text(&repaired), text, size) == 0);
    text_to_utf16(&wide, buf_text(&repaired), repaired.length);
    text_from_utf16(&back, (const uint8_t *)buf_text(&wide), wide.length);
    MUST(back.length == repaired.length &&
         memcmp(buf_text(&back), buf_text(&repaired), back.length) == 0);
    buf_reset(&back);
    text_from_utf16(&back, (const uint8_t *)text, size);
    MUST(text_is_utf8(buf_text(&back), back.length));
    text_printable(&shown, text, size);
    MUST(!shown.failed && text_is_utf8(buf_text(&shown), shown.length));
    for (size_t i = 0; i < shown.length; i++)
        MUST((unsigned char)shown.data[i] >= 0x20 && shown.data[i] != 0x7F);
    buf_free(&repaired);
    buf_free(&wide);
    buf_free(&back);
    buf_free(&shown);
}

static void check_copies(const char *text)
{
    char small[9];
    bool whole = text_copy(small, sizeof small, text);
    MUST(whole == (strlen(text) < sizeof small));
    MUST(strncmp(small, text, strlen(small)) == 0);
    if (text_is_utf8(text, strlen(text)))
        MUST(text_is_utf8(small, strlen(small)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), printed[CLOCK_TEXT], shown[64];
    int64_t ms, again;
    check_utf8(text, size);
    check_copies(text);
    if (clock_parse(text, &ms) && ms >= 0) {
        clock_format(printed, ms);
        MUST(clock_parse(printed, &again) && again == ms);
    }
    if (clock_parse_http(text, &ms) && ms >= 0) {
        clock_format_http(printed, ms);
        MUST(clock_parse_http(printed, &again) && again == ms);
    }
    if (text_to_duration(text, &ms)) {
        MUST(ms >= 0);
        text_from_duration(shown, sizeof shown, ms);
    }
    struct buf b64;
    uint8_t bytes[256];
    size_t length = sizeof bytes;
    if (crypto_base64url_decode(text, size, bytes, &length)) {
        buf_init(&b64, 400);
        crypto_base64url(&b64, bytes, length);
        MUST(b64.length == size && memcmp(buf_text(&b64), text, size) == 0);
        buf_free(&b64);
    }
    text_trim(text);
    free(text);
    return 0;
}
