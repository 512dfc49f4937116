/* JSON from outside, and its framing in lines: however the bytes are cut, the same lines come out. */
#include "fuzz.h"

#include "base/json.h"
#include "base/lines.h"
#include "base/text.h"

#define LINE 200

/* What the lines of data are, one '\n' behind each, without the too long ones. */
static void by_hand(struct buf *out, const char *data, size_t size)
{
    for (size_t start = 0; start < size;) {
        const char *end = memchr(data + start, '\n', size - start);
        if (!end)
            return;
        size_t length = (size_t)(end - data) - start;
        size_t shown = length && data[start + length - 1] == '\r' ? length - 1 : length;
        if (shown < LINE) {
            buf_add(out, data + start, shown);
            buf_add_byte(out, '\n');
        }
        start += length + 1;
    }
}

static void check_lines(const char *data, size_t size, size_t piece)
{
    struct lines l;
    struct buf got, wanted;
    lines_init(&l, LINE);
    buf_init(&got, size + 1000);
    buf_init(&wanted, size + 1000);
    for (size_t at = 0; at < size; at += piece) {
        char *line;
        size_t length;
        enum status status;
        lines_feed(&l, data + at, size - at < piece ? size - at : piece);
        while ((status = lines_next(&l, &line, &length)) != STATUS_END) {
            if (status != STATUS_OK)
                continue;
            MUST(line[length] == '\0');
            if (length < LINE) { /* one that arrived whole may be longer: only memory is bounded */
                buf_add(&got, line, length);
                buf_add_byte(&got, '\n');
            }
        }
    }
    by_hand(&wanted, data, size);
    MUST(got.length == wanted.length && memcmp(buf_text(&got), buf_text(&wanted), got.length) == 0);
    buf_free(&got);
    buf_free(&wanted);
    lines_free(&l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct buf text, quoted;
    json_t *value = json_parse((const char *)data, size, &e);
    buf_init(&text, 8 * size + 1000);
    if (value) {
        json_add(&text, value);
        MUST(!text.failed);
        json_t *again = json_parse(buf_text(&text), text.length, &e);
        MUST(again && json_equal(value, again));
        json_decref(again);
        json_decref(value);
    } else {
        MUST(e.text[0]);
    }
    /* Any bytes become a JSON text that is a text. */
    buf_init(&quoted, 8 * size + 10);
    json_add_string(&quoted, (const char *)data, size);
    MUST(!quoted.failed && text_is_utf8(buf_text(&quoted), quoted.length));
    value = json_loadb(quoted.data, quoted.length, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    MUST(json_is_string(value));
    json_decref(value);
    buf_free(&text);
    buf_free(&quoted);
    check_lines((const char *)data, size, size % 37 + 1);
    check_lines((const char *)data, size, size + 1);
    return 0;
}
