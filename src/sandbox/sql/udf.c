#include "sandbox/sql/udf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/type.h"
#include "sandbox/sql/cast.h"
#include "sandbox/sql/collate.h"

#define TEXT_MAX (8 << 20)

static void fail(sqlite3_context *ctx, int number, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void fail(sqlite3_context *ctx, int number, const char *format, ...)
{
    struct udf_state *state = sqlite3_user_data(ctx);
    va_list args;
    va_start(args, format);
    vsnprintf(state->text, sizeof state->text, format, args);
    va_end(args);
    state->number = number;
    sqlite3_result_error(ctx, state->text, -1);
}

static void overflow(sqlite3_context *ctx)
{
    fail(ctx, 8115, "Arithmetic overflow error converting expression to data type numeric.");
}

static __int128 power10(int n)
{
    __int128 p = 1;
    for (; n > 0; n--)
        p *= 10;
    return p;
}

static __int128 divide_round(__int128 a, __int128 b)
{
    __int128 q = a / b, r = a % b;
    __int128 twice = r < 0 ? -2 * r : 2 * r, size = b < 0 ? -b : b;
    if (twice >= size)
        q += (a < 0) == (b < 0) ? 1 : -1;
    return q;
}

static void give(sqlite3_context *ctx, __int128 v)
{
    if (v > INT64_MAX || v < INT64_MIN)
        overflow(ctx);
    else
        sqlite3_result_int64(ctx, (int64_t)v);
}

static bool any_null(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    for (int i = 0; i < n; i++) {
        if (sqlite3_value_type(v[i]) == SQLITE_NULL) {
            sqlite3_result_null(ctx);
            return true;
        }
    }
    return false;
}

/* ep_mul(a, b, drop): a × b, the last `drop` digits rounded away. */
static void ep_mul(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    int drop = sqlite3_value_int(v[2]);
    __int128 product = (__int128)sqlite3_value_int64(v[0]) * sqlite3_value_int64(v[1]);
    if (drop > 0)
        product = divide_round(product, power10(drop > 36 ? 36 : drop));
    give(ctx, product);
}

/* ep_div(a, b, up): a × 10^up / b, truncated towards zero like SQL Server's division. */
static void ep_div(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    int up = sqlite3_value_int(v[2]);
    __int128 a = sqlite3_value_int64(v[0]), b = sqlite3_value_int64(v[1]);
    if (b == 0) {
        fail(ctx, 8134, "Divide by zero error encountered.");
        return;
    }
    for (; up > 0; up--) {
        if (a > ((__int128)1 << 120) || a < -((__int128)1 << 120)) {
            overflow(ctx);
            return;
        }
        a *= 10;
    }
    for (; up < 0; up++)
        b *= 10;
    give(ctx, a / b);
}

static void ep_mod(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    int64_t b = sqlite3_value_int64(v[1]);
    if (b == 0)
        fail(ctx, 8134, "Divide by zero error encountered.");
    else
        sqlite3_result_int64(ctx, b == -1 ? 0 : sqlite3_value_int64(v[0]) % b);
}

/* ep_scale(a, from, to): another scale, rounded half away from zero. */
static void ep_scale(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    int by = sqlite3_value_int(v[2]) - sqlite3_value_int(v[1]);
    if (by > 18 || by < -36) {
        overflow(ctx);
        return;
    }
    __int128 a = sqlite3_value_int64(v[0]);
    give(ctx, by >= 0 ? a * power10(by) : divide_round(a, power10(-by)));
}

/* ep_round(a, scale, digits): ROUND of a scaled number. */
static void ep_round(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    int drop = sqlite3_value_int(v[1]) - sqlite3_value_int(v[2]);
    __int128 a = sqlite3_value_int64(v[0]);
    if (drop > 0 && drop <= 36)
        a = divide_round(a, power10(drop)) * power10(drop);
    give(ctx, a);
}

/* ep_floor(a, scale, up): FLOOR, or CEILING when up. */
static void ep_floor(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    if (any_null(ctx, n, v))
        return;
    __int128 a = sqlite3_value_int64(v[0]), unit = power10(sqlite3_value_int(v[1]));
    __int128 q = a / unit;
    if (sqlite3_value_int(v[2]) ? a > q * unit : a < q * unit)
        q += sqlite3_value_int(v[2]) ? 1 : -1;
    give(ctx, q);
}

/* ---- texts ------------------------------------------------------------------------------------ */

static const char *text_of(sqlite3_value *v, size_t *length)
{
    const char *text = (const char *)sqlite3_value_text(v);
    *length = text ? (size_t)sqlite3_value_bytes(v) : 0;
    return text ? text : "";
}

static void ep_len(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    while (length > 0 && text[length - 1] == ' ')
        length--;
    sqlite3_result_int64(ctx, (int64_t)text_points(text, length));
}

static void ep_datalength(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    if (sqlite3_value_type(v[0]) == SQLITE_BLOB)
        sqlite3_result_int64(ctx, sqlite3_value_bytes(v[0]));
    else
        sqlite3_result_int64(ctx,
                             (int64_t)text_points(text, length) * (1 + sqlite3_value_int(v[1])));
}

/* The byte offset of code point `index`. */
static size_t offset_of(const char *text, size_t length, int64_t index)
{
    size_t at = 0;
    while (index > 0 && at < length) {
        at++;
        while (at < length && ((unsigned char)text[at] & 0xC0) == 0x80)
            at++;
        index--;
    }
    return at;
}

/* ep_substring(text, start from 1, length) */
static void ep_substring(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    int64_t start = sqlite3_value_int64(v[1]), count = sqlite3_value_int64(v[2]);
    if (count < 0) {
        fail(ctx, 537, "Invalid length parameter passed to the LEFT or SUBSTRING function.");
        return;
    }
    if (start < -(INT64_C(1) << 40) || start > INT64_C(1) << 40 || count > INT64_C(1) << 40)
        start = INT64_C(1) << 40, count = 0;
    int64_t end = start + count;
    if (start < 1)
        start = 1;
    if (end < start)
        end = start;
    size_t from = offset_of(text, length, start - 1);
    size_t to = from + offset_of(text + from, length - from, end - start);
    sqlite3_result_text64(ctx, text + from, to - from, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void ep_right(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    int64_t count = sqlite3_value_int64(v[1]), points = (int64_t)text_points(text, length);
    size_t from = count <= 0        ? length
                  : count >= points ? 0
                                    : offset_of(text, length, points - count);
    sqlite3_result_text64(ctx, text + from, length - from, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void ep_case(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    struct buf b;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    buf_init(&b, TEXT_MAX);
    text_case(&b, text, length, sqlite3_value_int(v[1]));
    sqlite3_result_text64(ctx, buf_text(&b), b.length, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_free(&b);
}

/* Where pattern begins in text (from `at`), without regard to case; SIZE_MAX: nowhere. Only code
 * points of equal length are compared; that is enough for all letters that have case here. */
static size_t find(const char *text, size_t length, const char *pattern, size_t pattern_length,
                   size_t at)
{
    for (; at + pattern_length <= length; at++) {
        if (((unsigned char)text[at] & 0xC0) != 0x80 &&
            (memcmp(text + at, pattern, pattern_length) == 0 ||
             (pattern[pattern_length - 1] != ' ' && text[at + pattern_length - 1] != ' ' &&
              collate_polish(text + at, pattern_length, pattern, pattern_length) == 0)))
            return at;
    }
    return SIZE_MAX;
}

static void ep_replace(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length, pattern_length, with_length, at = 0;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length), *pattern = text_of(v[1], &pattern_length),
               *with = text_of(v[2], &with_length);
    struct buf b;
    buf_init(&b, TEXT_MAX);
    while (pattern_length > 0) {
        size_t hit = find(text, length, pattern, pattern_length, at);
        if (hit == SIZE_MAX)
            break;
        buf_add(&b, text + at, hit - at);
        buf_add(&b, with, with_length);
        at = hit + pattern_length;
    }
    buf_add(&b, text + at, length - at);
    if (b.failed)
        fail(ctx, 40001, "The sandbox does not make texts of more than %d bytes", TEXT_MAX);
    else
        sqlite3_result_text64(ctx, buf_text(&b), b.length, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_free(&b);
}

static void ep_charindex(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length, pattern_length;
    if (any_null(ctx, n, v))
        return;
    const char *pattern = text_of(v[0], &pattern_length), *text = text_of(v[1], &length);
    size_t at = n > 2 && sqlite3_value_int64(v[2]) > 1
                    ? offset_of(text, length, sqlite3_value_int64(v[2]) - 1)
                    : 0;
    size_t hit = pattern_length ? find(text, length, pattern, pattern_length, at) : SIZE_MAX;
    sqlite3_result_int64(ctx, hit == SIZE_MAX ? 0 : (int64_t)text_points(text, hit) + 1);
}

static void ep_trim(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    size_t length;
    if (any_null(ctx, n, v))
        return;
    const char *text = text_of(v[0], &length);
    if (sqlite3_value_int(v[1]))
        while (length > 0 && *text == ' ')
            text++, length--;
    else
        while (length > 0 && text[length - 1] == ' ')
            length--;
    sqlite3_result_text64(ctx, text, length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* CONCAT: NULL counts as the empty text. */
static void ep_concat(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct buf b;
    buf_init(&b, TEXT_MAX);
    for (int i = 0; i < n; i++) {
        size_t length;
        const char *text = text_of(v[i], &length);
        buf_add(&b, text, length);
    }
    if (b.failed)
        fail(ctx, 40001, "The sandbox does not make texts of more than %d bytes", TEXT_MAX);
    else
        sqlite3_result_text64(ctx, buf_text(&b), b.length, SQLITE_TRANSIENT, SQLITE_UTF8);
    buf_free(&b);
}

struct like {
    const char *text, *pattern;
    size_t text_length, pattern_length;
    int escape;
    size_t steps;
};

static bool set_matches(const char *set, size_t length, const char *c, size_t c_length)
{
    bool negated = length > 0 && *set == '^', hit = false;
    size_t i = negated;
    while (i < length) {
        size_t used, used2;
        text_decode(set + i, length - i, &used);
        if (i + used + 1 < length && set[i + used] == '-') {
            size_t high = i + used + 1;
            text_decode(set + high, length - high, &used2);
            hit |= collate_polish(set + i, used, c, c_length) <= 0 &&
                   collate_polish(c, c_length, set + high, used2) <= 0;
            i = high + used2;
        } else {
            hit |= collate_polish(set + i, used, c, c_length) == 0;
            i += used;
        }
    }
    return hit != negated;
}

/* One character of the text against itself in the pattern. */
static bool like_same(const struct like *l, size_t t, size_t used_t, size_t p, size_t used_p)
{
    const char *mine = l->text + t, *wanted = l->pattern + p;
    if (*wanted == ' ' || *mine == ' ')
        return *wanted == *mine;
    return collate_polish(wanted, used_p, mine, used_t) == 0;
}

/* Compare one character of the text with the pattern's member at *p, and move *p past it. */
static bool like_one(const struct like *l, size_t t, size_t used_t, size_t *p)
{
    size_t used;
    int32_t c = text_decode(l->pattern + *p, l->pattern_length - *p, &used);
    const char *close =
        c == '[' && c != l->escape ? memchr(l->pattern + *p, ']', l->pattern_length - *p) : NULL;
    if (close) {
        const char *set = l->pattern + *p + 1;
        *p = (size_t)(close - l->pattern) + 1;
        return set_matches(set, (size_t)(close - set), l->text + t, used_t);
    }
    if (c == '_' && l->escape != '_') {
        *p += used;
        return true;
    }
    if (c == l->escape && *p + used < l->pattern_length) {
        *p += used;
        text_decode(l->pattern + *p, l->pattern_length - *p, &used);
    }
    bool same = like_same(l, t, used_t, *p, used);
    *p += used;
    return same;
}

static bool at_percent(const struct like *l, size_t p)
{
    return p < l->pattern_length && l->pattern[p] == '%' && l->escape != '%';
}

static size_t next_character(const struct like *l, size_t t)
{
    do
        t++;
    while (t < l->text_length && ((unsigned char)l->text[t] & 0xC0) == 0x80);
    return t;
}

/* One step: the character at *t fits the pattern's member at *p, and both move on. */
static bool like_step(const struct like *l, size_t *t, size_t *p)
{
    size_t used;
    if (*p >= l->pattern_length || *t >= l->text_length)
        return false;
    text_decode(l->text + *t, l->text_length - *t, &used);
    if (!like_one(l, *t, used, p))
        return false;
    *t += used;
    return true;
}

/* LIKE with % _ [set] and an escape character. The number of steps is bounded. Everything before
 * the last % reached already fits, so only that % is tried again, one character later each time. */
static bool like(struct like *l)
{
    size_t t = 0, p = 0, again_t = SIZE_MAX, again_p = SIZE_MAX;
    while (++l->steps <= 1000000) {
        if (at_percent(l, p)) {
            again_t = t;
            again_p = ++p;
        } else if (p == l->pattern_length && (t == l->text_length || again_p == p)) {
            return true;
        } else if (!like_step(l, &t, &p)) {
            if (t >= l->text_length || again_t >= l->text_length)
                return false;
            t = again_t = next_character(l, again_t);
            p = again_p;
        }
    }
    return false;
}

static void ep_like(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    struct like l = {.escape = -1};
    if (any_null(ctx, n, v))
        return;
    l.text = text_of(v[0], &l.text_length);
    l.pattern = text_of(v[1], &l.pattern_length);
    if (n > 2) {
        size_t length;
        const char *escape = text_of(v[2], &length);
        l.escape = length == 1 ? *escape : -1;
    }
    bool matches = like(&l);
    /* Trailing blanks of the text do not count. */
    while (!matches && l.text_length > 0 && l.text[l.text_length - 1] == ' ') {
        l.text_length--;
        matches = like(&l);
    }
    sqlite3_result_int(ctx, matches);
}

static void ep_newid(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    uint8_t bytes[16];
    char text[40];
    (void)n;
    (void)v;
    crypto_random(bytes, sizeof bytes);
    snprintf(text, sizeof text,
             "%02X%02X%02X%02X-%02X%02X-%02X%02X-%02X%02X-%02X%02X%02X%02X%02X%02X", bytes[0],
             bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], (bytes[6] & 0x0F) | 0x40, bytes[7],
             (bytes[8] & 0x3F) | 0x80, bytes[9], bytes[10], bytes[11], bytes[12], bytes[13],
             bytes[14], bytes[15]);
    sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

static int collation(void *unused, int a_length, const void *a, int b_length, const void *b)
{
    (void)unused;
    return collate_polish(a, (size_t)a_length, b, (size_t)b_length);
}

/* ep_rowversion(counter, own): the 8 bytes of a row version, big-endian. own: for a row of this
 * session, which may hold an earlier version because its commit comes late. */
static void ep_rowversion(sqlite3_context *ctx, int n, sqlite3_value **v)
{
    const struct udf_state *state = sqlite3_user_data(ctx);
    int64_t value =
        state->held && sqlite3_value_int(v[1]) ? state->held : sqlite3_value_int64(v[0]);
    uint8_t bytes[8];
    (void)n;
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(value >> (56 - 8 * i));
    sqlite3_result_blob(ctx, bytes, sizeof bytes, SQLITE_TRANSIENT);
}

int udf_register(sqlite3 *db, struct udf_state *state)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
        bool random;
    } table[] = {{"ep_mul", 3, ep_mul, false},
                 {"ep_div", 3, ep_div, false},
                 {"ep_mod", 2, ep_mod, false},
                 {"ep_scale", 3, ep_scale, false},
                 {"ep_round", 3, ep_round, false},
                 {"ep_floor", 3, ep_floor, false},
                 {"ep_len", 1, ep_len, false},
                 {"ep_datalength", 2, ep_datalength, false},
                 {"ep_substring", 3, ep_substring, false},
                 {"ep_right", 2, ep_right, false},
                 {"ep_case", 2, ep_case, false},
                 {"ep_replace", 3, ep_replace, false},
                 {"ep_charindex", -1, ep_charindex, false},
                 {"ep_trim", 2, ep_trim, false},
                 {"ep_concat", -1, ep_concat, false},
                 {"ep_like", -1, ep_like, false},
                 {"ep_newid", 0, ep_newid, true},
                 {"ep_rowversion", 2, ep_rowversion, true}};
    int code = sqlite3_create_collation_v2(db, "PL", SQLITE_UTF8, NULL, collation, NULL);
    for (size_t i = 0; i < COUNT_OF(table) && code == SQLITE_OK; i++)
        code =
            sqlite3_create_function_v2(db, table[i].name, table[i].arguments,
                                       SQLITE_UTF8 | (table[i].random ? 0 : SQLITE_DETERMINISTIC),
                                       state, table[i].function, NULL, NULL, NULL);
    return code == SQLITE_OK ? cast_register(db, state) : code;
}
