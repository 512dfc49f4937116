/* A text of another process with its record, from the wire and from a file. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool open;
    struct buf b;
    char *text = fuzz_text(data, size), said[700], again[700];
    if (!open)
        i18n_open("pl");
    open = true;
    buf_init(&b, 1 << 22);
    /* As it stands in a file. */
    said_add(&b, text);
    MUST(!b.failed);
    if (text_is_utf8(text, strlen(text)))
        MUST(text_is_utf8(buf_text(&b), b.length));
    /* As it comes in JSON: what is taken is in order and stays what it is. */
    json_t *record = json_parse(text, strlen(text), NULL);
    if (record) {
        json_t *o = json_pack("{s:s,s:{s:O}}", "text", "other words", "said", "text", record);
        struct error e;
        json_to_error(o, &e);
        MUST(text_is_utf8(e.text, strlen(e.text)));
        said_get(o, "text", said, sizeof said);
        said_set(o, "text", said);
        said_get(o, "text", again, sizeof again);
        MUST(strcmp(said, again) == 0);
        json_decref(o);
    }
    /* As an argument. */
    struct error e;
    error_set(&e, STATUS_INVALID, "x", "%s: %-s", text, text);
    MUST(text_is_utf8(e.text, strlen(e.text)));
    MUST(text_is_utf8(e.text_said, strlen(e.text_said)));
    json_decref(record);
    buf_free(&b);
    free(text);
    return 0;
}
