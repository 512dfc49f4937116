#include "channel/loose.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define EXPONENT_MOST   30
#define BEGINNINGS_MOST 8 /* possible beginnings of the JSON that are tried */

static bool in_number(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '+' || c == '-' || c == 'e' || c == 'E';
}

/* The four hex digits of a \u escape at text; -1: there is none. */
static int32_t escape_of(const char *text, size_t length)
{
    char hex[5] = "", *end;
    if (length < 6 || text[0] != '\\' || text[1] != 'u')
        return -1;
    memcpy(hex, text + 2, 4);
    long value = strtol(hex, &end, 16);
    return end == hex + 4 && hex[0] != '-' && hex[0] != '+' && hex[0] != ' ' ? (int32_t)value : -1;
}

/* Copy one escape; returns its bytes. The NUL character and half a surrogate pair would make the
 * whole answer invalid, so they become the replacement character. */
static size_t copy_escape(struct buf *b, const char *text, size_t length)
{
    int32_t unit = escape_of(text, length);
    if (unit < 0) {
        size_t n = length < 2 ? length : 2;
        buf_add(b, text, n);
        return n;
    }
    int32_t next = unit >= 0xD800 && unit <= 0xDBFF ? escape_of(text + 6, length - 6) : -1;
    if (next >= 0xDC00 && next <= 0xDFFF) {
        buf_add(b, text, 12);
        return 12;
    }
    if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
        buf_add_text(b, "\\ufffd");
    else
        buf_add(b, text, 6);
    return 6;
}

/* Copy a quoted text from its first quote on; returns the number of bytes up to and including the
 * last quote. */
static size_t copy_text(struct buf *b, const char *text, size_t length)
{
    size_t i = 1;
    buf_add_byte(b, '"');
    while (i < length && text[i] != '"') {
        size_t plain = i;
        while (i < length && text[i] != '"' && text[i] != '\\')
            i++;
        buf_add(b, text + plain, i - plain);
        if (i < length && text[i] == '\\')
            i += copy_escape(b, text + i, length - i);
    }
    if (i < length)
        buf_add_byte(b, '"');
    return i + (i < length);
}

static void quote_numbers(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t n = 0;
        if (text[i] == '"') {
            i += copy_text(b, text + i, length - i);
            continue;
        }
        if (text[i] == '-' || (text[i] >= '0' && text[i] <= '9'))
            while (i + n < length && in_number(text[i + n]))
                n++;
        if (n) {
            buf_add_byte(b, '"');
            buf_add(b, text + i, n);
            buf_add_byte(b, '"');
            i += n;
            continue;
        }
        buf_add_byte(b, text[i++]);
    }
}

json_t *loose_parse(const char *text, size_t length, struct error *e)
{
    struct buf quoted, repaired;
    json_t *json = NULL;
    buf_init(&quoted, 3 * length + 16);
    buf_init(&repaired, 3 * length + 16);
    if (!text_is_utf8(text, length)) {
        text_repair(&repaired, text, length);
        text = buf_text(&repaired);
        length = repaired.length;
    }
    size_t at = 0;
    for (int tries = 0; tries < BEGINNINGS_MOST && at < length && !json; tries++) {
        while (at < length && text[at] != '{' && text[at] != '[')
            at++;
        buf_reset(&quoted);
        quote_numbers(&quoted, text + at, length - at);
        json = at < length ? json_parse(buf_text(&quoted), quoted.length, NULL) : NULL;
        while (at < length && text[at] != '\n') /* notices come as lines */
            at++;
    }
    buf_free(&quoted);
    buf_free(&repaired);
    if (!json)
        error_set(e, STATUS_INVALID, "shop_no_json", "it is not JSON");
    return json;
}

const char *loose_value(const json_t *value)
{
    if (json_is_true(value))
        return "1";
    return json_is_string(value) ? json_string_value(value) : "";
}

const char *loose_text(const json_t *object, const char *name)
{
    return loose_value(json_object_get(object, name));
}

/* The digits of a number without sign and exponent; *point: how many are before the decimal point. */
static bool take_digits(const char *text, size_t length, char digits[LOOSE_NUMBER], size_t *count,
                        size_t *point)
{
    bool seen = false;
    *count = *point = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && !seen) {
            seen = true;
            continue;
        }
        if (text[i] < '0' || text[i] > '9')
            return false;
        digits[(*count)++] = text[i];
        *point += !seen;
    }
    return *count > 0;
}

/* "1.5E-7" as "0.00000015"; false: not a number, or one that is too long. */
static bool write_out(const char *text, char plain[LOOSE_NUMBER + EXPONENT_MOST])
{
    size_t mantissa = strcspn(text, "eE"), count, point, made = 0;
    const char *power = text + mantissa + 1;
    char digits[LOOSE_NUMBER];
    int64_t exponent;
    if (mantissa >= LOOSE_NUMBER || !text_to_i64(power + (*power == '+'), &exponent) ||
        exponent > EXPONENT_MOST || exponent < -EXPONENT_MOST)
        return false;
    bool negative = *text == '-';
    if (!take_digits(text + negative, mantissa - negative, digits, &count, &point))
        return false;
    int64_t at = (int64_t)point + exponent; /* digits before the point */
    int64_t end = at > (int64_t)count ? at : (int64_t)count;
    if (end - (at < 0 ? at : 0) > LOOSE_NUMBER)
        return false;
    if (negative)
        plain[made++] = '-';
    for (int64_t i = at < 0 ? at : 0; i < end; i++) {
        if (i == at)
            plain[made++] = '.';
        plain[made++] = i < 0 || i >= (int64_t)count ? '0' : digits[i];
    }
    plain[made] = '\0';
    return true;
}

bool loose_decimal_of(const json_t *value, struct decimal *d)
{
    const char *text = loose_value(value);
    char plain[LOOSE_NUMBER + EXPONENT_MOST];
    *d = (struct decimal){0};
    if (!*text)
        return !json_is_object(value) && (!json_is_array(value) || json_array_size(value) == 0);
    if (strlen(text) != json_string_length(value) && json_is_string(value))
        return false;
    if (text[strcspn(text, "eE")]) {
        if (!write_out(text, plain))
            return false;
        text = plain;
    }
    if (decimal_parse(text, strlen(text), d, NULL) != STATUS_OK) {
        *d = (struct decimal){0};
        return false;
    }
    decimal_normalize(d);
    return true;
}

bool loose_decimal(const json_t *object, const char *name, struct decimal *d)
{
    return loose_decimal_of(json_object_get(object, name), d);
}

bool loose_integer(const json_t *object, const char *name, int64_t *value)
{
    struct decimal d;
    char text[DECIMAL_TEXT];
    *value = 0;
    if (!loose_decimal(object, name, &d) || d.scale != 0)
        return false;
    decimal_print(&d, text);
    return text_to_i64(text, value);
}

bool loose_flag(const json_t *object, const char *name)
{
    const char *text = loose_text(object, name);
    return text_equal(text, "1") || text_equal_nocase(text, "true") ||
           text_equal_nocase(text, "yes") || text_equal_nocase(text, "on");
}

json_t *loose_object(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name);
    return json_is_object(value) ? value : NULL;
}

json_t *loose_list(const json_t *object, const char *name)
{
    json_t *value = json_object_get(object, name), *list, *item;
    const char *key;
    if (json_is_array(value))
        return json_incref(value);
    list = json_array();
    json_object_foreach (value, key, item)
        json_array_append(list, item);
    return list;
}
