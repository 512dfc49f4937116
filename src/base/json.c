#include "base/json.h"

#include <string.h>

#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

json_t *json_parse(const char *text, size_t length, struct error *e)
{
    json_error_t fault;
    json_t *value = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &fault);
    if (!value)
        error_set(e, STATUS_INVALID, "json_syntax", "not valid JSON: %s (line %d, column %d)",
                  fault.text, fault.line, fault.column);
    return value;
}

const char *json_text(const json_t *object, const char *name, const char *otherwise)
{
    const char *value = json_string_value(json_object_get(object, name));
    return value ? value : otherwise;
}

int64_t json_number(const json_t *object, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? (int64_t)json_integer_value(value) : otherwise;
}

bool json_flag(const json_t *object, const char *name, bool otherwise)
{
    const json_t *value = json_object_get(object, name);
    return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

static int add_chunk(const char *chunk, size_t length, void *target)
{
    struct buf *b = target;
    buf_add(b, chunk, length);
    return b->failed ? -1 : 0;
}

void json_add(struct buf *b, const json_t *value)
{
    if (json_dump_callback(value, add_chunk, b, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
        b->failed = true;
}

void json_write_text(FILE *to, const char *text, size_t length)
{
    size_t plain = 0; /* start of a stretch that needs no escape */
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i],
                      next = i + 1 < length ? (unsigned char)text[i + 1] : 0;
        bool c1 = c == 0xC2 && next >= 0x80 && next < 0xA0;
        if (!c1 && c != 0x7F)
            continue;
        fwrite(text + plain, 1, i - plain, to);
        fprintf(to, "\\u%04x", c1 ? next : c);
        i += c1;
        plain = i + 1;
    }
    fwrite(text + plain, 1, length - plain, to);
}

void json_write(FILE *to, const json_t *value, size_t flags)
{
    struct buf b; /* write it whole, because a character's bytes may come in two chunks */
    buf_init(&b, SIZE_MAX / 4);
    json_dump_callback(value, add_chunk, &b, flags | JSON_ENCODE_ANY);
    json_write_text(to, buf_text(&b), b.length);
    buf_free(&b);
}

void json_add_string(struct buf *b, const char *text, size_t length)
{
    buf_add_byte(b, '"');
    size_t plain = 0; /* start of a stretch that needs no escape */
    for (size_t i = 0, used; i < length; i += used) {
        unsigned char c = (unsigned char)text[i];
        used = 1;
        if (c >= 0x20 && c != '"' && c != '\\' && c < 0x80)
            continue;
        int32_t point = text_decode(text + i, length - i, &used);
        if (point >= 0x80)
            continue;
        buf_add(b, text + plain, i - plain);
        plain = i + used;
        if (point < 0)
            buf_add(b, "\xEF\xBF\xBD", 3);
        else if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c == '\n')
            buf_add_text(b, "\\n");
        else
            buf_printf(b, "\\u%04x", c);
    }
    buf_add(b, text + plain, length - plain);
    buf_add_byte(b, '"');
}

void json_set_text(json_t *object, const char *name, const char *text)
{
    if (!text) {
        json_object_set_new(object, name, json_null());
        return;
    }
    json_t *value = json_string(text);
    if (!value) {
        struct buf repaired;
        buf_init(&repaired, 4 * strlen(text) + 1);
        text_repair(&repaired, text, strlen(text));
        value = json_string(buf_text(&repaired));
        buf_free(&repaired);
    }
    json_object_set_new(object, name, value);
}

void json_set_number(json_t *object, const char *name, int64_t value)
{
    json_object_set_new(object, name, json_integer((json_int_t)value));
}

void json_set_flag(json_t *object, const char *name, bool value)
{
    json_object_set_new(object, name, json_boolean(value));
}

json_t *json_from_error(const struct error *e)
{
    json_t *object = json_object();
    json_set_text(object, "status", error_status_word(e->status));
    json_set_text(object, "code", e->code);
    said_set_text(object, "text", e->text, error_said(e));
    said_set_text(object, "remedy", error_advice(e), error_advice_said(e));
    return object;
}

void json_to_error(const json_t *object, struct error *e)
{
    *e = (struct error){.status = error_parse_status(json_text(object, "status", ""))};
    text_copy(e->code, sizeof e->code, json_text(object, "code", ""));
    said_get(object, "text", e->text_said, sizeof e->text_said);
    said_get(object, "remedy", e->remedy_said, sizeof e->remedy_said);
    said_words(e->text, sizeof e->text, e->text_said);
    said_words(e->remedy, sizeof e->remedy, e->remedy_said);
}
