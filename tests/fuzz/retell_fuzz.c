/* A text of another process, told again by the catalogue's formats. */
#include "fuzz.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/retell.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool open;
    struct buf b, twice;
    char *text = fuzz_text(data, size);
    if (!open)
        i18n_open("pl");
    open = true;
    buf_init(&b, 1 << 20);
    buf_init(&twice, 1 << 20);
    retell(&b, text);
    MUST(!b.failed);
    if (text_is_utf8(text, strlen(text)))
        MUST(text_is_utf8(buf_text(&b), b.length));
    retell(&twice, text);
    MUST(strcmp(buf_text(&b), buf_text(&twice)) == 0);
    buf_free(&b);
    buf_free(&twice);
    free(text);
    return 0;
}
