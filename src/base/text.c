#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool text_copy(char *target, size_t size, const char *text)
{
    if (!text)
        text = "";
    size_t length = strlen(text);
    if (length < size) {
        memmove(target, text, length + 1);
        return true;
    }
    length = size - 1;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    memmove(target, text, length);
    target[length] = '\0';
    return false;
}

/* A truncated text may have lost the end of its last character: drop that character. Returns the
 * length. */
static size_t without_half(char *text)
{
    size_t length = strlen(text), start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xC0 &&
        !text_is_utf8(text + start - 1, length - start + 1))
        text[length = start - 1] = '\0';
    return length;
}

bool text_format(char *target, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(target, size, format, args);
    va_end(args);
    bool whole = length >= 0 && (size_t)length < size;
    if (!whole && length >= 0 && size > 0)
        without_half(target);
    return whole;
}

bool text_vformat(char *target, size_t size, const char *format, va_list args)
{
    int wanted = vsnprintf(target, size, format, args);
    bool whole = wanted >= 0 && (size_t)wanted < size;
    if (wanted < 0)
        target[0] = '\0';
    size_t length = whole ? strlen(target) : without_half(target);
    for (size_t i = 0, used; i < length; i += used)
        if (text_decode(target + i, length - i, &used) < 0)
            target[i] = '?';
    return whole;
}

bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int small(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_compare_nocase(const char *a, const char *b)
{
    return text_compare_nocase_n(a, b, SIZE_MAX);
}

int text_compare_nocase_n(const char *a, const char *b, size_t length)
{
    size_t i = 0;
    while (i < length && a[i] && small(a[i]) == small(b[i]))
        i++;
    return i == length ? 0 : small(a[i]) - small(b[i]);
}

bool text_equal_nocase(const char *a, const char *b)
{
    return a == b || (a && b && text_compare_nocase(a, b) == 0);
}

bool text_starts(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
    if (!text)
        return false;
    size_t length = strlen(text), tail = strlen(suffix);
    return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

bool text_empty(const char *text)
{
    return !text || !*text;
}

int32_t text_decode(const char *text, size_t length, size_t *used)
{
    const unsigned char *s = (const unsigned char *)text;
    *used = 1;
    if (length == 0)
        return -1;
    if (s[0] < 0x80)
        return s[0];
    size_t need = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (s[0] < 0xC2 || s[0] > 0xF4 || length < need)
        return -1;
    uint32_t point = s[0] & (0xFFU >> (need + 1));
    for (size_t i = 1; i < need; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return -1;
        point = point << 6 | (s[i] & 0x3FU);
    }
    if (point < least[need] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        return -1;
    *used = need;
    return (int32_t)point;
}

size_t text_encode(char out[4], uint32_t point)
{
    if (point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
        point = 0xFFFD;
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (point & 0x3F));
        point >>= 6;
    }
    out[0] = (char)(lead[length] | point);
    return length;
}

bool text_is_utf8(const char *text, size_t length)
{
    size_t i = 0, used;
    while (i < length) {
        uint64_t eight;
        if (length - i >= sizeof eight) { /* most text is plain ASCII */
            memcpy(&eight, text + i, sizeof eight);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += sizeof eight;
                continue;
            }
        }
        size_t stop = length - i > sizeof eight ? i + sizeof eight : length;
        for (; i < stop; i += used) {
            unsigned char lead = (unsigned char)text[i];
            if (lead < 0x80)
                used = 1;
            else if (lead >= 0xC2 && lead < 0xE0 && length - i > 1 &&
                     ((unsigned char)text[i + 1] & 0xC0) == 0x80)
                used = 2;
            else if (text_decode(text + i, length - i, &used) < 0)
                return false;
        }
    }
    return true;
}

void text_repair(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0, used; i < length; i += used) {
        if (text_decode(text + i, length - i, &used) < 0)
            buf_add(b, "\xEF\xBF\xBD", 3);
        else
            buf_add(b, text + i, used);
    }
}

size_t text_points(const char *text, size_t length)
{
    size_t points = 0;
    for (size_t i = 0; i < length; i++)
        points += ((unsigned char)text[i] & 0xC0) != 0x80;
    return points;
}

size_t text_units(const char *text, size_t length)
{
    size_t units = text_points(text, length);
    for (size_t i = 0; i < length; i++)
        units += ((unsigned char)text[i] & 0xF8) == 0xF0; /* a pair of surrogates */
    return units;
}

void text_from_utf16(struct buf *b, const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i + 1 < length; i += 2) {
        uint32_t unit = (uint32_t)(bytes[i] | bytes[i + 1] << 8);
        if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < length) {
            uint32_t low = (uint32_t)(bytes[i + 2] | bytes[i + 3] << 8);
            if (low >= 0xDC00 && low < 0xE000) {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i += 2;
            }
        }
        char utf8[4];
        buf_add(b, utf8, text_encode(utf8, unit));
    }
}

static void add_unit(struct buf *b, uint32_t unit)
{
    char le[2] = {(char)(unit & 0xFF), (char)(unit >> 8)};
    buf_add(b, le, 2);
}

void text_to_utf16(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0, used; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        if (point < 0)
            point = 0xFFFD;
        if (point >= 0x10000) {
            uint32_t rest = (uint32_t)point - 0x10000;
            add_unit(b, 0xD800 + (rest >> 10));
            add_unit(b, 0xDC00 + (rest & 0x3FF));
        } else {
            add_unit(b, (uint32_t)point);
        }
    }
}

void text_printable(struct buf *b, const char *text, size_t length)
{
    for (size_t i = 0, used; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        if (point == '\n')
            buf_add_text(b, "\\n");
        else if (point == '\t')
            buf_add_text(b, "\\t");
        else if (point < 0x20 || (point >= 0x7F && point < 0xA0))
            buf_printf(b, "\\x%02X",
                       point < 0 ? (unsigned)(unsigned char)text[i] : (unsigned)point);
        else
            buf_add(b, text + i, used);
    }
}

void text_percent(struct buf *b, const char *text)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *text; text++) {
        if (strchr(plain, *text))
            buf_add_byte(b, *text);
        else
            buf_printf(b, "%%%02X", (unsigned)(unsigned char)*text);
    }
}

bool text_to_i64(const char *text, int64_t *value)
{
    if (text_empty(text) || !(*text == '-' || (*text >= '0' && *text <= '9')))
        return false;
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno || *end || end == text)
        return false;
    *value = v;
    return true;
}

bool text_to_long(const char *text, long min, long max, long *value)
{
    int64_t v;
    if (!text_to_i64(text, &v) || v < min || v > max)
        return false;
    *value = (long)v;
    return true;
}

bool text_to_duration(const char *text, int64_t *ms)
{
    static const struct {
        const char *suffix;
        int64_t ms;
    } units[] = {{"ms", 1},      {"s", 1000},     {"min", 60000}, {"m", 60000},
                 {"h", 3600000}, {"d", 86400000}, {"", 1000}};
    if (text_empty(text) || *text < '0' || *text > '9')
        return false;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    const int64_t limit = INT64_C(3650) * 86400000;
    if (errno || n > limit)
        return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].suffix) == 0) {
            if (n > limit / units[i].ms)
                return false;
            *ms = n * units[i].ms;
            return true;
        }
    }
    return false;
}

void text_from_duration(char *target, size_t size, int64_t ms)
{
    if (ms < 0)
        ms = 0;
    if (ms < 1000)
        snprintf(target, size, "%" PRId64 " ms", ms);
    else if (ms < 10000 && ms % 1000)
        snprintf(target, size, "%" PRId64 ".%" PRId64 " s", ms / 1000, ms % 1000 / 100);
    else if (ms < 120000)
        snprintf(target, size, "%" PRId64 " s", ms / 1000);
    else if (ms < 7200000)
        snprintf(target, size, "%" PRId64 " min", ms / 60000);
    else if (ms < 172800000)
        snprintf(target, size, "%" PRId64 " h", ms / 3600000);
    else
        snprintf(target, size, "%" PRId64 " d", ms / 86400000);
}

char *text_trim(char *text)
{
    size_t start = 0, end = strlen(text);
    while (start < end && (unsigned char)text[start] <= ' ')
        start++;
    while (end > start && (unsigned char)text[end - 1] <= ' ')
        end--;
    memmove(text, text + start, end - start);
    text[end - start] = '\0';
    return text;
}

size_t text_distance(const char *a, const char *b)
{
    size_t row[80], la = strlen(a), lb = strlen(b);
    if (la > 70 || lb > 70)
        return 99;
    for (size_t j = 0; j <= lb; j++)
        row[j] = j;
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
            diagonal = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[lb];
}

void text_case(struct buf *b, const char *text, size_t length, bool upper)
{
    static const uint16_t pairs[][2] = {{0x104, 0x105}, {0x106, 0x107}, {0x118, 0x119},
                                        {0x141, 0x142}, {0x143, 0x144}, {0xD3, 0xF3},
                                        {0x15A, 0x15B}, {0x179, 0x17A}, {0x17B, 0x17C}};
    for (size_t i = 0, used; i < length; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        char utf8[4];
        if (upper && point >= 'a' && point <= 'z')
            point -= 32;
        else if (!upper && point >= 'A' && point <= 'Z')
            point += 32;
        for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
            if (point == pairs[k][upper]) {
                point = pairs[k][!upper];
                break;
            }
        }
        buf_add(b, utf8, text_encode(utf8, point < 0 ? 0xFFFD : (uint32_t)point));
    }
}

bool text_bare(const char *text)
{
    size_t length =
        strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/@%+,=-");
    return length > 0 && text[0] != '-' && text[length] == '\0';
}
