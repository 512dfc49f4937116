#include "base/said.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define STRING_MAX 4096 /* bytes of a format or an argument of a record */
#define VALUE_MAX  65536
#define ELLIPSIS   "\xE2\x80\xA6"
#define PLAIN      (-1) /* no width, no precision */
#define STAR       (-2) /* an argument has it */

/* ---- formats -------------------------------------------------------------------------------------- */

struct conversion {
    size_t length;        /* bytes of it in the format */
    size_t index;         /* of "%2$s": 2; 0: it takes the next argument */
    size_t stars;         /* arguments before its own that have a width and a precision */
    int width, precision; /* or PLAIN, STAR */
    bool zero, left;
    char size[3], kind; /* "ll", 'd' */
};

static size_t read_measure(const char *at, int *measure, struct conversion *c)
{
    size_t n = 0;
    *measure = PLAIN;
    if (at[0] == '*') {
        *measure = STAR;
        c->stars++;
        n = 1 + strspn(at + 1, "0123456789");
        return at[n] == '$' ? n + 1 : n;
    }
    for (; at[n] >= '0' && at[n] <= '9'; n++)
        *measure = (*measure < 0 ? 0 : *measure % 1000) * 10 + (at[n] - '0');
    return n;
}

/* The conversion that begins at a '%'. */
static struct conversion read_conversion(const char *at)
{
    struct conversion c = {.width = PLAIN, .precision = PLAIN};
    size_t n = 1, digits = strspn(at + 1, "0123456789"), sizes;
    if (digits > 0 && digits < 3 && at[1 + digits] == '$') {
        for (; at[n] != '$'; n++)
            c.index = c.index * 10 + (size_t)(at[n] - '0');
        n++;
    }
    for (; at[n] && strchr("-+ #0'", at[n]); n++) {
        c.zero |= at[n] == '0';
        c.left |= at[n] == '-';
    }
    n += read_measure(at + n, &c.width, &c);
    if (at[n] == '.') {
        n += 1 + read_measure(at + n + 1, &c.precision, &c);
        if (c.precision == PLAIN)
            c.precision = 0;
    }
    sizes = strspn(at + n, "hljzt");
    for (size_t i = 0; i < sizes && i < sizeof c.size - 1; i++)
        c.size[i] = at[n + i];
    n += sizes;
    c.kind = at[n];
    c.length = n + (at[n] != '\0');
    return c;
}

/* ---- making a record ------------------------------------------------------------------------------ */

static int64_t take_signed(const char *size, va_list *args)
{
    switch (size[0]) {
    case 'l': return size[1] == 'l' ? va_arg(*args, long long) : va_arg(*args, long);
    case 'j': return va_arg(*args, intmax_t);
    case 'z': return va_arg(*args, ssize_t);
    case 't': return va_arg(*args, ptrdiff_t);
    default: return va_arg(*args, int);
    }
}

static uint64_t take_unsigned(const char *size, va_list *args)
{
    switch (size[0]) {
    case 'l':
        return size[1] == 'l' ? va_arg(*args, unsigned long long) : va_arg(*args, unsigned long);
    case 'j': return va_arg(*args, uintmax_t);
    case 'z': return va_arg(*args, size_t);
    case 't': return (uint64_t)va_arg(*args, ptrdiff_t);
    default: return va_arg(*args, unsigned);
    }
}

/* A value as JSON, with '?' for bytes that are not UTF-8, padded to its width. */
static json_t *value(const char *text, size_t length, const struct conversion *c)
{
    struct buf b;
    buf_init(&b, VALUE_MAX);
    size_t width = c->width > 0 ? (size_t)c->width : 0, used;
    size_t fill = width > length ? width - length : 0;
    for (size_t i = 0; !c->left && i < fill; i++)
        buf_add_byte(&b, c->zero && c->kind != 's' ? '0' : ' ');
    for (size_t i = 0; i < length && b.length < VALUE_MAX - 8; i += used)
        if (text_decode(text + i, length - i, &used) < 0)
            buf_add_byte(&b, '?');
        else
            buf_add(&b, text + i, used);
    for (size_t i = 0; c->left && i < fill; i++)
        buf_add_byte(&b, ' ');
    json_t *made = json_stringn(buf_text(&b), b.length);
    buf_free(&b);
    return made;
}

static bool is_record(const char *said)
{
    return said[0] == '[' && said[1] == '"';
}

/* Is it a record within the limits? nodes: how many more formats and arguments it may have. */
static bool in_order(const json_t *record, int depth, size_t *nodes)
{
    size_t count = json_array_size(record), i;
    json_t *item;
    if (depth == 0 || count == 0 || count > SAID_ARGS + 1 || count > *nodes ||
        !json_is_string(json_array_get(record, 0)))
        return false;
    *nodes -= count;
    json_array_foreach ((json_t *)record, i, item)
        if (json_is_string(item) ? json_string_length(item) > STRING_MAX
                                 : !in_order(item, depth - 1, nodes))
            return false;
    return true;
}

static bool valid(const json_t *record, int depth)
{
    size_t nodes = SAID_NODES;
    return in_order(record, depth, &nodes);
}

/* A said text as an argument; if it is nested too deeply, use its finished words. */
static json_t *nested(const char *said)
{
    if (!*said)
        return json_string("");
    json_t *record =
        is_record(said) ? json_parse(said, strlen(said), NULL) : json_pack("[s]", said);
    if (valid(record, SAID_DEPTH - 1))
        return record;
    json_decref(record);
    struct buf b;
    buf_init(&b, VALUE_MAX);
    said_add(&b, said);
    record = value(buf_text(&b), b.length, &(struct conversion){.kind = 's'});
    buf_free(&b);
    return record;
}

static json_t *take_text(const struct conversion *c, int precision, va_list *args)
{
    const char *text = va_arg(*args, const char *);
    if (!text)
        text = "(null)";
    if (c->left && c->width == PLAIN)
        return nested(text);
    size_t length = precision < 0 ? strlen(text) : strnlen(text, (size_t)precision);
    if (text[length]) /* do not cut a character in two */
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    return value(text, length, c);
}

/* The argument of a conversion whose stars have been taken. */
static json_t *take(const struct conversion *c, int precision, va_list *args)
{
    char text[64];
    switch (c->kind) {
    case 's': return take_text(c, precision, args);
    case 'c': text_format(text, sizeof text, "%c", va_arg(*args, int)); break;
    case 'd':
    case 'i': text_format(text, sizeof text, "%" PRId64, take_signed(c->size, args)); break;
    case 'u': text_format(text, sizeof text, "%" PRIu64, take_unsigned(c->size, args)); break;
    case 'x': text_format(text, sizeof text, "%" PRIx64, take_unsigned(c->size, args)); break;
    case 'X': text_format(text, sizeof text, "%" PRIX64, take_unsigned(c->size, args)); break;
    case 'o': text_format(text, sizeof text, "%" PRIo64, take_unsigned(c->size, args)); break;
    case 'f':
        text_format(text, sizeof text, "%.*f", precision < 0 ? 6 : precision,
                    va_arg(*args, double));
        break;
    default: return NULL; /* not in said.h: the following arguments are unknown */
    }
    return value(text, strlen(text), c);
}

static json_t *build(const char *format, va_list *args)
{
    json_t *record = json_array();
    json_array_append_new(record, json_string(format));
    for (const char *at = format; (at = strchr(at, '%')) != NULL;) {
        struct conversion c = read_conversion(at);
        at += c.length;
        if (c.kind == '%')
            continue;
        int *const measures[] = {&c.width, &c.precision};
        for (size_t i = 0; i < COUNT_OF(measures); i++) {
            if (*measures[i] != STAR)
                continue;
            *measures[i] = va_arg(*args, int);
            json_array_append_new(record, json_sprintf("%d", *measures[i]));
        }
        json_t *argument = take(&c, c.precision, args);
        if (!argument)
            break;
        json_array_append_new(record, argument);
    }
    return record;
}

/* Cut values that are longer than limit bytes. */
static void shorten(json_t *record, size_t limit)
{
    for (size_t i = 1; i < json_array_size(record); i++) {
        json_t *item = json_array_get(record, i);
        const char *text = json_string_value(item);
        size_t length = limit;
        if (json_is_array(item))
            shorten(item, limit);
        if (!text || json_string_length(item) <= limit + sizeof ELLIPSIS - 1)
            continue;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
        json_array_set_new(record, i, json_sprintf("%.*s" ELLIPSIS, (int)length, text));
    }
}

/* Write a record; false: values were cut, or it does not fit at all. Changes it. */
static bool write_record(json_t *record, char *said, size_t size)
{
    static const size_t limits[] = {STRING_MAX - 8, 600, 400, 250, 150, 80, 40, 16, 0};
    struct buf b;
    bool whole = true, fits = false;
    buf_init(&b, 4 * VALUE_MAX);
    for (size_t i = 0; i < COUNT_OF(limits) && !fits; i++) {
        buf_reset(&b);
        shorten(record, limits[i]);
        json_add(&b, record);
        fits = !b.failed && b.length < size;
        whole = i == 0;
    }
    text_copy(said, size, fits && valid(record, SAID_DEPTH) ? buf_text(&b) : "");
    buf_free(&b);
    return whole && fits;
}

static void add_record(struct buf *b, const json_t *record);

bool said_vformat(char *said, size_t size, char *text, size_t text_size, const char *format,
                  va_list args)
{
    va_list copy;
    va_copy(copy, args);
    json_t *record = build(format, &copy);
    va_end(copy);
    if (text) {
        struct buf b;
        buf_init(&b, 4 * VALUE_MAX);
        add_record(&b, record);
        text_copy(text, text_size, buf_text(&b));
        buf_free(&b);
    }
    bool whole = write_record(record, said, size);
    json_decref(record);
    return whole;
}

bool said_format(char *said, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool whole = said_vformat(said, size, NULL, 0, format, args);
    va_end(args);
    return whole;
}

void said_join(char *said, size_t size, const char *const *parts, size_t count, const char *between)
{
    struct buf format;
    json_t *record = json_array();
    buf_init(&format, STRING_MAX);
    json_array_append_new(record, json_null());
    for (size_t i = 0; i < count && i < SAID_ARGS; i++) {
        buf_printf(&format, "%s%%-s", i ? between : "");
        json_array_append_new(record, nested(parts[i]));
    }
    json_array_set_new(record, 0, json_string(buf_text(&format)));
    write_record(record, said, size);
    json_decref(record);
    buf_free(&format);
}

bool said_value(char *said, size_t size, const char *text)
{
    return said_format(said, size, "%s", text);
}

const char *said_value_or(char *said, size_t size, const char *text, const char *otherwise)
{
    if (text_empty(text))
        text_copy(said, size, otherwise);
    else
        said_value(said, size, text);
    return said;
}

/* ---- words ---------------------------------------------------------------------------------------- */

static void add_argument(struct buf *b, const json_t *argument)
{
    if (json_is_array(argument))
        add_record(b, argument);
    else
        buf_add(b, json_string_value(argument), json_string_length(argument));
}

/* The translated format, filled with the arguments; a conversion without an argument stays
 * unchanged. */
static void add_record(struct buf *b, const json_t *record)
{
    const char *at = i18n_text(json_string_value(json_array_get(record, 0)));
    size_t next = 1;
    while (*at) {
        size_t own = strcspn(at, "%");
        buf_add(b, at, own);
        at += own;
        if (!*at)
            return;
        struct conversion c = read_conversion(at);
        size_t index = c.index ? c.index : next + c.stars;
        const json_t *argument = c.kind == '%' ? NULL : json_array_get(record, index);
        if (c.kind != '%' && !c.index)
            next = index + 1;
        if (argument)
            add_argument(b, argument);
        else
            buf_add(b, at, c.kind == '%' ? 1 : c.length);
        at += c.length;
    }
}

void said_add(struct buf *b, const char *said)
{
    json_t *record = is_record(said) ? json_parse(said, strlen(said), NULL) : NULL;
    if (valid(record, SAID_DEPTH))
        add_record(b, record);
    else
        buf_add_text(b, i18n_text(said));
    json_decref(record);
}

void said_words(char *text, size_t size, const char *said)
{
    struct buf b;
    buf_init(&b, 4 * VALUE_MAX);
    said_add(&b, said);
    text_copy(text, size, buf_text(&b));
    buf_free(&b);
}

/* ---- JSON ----------------------------------------------------------------------------------------- */

void said_set_text(json_t *object, const char *name, const char *text, const char *said)
{
    json_t *records = json_object_get(object, "said"), *record = *said ? said_to_json(said) : NULL;
    json_set_text(object, name, text);
    if (!records && record)
        json_object_set_new(object, "said", records = json_object());
    if (record)
        json_object_set_new(records, name, record);
    else
        json_object_del(records, name);
}

void said_set(json_t *object, const char *name, const char *said)
{
    struct buf b;
    buf_init(&b, 4 * VALUE_MAX);
    if (said)
        said_add(&b, said);
    said_set_text(object, name, said ? buf_text(&b) : NULL, said ? said : "");
    buf_free(&b);
}

json_t *said_to_json(const char *said)
{
    json_t *record =
        is_record(said) ? json_parse(said, strlen(said), NULL) : json_pack("[s]", said);
    if (valid(record, SAID_DEPTH))
        return record;
    json_decref(record);
    return NULL;
}

void said_from_json(char *said, size_t size, const json_t *record)
{
    said[0] = '\0';
    if (!valid(record, SAID_DEPTH))
        return;
    json_t *copy = json_deep_copy(record);
    write_record(copy, said, size);
    json_decref(copy);
}

void said_set_list(json_t *object, const char *name, const json_t *records)
{
    json_t *texts = json_array(), *said = json_object_get(object, "said"), *record;
    size_t i;
    json_array_foreach ((json_t *)records, i, record) {
        struct buf b;
        buf_init(&b, 4 * VALUE_MAX);
        if (valid(record, SAID_DEPTH))
            add_record(&b, record);
        json_array_append_new(texts, json_string(buf_text(&b)));
        buf_free(&b);
    }
    json_object_set_new(object, name, texts);
    if (!said)
        json_object_set_new(object, "said", said = json_object());
    json_object_set(said, name, (json_t *)records);
}

static const json_t *record_of(const json_t *object, const char *name)
{
    const json_t *record = json_object_get(json_object_get(object, "said"), name);
    return valid(record, SAID_DEPTH) ? record : NULL;
}

void said_get(const json_t *object, const char *name, char *said, size_t size)
{
    const char *text = json_text(object, name, "");
    said_from_json(said, size, record_of(object, name));
    if (!said[0] && *text)
        said_value(said, size, text);
}

void said_show(struct buf *b, const json_t *object, const char *name)
{
    const json_t *record = record_of(object, name);
    if (record)
        add_record(b, record);
    else
        buf_add_text(b, json_text(object, name, ""));
}

void said_show_at(struct buf *b, const json_t *object, const char *name, size_t index)
{
    const json_t *records = json_object_get(json_object_get(object, "said"), name),
                 *record = json_array_get(records, index);
    const char *text = json_string_value(json_array_get(json_object_get(object, name), index));
    if (valid(record, SAID_DEPTH))
        add_record(b, record);
    else
        buf_add_text(b, text ? text : "");
}
