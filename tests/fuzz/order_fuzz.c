/* An order of a shop: any JSON gives an order, or faults that say what is wrong; and its texts fit.
 */
#include "fuzz.h"

#include "base/cp1250.h"
#include "base/json.h"
#include "base/said.h"
#include "base/text.h"
#include "document/order_text.h"
#include "model/order.h"

static void must_be_text(const char *text)
{
    MUST(text != NULL);
    MUST(text_is_utf8(text, strlen(text)));
}

static void check_faults(const json_t *faults)
{
    size_t i;
    const json_t *fault;
    char said[SAID_MAX], shown[4 * SAID_MAX];
    MUST(json_array_size(faults) <= ORDER_FAULTS_MAX);
    json_array_foreach (faults, i, fault) {
        MUST(*json_text(fault, "code", "") && *json_text(fault, "text", ""));
        must_be_text(json_text(fault, "text", ""));
    }
    order_faults_say(said, sizeof said, faults);
    said_words(shown, sizeof shown, said);
    must_be_text(shown);
    MUST((*shown != '\0') == (json_array_size(faults) > 0));
}

/* What was cleaned and cut holds in the column, and the code page has each of its characters. */
static void check_fit(const char *text, int width, bool unicode)
{
    struct order_texts t = {.unicode = unicode, .notes = json_array()};
    struct buf fitted, bytes;
    buf_init(&t.overflow, 1 << 16);
    buf_init(&fitted, 1 << 16);
    bool same = order_text_fit(&t, "text", text, width, true, &fitted);
    must_be_text(buf_text(&fitted));
    MUST(same || json_array_size(t.notes) > 0); /* never silently */
    if (!unicode) {
        buf_init(&bytes, 1 << 16);
        cp1250_encode(&bytes, buf_text(&fitted), fitted.length);
        MUST(bytes.length <= (size_t)width);
        for (size_t i = 0; i < bytes.length; i++)
            MUST((unsigned char)buf_text(&bytes)[i] >= 0x20 || buf_text(&bytes)[i] == '\0');
        buf_free(&bytes);
    }
    buf_free(&fitted);
    buf_free(&t.overflow);
    json_decref(t.notes);
}

static void check_texts(const struct order *o)
{
    const char *const texts[] = {
        o->number,           o->source,          o->currency,       o->note,
        o->payment_method,   o->buyer_name,      o->buyer_company,  o->buyer_email,
        o->buyer_phone,      o->invoice.name,    o->invoice.tax_id, o->delivery.street,
        o->delivery.country, o->delivery_method, o->delivery_point};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        must_be_text(texts[i]);
        check_fit(texts[i], 1 + (int)i * 7, false);
        check_fit(texts[i], 1 + (int)i * 7, true);
    }
    MUST(o->line_count <= ORDER_LINES_MAX);
    for (size_t i = 0; i < o->line_count; i++) {
        must_be_text(o->lines[i].id);
        must_be_text(o->lines[i].sku);
        must_be_text(o->lines[i].ean);
        must_be_text(o->lines[i].name);
        must_be_text(o->lines[i].vat);
    }
}

static void check_marker(const struct order *o)
{
    struct buf key;
    char marker[ORDER_MARKER + 1], again[ORDER_MARKER + 1];
    buf_init(&key, 8 * ORDER_ID_MAX + 2048);
    order_key(&key, "panel", "https://panel.example/1", o->id, "ZK");
    MUST(!key.failed);
    order_marker(buf_text(&key), marker);
    MUST(strlen(marker) == ORDER_MARKER);
    MUST(strspn(marker, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == ORDER_MARKER);
    buf_add_byte(&key, 'x');
    order_marker(buf_text(&key), again);
    MUST(strcmp(marker, again) != 0);
    buf_free(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error e = {0};
    struct order *o = NULL;
    json_t *json = json_parse((const char *)data, size, NULL);
    json_t *faults = json_array();
    if (json) {
        enum status status = order_parse(json, &o, faults, &e);
        MUST(status == STATUS_OK || status == STATUS_INVALID);
        MUST((status == STATUS_OK) == (json_array_size(faults) == 0));
        MUST(status == STATUS_OK || (e.text[0] && text_is_utf8(e.text, strlen(e.text))));
        MUST(o || status == STATUS_INVALID);
        check_faults(faults);
    }
    if (o) {
        MUST(o->id[0] && strlen(o->id) <= ORDER_ID_MAX);
        check_texts(o);
        check_marker(o);
    }
    order_free(o);
    json_decref(faults);
    json_decref(json);
    return 0;
}
