#include "model/order.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

#define TEXT_MAX     1000
#define NOTE_MAX     10000
#define SCALE_MAX    10
#define PRINT_SHOWN  12   /* faults that order_faults_say spells out */
#define PRINT_LENGTH 1700 /* bytes that it uses for them, at most */
#define FAULT_SAID   800  /* bytes of one */

/* ---- faults ------------------------------------------------------------------------------------
 */

void order_fault(json_t *faults, const char *code, const char *line, const char *format, ...)
{
    if (!faults || json_array_size(faults) >= ORDER_FAULTS_MAX)
        return;
    char text[600], said[FAULT_SAID];
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, text, sizeof text, format, args);
    va_end(args);
    json_t *fault = json_object();
    json_set_text(fault, "code", code);
    said_set_text(fault, "text", text, said);
    json_set_text(fault, "line", line);
    json_array_append_new(faults, fault);
}

void order_faults_say(char *said, size_t size, const json_t *faults)
{
    char parts[PRINT_SHOWN][FAULT_SAID + 100], joined[SAID_MAX];
    const char *list[PRINT_SHOWN];
    size_t count = json_array_size(faults), shown = 0, length = 0;
    for (; shown < count && shown < PRINT_SHOWN; shown++) {
        const json_t *fault = json_array_get(faults, shown);
        const char *line = json_text(fault, "line", NULL);
        char *part = parts[shown], why[FAULT_SAID];
        said_get(fault, "text", why, sizeof why);
        if (line)
            said_format(part, sizeof parts[0], "line %s: %-s", line, why);
        else
            text_copy(part, sizeof parts[0], why);
        length += strlen(part);
        if (shown > 0 && length > PRINT_LENGTH)
            break;
        list[shown] = part;
    }
    said_join(joined, sizeof joined, list, shown, "; ");
    if (shown < count)
        said_format(said, size, "%-s; and %zu more", joined, count - shown);
    else
        text_copy(said, size, joined);
}

/* ---- members -----------------------------------------------------------------------------------
 */

/* The object of the order that is being read, and where faults go. */
struct source {
    const json_t *object;
    const char *prefix; /* "buyer.", for messages */
    const char *line;   /* the line's id, or NULL */
    json_t *faults;
};

static void fault_member(const struct source *s, const char *name, const char *what)
{
    const json_t *value = json_object_get(s->object, name);
    char *shown = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    if (shown)
        order_fault(s->faults, "order_member", s->line, "%s%s is %.80s, expected %-s", s->prefix,
                    name, shown, what);
    else
        order_fault(s->faults, "order_member", s->line, "%s%s is missing, expected %-s", s->prefix,
                    name, what);
    free(shown);
}

/* An absent or null text is "". Line breaks and tabs are allowed in texts; a NUL byte is not. */
static const char *take_text(const struct source *s, const char *name, size_t maximum)
{
    const json_t *value = json_object_get(s->object, name);
    if (!value || json_is_null(value))
        return "";
    const char *text = json_string_value(value);
    if (!text || strlen(text) != json_string_length(value)) {
        fault_member(s, name, N_("a text"));
        return "";
    }
    if (strlen(text) > maximum) {
        order_fault(s->faults, "order_member", s->line,
                    "%s%s has %zu bytes, at most %zu are "
                    "allowed",
                    s->prefix, name, strlen(text), maximum);
        return "";
    }
    return text;
}

static const char *text_of(const struct source *s, const char *name)
{
    return take_text(s, name, TEXT_MAX);
}

/* The code by which a product is looked up. Blanks alone do not count: to SQL Server they equal an
 * empty text, and would match every product without a code. */
static const char *code_of(const struct source *s, const char *name)
{
    const char *text = text_of(s, name);
    return text[strspn(text, " \t\r\n")] ? text : "";
}

static bool flag_of(const struct source *s, const char *name)
{
    const json_t *value = json_object_get(s->object, name);
    if (value && !json_is_null(value) && !json_is_boolean(value))
        fault_member(s, name, N_("true or false"));
    return json_is_true(value);
}

/* An exact decimal in a JSON string, never a float. Absent: 0, and a fault if it is required. */
static struct decimal decimal_of(const struct source *s, const char *name, bool required)
{
    const json_t *value = json_object_get(s->object, name);
    struct decimal d = {0};
    if ((!value || json_is_null(value)) && !required)
        return d;
    const char *text = json_string_value(value);
    if (!text || decimal_parse(text, json_string_length(value), &d, NULL) != STATUS_OK) {
        fault_member(s, name, N_("a decimal number in quotes, such as \"12.50\""));
        return (struct decimal){0};
    }
    decimal_normalize(&d);
    if (d.scale > SCALE_MAX) {
        order_fault(s->faults, "order_member", s->line,
                    "%s%s has more than %d digits after the point", s->prefix, name, SCALE_MAX);
        return (struct decimal){0};
    }
    return d;
}

static int64_t time_of(const struct source *s, const char *name)
{
    const json_t *value = json_object_get(s->object, name);
    int64_t ms = 0;
    if (!value || json_is_null(value))
        return 0;
    if (!json_is_string(value) || !clock_parse(json_string_value(value), &ms)) {
        fault_member(s, name, N_("a time such as \"2026-01-31T23:59:59Z\""));
        return 0;
    }
    return ms;
}

/* A whole number, or one in quotes: shops count revisions either way. */
static int64_t revision_of(const struct source *s)
{
    const json_t *value = json_object_get(s->object, "revision");
    int64_t revision = 0;
    if (!value || json_is_null(value))
        return 0;
    if (json_is_integer(value))
        revision = json_integer_value(value);
    else if (!json_is_string(value) || !text_to_i64(json_string_value(value), &revision))
        revision = -1;
    if (revision < 0) {
        fault_member(s, "revision", N_("a whole number from 0"));
        return 0;
    }
    return revision;
}

/* A member that must be an object if it is present. */
static struct source object_of(const struct source *s, const char *name, const char *prefix)
{
    const json_t *value = json_object_get(s->object, name);
    if (value && !json_is_null(value) && !json_is_object(value))
        fault_member(s, name, N_("an object"));
    return (struct source){json_is_object(value) ? value : NULL, prefix, NULL, s->faults};
}

/* ---- the order ---------------------------------------------------------------------------------
 */

static void read_address(const struct source *s, struct order_address *a)
{
    a->name = text_of(s, "name");
    a->company = text_of(s, "company");
    a->tax_id = text_of(s, "tax_id");
    a->street = text_of(s, "street");
    a->city = text_of(s, "city");
    a->postcode = text_of(s, "postcode");
    a->country = text_of(s, "country");
    a->phone = text_of(s, "phone");
}

static void read_line(const struct source *order, const json_t *json, size_t index,
                      struct order_line *line)
{
    char number[24];
    text_format(number, sizeof number, "%zu", index + 1);
    struct source s = {json, "", number, order->faults};
    line->id = line->sku = line->ean = line->name = line->vat = "";
    if (!json_is_object(json)) {
        order_fault(s.faults, "order_member", number, "is not an object");
        return;
    }
    line->id = text_of(&s, "id");
    if (*line->id)
        s.line = line->id;
    line->sku = code_of(&s, "sku");
    line->ean = code_of(&s, "ean");
    line->name = text_of(&s, "name");
    line->vat = text_of(&s, "vat_rate");
    line->quantity = decimal_of(&s, "quantity", true);
    line->price_gross = decimal_of(&s, "price_gross", true);
    line->discount_percent = decimal_of(&s, "discount_percent", false);
}

static void read_lines(const struct source *s, struct order *o)
{
    const json_t *lines = json_object_get(s->object, "lines");
    size_t count = json_array_size(lines);
    if (!json_is_array(lines) || count == 0) {
        order_fault(s->faults, "order_lines", NULL, "the order has no lines");
        return;
    }
    if (count > ORDER_LINES_MAX) {
        order_fault(s->faults, "order_lines", NULL,
                    "the order has %zu lines, at most %d are "
                    "allowed",
                    count, ORDER_LINES_MAX);
        return;
    }
    o->lines = mem_array(count, sizeof *o->lines);
    o->line_count = count;
    for (size_t i = 0; i < count; i++)
        read_line(s, json_array_get(lines, i), i, &o->lines[i]);
}

static void read_order(const struct source *s, struct order *o)
{
    struct source buyer = object_of(s, "buyer", "buyer."),
                  invoice = object_of(s, "invoice", "invoice."),
                  delivery = object_of(s, "delivery", "delivery.");
    o->number = text_of(s, "number");
    if (!*o->number)
        o->number = o->id;
    o->source = text_of(s, "source");
    o->revision = revision_of(s);
    o->placed_at_ms = time_of(s, "placed_at");
    o->confirmed_at_ms = time_of(s, "confirmed_at");
    o->cancelled = flag_of(s, "cancelled");
    o->currency = text_of(s, "currency");
    o->exchange_rate = decimal_of(s, "exchange_rate", false);
    o->note = take_text(s, "note", NOTE_MAX);
    o->payment_method = text_of(s, "payment_method");
    o->cash_on_delivery = flag_of(s, "cash_on_delivery");
    o->total_gross = decimal_of(s, "total_gross", true);
    o->paid = decimal_of(s, "paid", false);
    o->buyer_name = text_of(&buyer, "name");
    o->buyer_company = text_of(&buyer, "company");
    o->buyer_email = text_of(&buyer, "email");
    o->buyer_phone = text_of(&buyer, "phone");
    o->invoice_wanted = flag_of(&invoice, "wanted");
    read_address(&invoice, &o->invoice);
    read_address(&delivery, &o->delivery);
    o->delivery_method = text_of(&delivery, "method");
    o->delivery_point = text_of(&delivery, "point_id");
    o->delivery_gross = decimal_of(&delivery, "price_gross", false);
    read_lines(s, o);
}

/* Outcomes are addressed by the id: without one there is no way to answer. */
static bool id_ok(const json_t *value)
{
    const char *id = json_string_value(value);
    size_t length = json_string_length(value);
    if (!id || length == 0 || length > ORDER_ID_MAX || strlen(id) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)id[i] < 0x20 || id[i] == 0x7f)
            return false;
    return true;
}

enum status order_parse(json_t *json, struct order **out, json_t *faults, struct error *e)
{
    size_t before = json_array_size(faults);
    *out = NULL;
    const json_t *id = json_object_get(json, "id");
    if (!id_ok(id)) {
        order_fault(faults, "order_id", NULL,
                    "the order has no id: a text of 1 to %d bytes without "
                    "control characters",
                    ORDER_ID_MAX);
        return error_set(e, STATUS_INVALID, "order_id",
                         "an order without a usable id cannot be accepted");
    }
    struct order *o = mem_alloc(sizeof *o);
    o->json = json_incref(json);
    o->id = json_string_value(id);
    const char *unreadable = json_text(json, "unreadable", NULL);
    struct source s = {json, "", NULL, unreadable ? NULL : faults};
    char why[FAULT_SAID];
    said_get(json, "unreadable", why, sizeof why);
    if (unreadable)
        order_fault(faults, "order_unreadable", NULL, "it cannot be read: %-s", why);
    read_order(&s, o);
    *out = o;
    if (json_array_size(faults) == before)
        return STATUS_OK;
    char said[SAID_MAX];
    order_faults_say(said, sizeof said, faults);
    return error_set(e, STATUS_INVALID, "order_form", "order %.200s is malformed: %-s", o->id,
                     said);
}

void order_free(struct order *o)
{
    if (!o)
        return;
    free(o->lines);
    json_decref(o->json);
    free(o);
}

/* ---- key and marker ----------------------------------------------------------------------------
 */

static void add_part(struct buf *b, const char *part)
{
    for (; *part; part++) {
        if (*part == '%')
            buf_add_text(b, "%25");
        else if (*part == '/')
            buf_add_text(b, "%2F");
        else
            buf_add_byte(b, *part);
    }
}

void order_key(struct buf *b, const char *channel, const char *account, const char *external_id,
               const char *document_type)
{
    const char *const parts[] = {channel, account, external_id, document_type};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (i)
            buf_add_byte(b, '/');
        add_part(b, parts[i] ? parts[i] : "");
    }
}

void order_marker(const char *key, char marker[ORDER_MARKER + 1])
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford: no I, L, O, U */
    uint8_t hash[CRYPTO_HASH];
    crypto_sha256(key, strlen(key), hash);
    marker[0] = 'E';
    marker[1] = 'P';
    for (size_t i = 2; i < ORDER_MARKER; i++) {
        size_t bit = (i - 2) * 5, byte = bit / 8, shift = bit % 8;
        unsigned two = (unsigned)hash[byte] << 8 | hash[byte + 1];
        marker[i] = digits[two >> (11 - shift) & 31];
    }
    marker[ORDER_MARKER] = '\0';
}
