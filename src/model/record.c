#include "model/record.h"

#include <string.h>
#define XXH_INLINE_ALL /* otherwise its streaming state is opaque */
#include <xxhash.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/decimal.h"

#define CODE_MAX 256 /* longest bar code that is cleaned; a longer text is not one, and stays */

void record_init(struct record *r, const struct stream_def *stream)
{
    memset(r, 0, sizeof *r);
    r->stream = stream;
    buf_init(&r->text, RECORD_TEXT_MAX);
    buf_init(&r->list, RECORD_TEXT_MAX);
}

void record_free(struct record *r)
{
    buf_free(&r->text);
    buf_free(&r->list);
}

void record_reset(struct record *r)
{
    key_clear(&r->key);
    r->fault.is = r->fault.keyless = false;
    memset(r->fields, 0, r->stream->field_count * sizeof r->fields[0]);
    memset(r->extra, 0, r->extra_count * sizeof r->extra[0]);
    buf_reset(&r->text);
    buf_reset(&r->list);
    r->list_count = 0;
}

static enum status nul_inside(struct error *e)
{
    error_set(e, STATUS_INVALID, "value_nul", "the text has a NUL character inside");
    error_remedy(e, "Type the text again in the ERP: the character is invisible there.");
    return STATUS_INVALID;
}

static enum status record_too_long(struct error *e)
{
    error_set(e, STATUS_FULL, "record_long", "the texts of one record take more than %d bytes",
              RECORD_TEXT_MAX);
    error_remedy(e, "Shorten them in the ERP, or leave a column out of the mapping.");
    return STATUS_FULL;
}

static enum status put(struct record *r, struct value *v, const char *text, size_t length,
                       struct error *e)
{
    if (length && memchr(text, 0, length))
        return nul_inside(e);
    size_t offset = r->text.length;
    char *room = text_is_utf8(text, length) ? buf_reserve(&r->text, length) : NULL;
    if (room) {
        memcpy(room, text, length);
        buf_commit(&r->text, length);
    } else if (!r->text.failed) {
        text_repair(&r->text, text, length);
    }
    if (r->text.failed)
        return record_too_long(e);
    v->present = true;
    v->offset = (uint32_t)offset;
    v->length = (uint32_t)(r->text.length - offset);
    return STATUS_OK;
}

static size_t without_blanks(const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == ' ')
        length--;
    return length;
}

/* Turn each run of blanks inside a text into one, and drop those at its start; in place, at the
 * buffer's end. */
static void squeeze(struct record *r, struct value *v)
{
    char *text = r->text.data + v->offset;
    uint32_t made = 0;
    for (uint32_t i = 0; i < v->length; i++)
        if (text[i] != ' ' || (made && text[made - 1] != ' '))
            text[made++] = text[i];
    v->length = made;
    r->text.length = v->offset + made;
}

/* A bar code has no blanks: drop those at its ends and those between digits. */
static size_t clean_code(const char *text, size_t length, char code[CODE_MAX])
{
    bool digits = true;
    size_t made = 0;
    while (length && *text == ' ') {
        text++;
        length--;
    }
    for (size_t i = 0; i < length; i++)
        digits &= text[i] == ' ' || (text[i] >= '0' && text[i] <= '9');
    for (size_t i = 0; i < length; i++)
        if (!digits || text[i] != ' ')
            code[made++] = text[i];
    return made;
}

/* A plain "[-]digits[.digits]" of at most 38 digits needs no arithmetic: validate it and cut zeros. */
static bool plain_decimal(const char *text, size_t *length)
{
    size_t i = 0, digits = 0, point = 0;
    bool nonzero = false;
    if (*length > 0 && text[0] == '-')
        i = 1;
    if (i == *length || text[i] < '0' || text[i] > '9' ||
        (text[i] == '0' && i + 1 < *length && text[i + 1] != '.'))
        return false;
    for (; i < *length; i++) {
        if (text[i] == '.' && !point) {
            point = i;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        nonzero |= text[i] != '0';
        digits++;
    }
    if (digits > DECIMAL_DIGITS || (!nonzero && text[0] == '-'))
        return false;
    if (point) {
        while (text[*length - 1] == '0')
            --*length;
        if (*length == point + 1)
            *length = point;
    }
    return true;
}

static enum status set_decimal(struct record *r, struct value *v, const char *text, size_t length,
                               struct error *e)
{
    if (plain_decimal(text, &length))
        return put(r, v, text, length, e);
    struct decimal d;
    char printed[DECIMAL_TEXT];
    enum status status = decimal_parse(text, length, &d, e);
    if (status != STATUS_OK)
        return status;
    decimal_normalize(&d);
    decimal_print(&d, printed);
    return put(r, v, printed, strlen(printed), e);
}

static enum status too_many(struct error *e)
{
    error_set(e, STATUS_FULL, "record_list", "a record's list has more than %d members",
              RECORD_LIST_MAX);
    error_remedy(e, "Are its rows in the ERP correct? The mapping may choose fewer of them.");
    return STATUS_FULL;
}

static enum status add_member(struct record *r, const char *text, size_t length, struct error *e)
{
    if (length == 0)
        return STATUS_OK;
    if (memchr(text, 0, length))
        return nul_inside(e);
    for (size_t at = 0; at < r->list.length;) {
        uint32_t n;
        memcpy(&n, r->list.data + at, sizeof n);
        at += sizeof n;
        if (n == length && memcmp(r->list.data + at, text, n) == 0)
            return STATUS_OK;
        at += n;
    }
    struct buf repaired;
    buf_init(&repaired, 4 * length);
    if (!text_is_utf8(text, length)) {
        text_repair(&repaired, text, length);
        text = buf_text(&repaired);
        length = repaired.length;
    }
    uint32_t n = (uint32_t)length;
    buf_add(&r->list, &n, sizeof n);
    buf_add(&r->list, text, length);
    buf_free(&repaired);
    if (r->list.failed || ++r->list_count > RECORD_LIST_MAX)
        return too_many(e);
    return STATUS_OK;
}

static enum status bad_value(struct error *e, const struct field_def *f, const char *text,
                             size_t length, const char *expected)
{
    int shown = length > 60 ? 60 : (int)length;
    error_set(e, STATUS_INVALID, "record_value", "%s is \"%.*s\", expected %-s", f->name, shown,
              text, expected);
    error_remedy(e, "Correct the value in the ERP, or the column in the mapping.");
    return STATUS_INVALID;
}

static enum status set_code(struct record *r, struct value *v, const char *text, size_t length,
                            struct error *e)
{
    enum status status = add_member(r, text, length, e);
    return status == STATUS_OK ? put(r, v, text, length, e) : status;
}

static enum status set_line(struct record *r, struct value *v, const char *text, size_t length,
                            struct error *e)
{
    enum status status = put(r, v, text, length, e);
    if (status == STATUS_OK && length)
        squeeze(r, v);
    return status;
}

static bool is_choice(const struct field_def *f, const char *text, size_t length)
{
    for (size_t i = 0; f->choices[i]; i++)
        if (strncmp(f->choices[i], text, length) == 0 && f->choices[i][length] == '\0')
            return true;
    return false;
}

static bool is_bool(const char *text, size_t length)
{
    return length == 1 && (text[0] == '0' || text[0] == '1');
}

/* Set a text, cleaned as its field's type requires. */
static enum status set_by_type(struct record *r, const struct field_def *f, struct value *v,
                               const char *text, size_t length, struct error *e)
{
    switch (f->type) {
    case FIELD_LIST: return add_member(r, text, length, e);
    case FIELD_CODE: return set_code(r, v, text, length, e);
    case FIELD_LINE: return set_line(r, v, text, length, e);
    case FIELD_DECIMAL:
        if (set_decimal(r, v, text, length, e) != STATUS_OK)
            return bad_value(e, f, text, length, N_("a decimal number"));
        return STATUS_OK;
    case FIELD_BOOL:
        if (!is_bool(text, length))
            return bad_value(e, f, text, length, N_("0 or 1"));
        break;
    case FIELD_CHOICE:
        if (!is_choice(f, text, length))
            return bad_value(e, f, text, length, N_("one of the words that endpoint-erp(5) lists"));
        break;
    case FIELD_TEXT: break;
    }
    return put(r, v, text, length, e);
}

enum status record_set(struct record *r, size_t field, const char *text, size_t length,
                       struct error *e)
{
    const struct field_def *f = &r->stream->fields[field];
    char code[CODE_MAX];
    if (!text)
        return STATUS_OK;
    length = without_blanks(text, length);
    if ((f->type == FIELD_LIST || f->type == FIELD_CODE) && length <= CODE_MAX) {
        length = clean_code(text, length, code);
        text = code;
    }
    if (!length && !f->required && (f->type == FIELD_CODE || f->type == FIELD_LINE))
        return STATUS_OK;
    return set_by_type(r, f, &r->fields[field], text, length, e);
}

enum status record_set_extra(struct record *r, size_t i, const char *text, size_t length,
                             struct error *e)
{
    if (!text)
        return STATUS_OK;
    char code[CODE_MAX];
    length = without_blanks(text, length);
    if (strcmp(r->extra_names[i], "_ean") == 0 &&
        length <= CODE_MAX) { /* like the products stream */
        length = clean_code(text, length, code);
        text = code;
    }
    return put(r, &r->extra[i], text, length, e);
}

void record_blame(struct record *r, const char *column, const struct error *why)
{
    if (r->fault.is)
        return;
    r->fault.is = true;
    r->fault.why = *why;
    text_copy(r->fault.column, sizeof r->fault.column, column);
}

void record_copy(struct record *to, const struct record *from)
{
    if (from->fault.is)
        to->fault = from->fault;
    else
        to->fault.is = to->fault.keyless = false;
    buf_reset(&to->text);
    buf_reset(&to->list);
    to->key.length = from->key.length;
    memcpy(to->key.bytes, from->key.bytes, from->key.length);
    memcpy(to->fields, from->fields, from->stream->field_count * sizeof to->fields[0]);
    memcpy(to->extra, from->extra, from->extra_count * sizeof to->extra[0]);
    memcpy(to->extra_names, from->extra_names, from->extra_count * sizeof to->extra_names[0]);
    to->extra_count = from->extra_count;
    to->list_count = from->list_count;
    if (from->text.length)
        buf_add(&to->text, from->text.data, from->text.length);
    if (from->list.length)
        buf_add(&to->list, from->list.data, from->list.length);
}

void record_clear(struct record *r, size_t field)
{
    r->fields[field] = (struct value){0};
}

const struct value *record_value(const struct record *r, const char *name)
{
    int field = stream_field(r->stream, name);
    if (field >= 0)
        return &r->fields[field];
    for (size_t i = 0; i < r->extra_count; i++)
        if (strcmp(r->extra_names[i] + (r->extra_names[i][0] == '_'), name) == 0)
            return &r->extra[i];
    return NULL;
}

const char *record_text(const struct record *r, const struct value *v)
{
    return v->present ? buf_text(&r->text) + v->offset : NULL;
}

/* The hash's input is collected first: most records are small, and one call over a few hundred
 * bytes costs far less than many updates of a state. A long record gets the same hash, only more
 * slowly. */
struct hasher {
    XXH3_state_t state; /* used when `streams` */
    bool streams;
    size_t length;
    char bytes[1024];
};

static void hash_bytes(struct hasher *h, const void *bytes, size_t length)
{
    if (length > sizeof h->bytes - h->length) {
        if (!h->streams)
            XXH3_128bits_reset(&h->state);
        h->streams = true;
        XXH3_128bits_update(&h->state, h->bytes, h->length);
        h->length = 0;
        if (length > sizeof h->bytes) {
            XXH3_128bits_update(&h->state, bytes, length);
            return;
        }
    }
    memcpy(h->bytes + h->length, bytes, length);
    h->length += length;
}

static inline void hash_value(struct hasher *h, const struct record *r, const struct value *v)
{
    uint32_t mark = v->present ? v->length : UINT32_MAX;
    if (sizeof h->bytes - h->length < sizeof mark + v->length) {
        hash_bytes(h, &mark, sizeof mark);
        if (v->length)
            hash_bytes(h, r->text.data + v->offset, v->length);
        return;
    }
    memcpy(h->bytes + h->length, &mark, sizeof mark);
    h->length += sizeof mark;
    if (v->length)
        memcpy(h->bytes + h->length, r->text.data + v->offset, v->length);
    h->length += v->length;
}

void record_fingerprint(const struct record *r, uint8_t fingerprint[16])
{
    struct hasher h;
    h.streams = false;
    h.length = 0;
    for (size_t i = 0; i < r->stream->field_count; i++)
        hash_value(&h, r, &r->fields[i]);
    if (r->list.length)
        hash_bytes(&h, r->list.data, r->list.length);
    for (size_t i = 0; i < r->extra_count; i++) {
        if (r->extra_names[i][0] == '_')
            continue;
        hash_bytes(&h, r->extra_names[i], strlen(r->extra_names[i]) + 1);
        hash_value(&h, r, &r->extra[i]);
    }
    XXH128_hash_t hash;
    if (h.streams) {
        XXH3_128bits_update(&h.state, h.bytes, h.length);
        hash = XXH3_128bits_digest(&h.state);
    } else {
        hash = XXH3_128bits(h.bytes, h.length);
    }
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    memcpy(fingerprint, canonical.digest, 16);
}

static void add_list(struct buf *b, const struct record *r)
{
    buf_add_byte(b, '[');
    for (size_t at = 0; at < r->list.length;) {
        uint32_t n;
        memcpy(&n, r->list.data + at, sizeof n);
        if (at)
            buf_add_byte(b, ',');
        json_add_string(b, r->list.data + at + sizeof n, n);
        at += sizeof n + n;
    }
    buf_add_byte(b, ']');
}

static void add_value(struct buf *b, const struct record *r, const struct value *v, bool is_bool)
{
    const char *text = record_text(r, v);
    if (!text)
        buf_add_text(b, "null");
    else if (is_bool)
        buf_add_text(b, text[0] == '1' ? "true" : "false");
    else
        json_add_string(b, text, v->length);
}

void record_json(struct buf *b, const struct record *r)
{
    buf_add_byte(b, '{');
    for (size_t i = 0; i < r->stream->field_count; i++) {
        const struct field_def *f = &r->stream->fields[i];
        buf_add_text(b, i ? ",\"" : "\"");
        buf_add_text(b, f->name);
        buf_add_text(b, "\":");
        if (f->type == FIELD_LIST)
            add_list(b, r);
        else
            add_value(b, r, &r->fields[i], f->type == FIELD_BOOL);
    }
    bool any = false;
    for (size_t i = 0; i < r->extra_count; i++) {
        if (r->extra_names[i][0] == '_')
            continue;
        buf_add_text(b, any ? "," : ",\"extra\":{");
        any = true;
        json_add_string(b, r->extra_names[i], strlen(r->extra_names[i]));
        buf_add_byte(b, ':');
        add_value(b, r, &r->extra[i], false);
    }
    buf_add_text(b, any ? "}}" : "}");
}
