/* text.h – UTF-8, numbers in text, bounded copies.
 *
 * Inside Endpoint every text is UTF-8. What arrives from outside is validated with text_is_utf8 or
 * repaired with text_repair before it is kept.
 */
#ifndef ENDPOINT_BASE_TEXT_H
#define ENDPOINT_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Copy text into target (size bytes, > 0), cut at a UTF-8 boundary when it does not fit.
 * Returns false when it was cut. NULL copies as "". */
bool text_copy(char *target, size_t size, const char *text);
/* Can a shell take this word unquoted, not as an option and with nothing to execute? ASCII letters,
 * digits and ._:/@%+,=- */
bool text_bare(const char *text);

/* snprintf with a yes or no: false when the result did not fit. */
bool text_format(char *target, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* vsnprintf for people's texts: cut at a UTF-8 boundary, malformed bytes become '?'. false when cut. */
bool text_vformat(char *target, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

bool text_equal(const char *a, const char *b);        /* NULL equals only NULL */
bool text_equal_nocase(const char *a, const char *b); /* ASCII case only */
/* As strcmp and strncmp, without regard to the case of ASCII letters, whatever the locale. */
int text_compare_nocase(const char *a, const char *b);
int text_compare_nocase_n(const char *a, const char *b, size_t length);
bool text_starts(const char *text, const char *prefix);
bool text_ends(const char *text, const char *suffix);
bool text_empty(const char *text); /* NULL or "" */

/* Well-formed UTF-8 (no surrogates, no overlong forms, ≤ U+10FFFF)? NUL bytes are allowed. */
bool text_is_utf8(const char *text, size_t length);

/* Append text to b with every malformed sequence replaced by U+FFFD. */
void text_repair(struct buf *b, const char *text, size_t length);

/* Number of code points in well-formed UTF-8. */
size_t text_points(const char *text, size_t length);

/* Decode one code point at text (length bytes left, > 0); *used is ≥ 1. -1 when malformed. */
int32_t text_decode(const char *text, size_t length, size_t *used);

/* Encode a code point; returns the number of bytes, 1 to 4 (U+FFFD for an invalid one). */
size_t text_encode(char out[4], uint32_t point);

/* Length of well-formed UTF-8 in UTF-16 units: what SQL Server counts in names. */
size_t text_units(const char *text, size_t length);

/* UTF-16LE, as TDS carries it. text_from_utf16 replaces lone surrogates by U+FFFD. */
void text_from_utf16(struct buf *b, const uint8_t *bytes, size_t length);
void text_to_utf16(struct buf *b, const char *text, size_t length);

/* Append text for a terminal or a log line: control characters become \n, \t or \xNN. */
void text_printable(struct buf *b, const char *text, size_t length);

/* Append text as part of a URL: everything except letters, digits, "-", ".", "_" and "~" as %XX
 * (RFC 3986). */
void text_percent(struct buf *b, const char *text);

/* Whole-string numbers: no blanks, no rest, range checked. */
bool text_to_i64(const char *text, int64_t *value);
bool text_to_long(const char *text, long min, long max, long *value);

/* "60s", "5m", "12h", "7d", "250ms", or bare seconds, to milliseconds. ≤ 10 years. */
bool text_to_duration(const char *text, int64_t *ms);

/* Milliseconds for people: "850 ms", "12 s", "3 min", "2 h", "5 d". */
void text_from_duration(char *target, size_t size, int64_t ms);

/* Drop blanks and control characters at both ends, in place; returns text. */
char *text_trim(char *text);

/* Edit distance of short words, for "did you mean"; a large number for words that are too long. */
size_t text_distance(const char *a, const char *b);

/* Append text in capital (upper) or small letters: ASCII and the Polish letters; others stay. */
void text_case(struct buf *b, const char *text, size_t length, bool upper);

#endif
