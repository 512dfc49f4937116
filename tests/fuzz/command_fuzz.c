/* What a program answers about an order: any bytes. */
#include "fuzz.h"

#include "base/text.h"
#include "document/command_answer.h"

static bool printable(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct writer_outcome out;
    char *text = fuzz_text(data, size);
    enum written written = command_answer(text, size, &out);
    MUST(written == WRITTEN_DONE || written == WRITTEN_REJECTED || written == WRITTEN_UNKNOWN);
    MUST((written == WRITTEN_DONE) == (out.document[0] != '\0'));
    MUST((written == WRITTEN_DONE) == (out.error.text[0] == '\0'));
    MUST(printable(out.document) && printable(out.document_id) && printable(out.error.text));
    MUST(text_is_utf8(out.error.text, strlen(out.error.text)));
    MUST(text_is_utf8(out.document, strlen(out.document)));
    free(text);
    return 0;
}
