/* XML from shops and files: a tree of JSON values or an error, and what we write ourselves is read again. */
#include "fuzz.h"

#include "base/json.h"
#include "base/text.h"
#include "base/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    json_t *tree = NULL;
    enum status status = xml_read((const char *)data, size, &tree, &e);
    MUST((status == STATUS_OK) == (tree != NULL));
    if (tree) {
        struct buf b;
        buf_init(&b, 64 * size + 1000);
        json_add(&b, tree);
        MUST(!b.failed && text_is_utf8(buf_text(&b), b.length));
        buf_reset(&b);
        xml_write(&b, tree);
        json_t *again = NULL;
        MUST(!b.failed && xml_read(b.data, b.length, &again, &e) == STATUS_OK);
        MUST(json_equal(tree, again));
        json_decref(again);
        buf_free(&b);
    } else {
        MUST(e.code[0] && e.text[0]);
    }
    json_decref(tree);
    struct buf escaped;
    buf_init(&escaped, 8 * size + 100);
    buf_add_text(&escaped, "<a>");
    xml_escape(&escaped, (const char *)data, size);
    buf_add_text(&escaped, "</a>");
    MUST(!escaped.failed);
    MUST(xml_read(escaped.data, escaped.length, &tree, &e) == STATUS_OK);
    json_decref(tree);
    buf_free(&escaped);
    return 0;
}
