#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

struct moment clock_moment(const struct clock *c)
{
    return (struct moment){clock_wall(c), clock_mono(c)};
}

int64_t clock_since(const struct clock *c, const struct moment *m)
{
    int64_t wall = clock_wall(c) - m->wall_ms, mono = clock_mono(c) - m->mono_ms;
    return wall > mono ? wall : mono;
}

static void broken_down(int64_t ms, struct tm *tm)
{
    const int64_t last = INT64_C(253402300799); /* 9999-12-31T23:59:59Z */
    int64_t seconds = ms / 1000;
    if (seconds < 0)
        seconds = 0;
    if (seconds > last)
        seconds = last;
    time_t t = (time_t)seconds;
    gmtime_r(&t, tm);
}

void clock_format(char target[CLOCK_TEXT], int64_t ms)
{
    struct tm tm;
    broken_down(ms, &tm);
    int fraction = ms > 0 ? (int)(ms % 1000) : 0;
    snprintf(target, CLOCK_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             (unsigned)(tm.tm_year + 1900) % 10000U, (unsigned)(tm.tm_mon + 1) % 100U,
             (unsigned)tm.tm_mday % 100U, (unsigned)tm.tm_hour % 100U, (unsigned)tm.tm_min % 100U,
             (unsigned)tm.tm_sec % 100U, (unsigned)fraction % 1000U);
}

/* Two or four digits at *s, which moves on. */
static bool digits(const char **s, int count, int min, int max, int *value)
{
    int v = 0;
    for (int i = 0; i < count; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9')
            return false;
        v = v * 10 + ((*s)[i] - '0');
    }
    *s += count;
    *value = v;
    return v >= min && v <= max;
}

static bool skip(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static bool to_ms(const struct tm *tm, int64_t *ms)
{
    struct tm copy = *tm;
    time_t t = timegm(&copy);
    if (copy.tm_mday != tm->tm_mday) /* 31 February */
        return false;
    *ms = (int64_t)t * 1000;
    return true;
}

/* "2026-01-31" */
static bool parse_date(const char **s, struct tm *tm)
{
    if (!digits(s, 4, 1970, 9999, &tm->tm_year) || !skip(s, '-') ||
        !digits(s, 2, 1, 12, &tm->tm_mon) || !skip(s, '-') || !digits(s, 2, 1, 31, &tm->tm_mday))
        return false;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    return true;
}

/* "23:59:60" */
static bool parse_time(const char **s, struct tm *tm)
{
    return digits(s, 2, 0, 23, &tm->tm_hour) && skip(s, ':') && digits(s, 2, 0, 59, &tm->tm_min) &&
           skip(s, ':') && digits(s, 2, 0, 60, &tm->tm_sec);
}

/* ".123456" in ms, or nothing. */
static bool parse_fraction(const char **s, int *ms)
{
    int scale = 100;
    *ms = 0;
    if (!skip(s, '.'))
        return true;
    if (**s < '0' || **s > '9')
        return false;
    for (; **s >= '0' && **s <= '9'; (*s)++, scale /= 10)
        *ms += (**s - '0') * scale;
    return true;
}

/* "Z" or "+01:00", in ms. */
static bool parse_offset(const char **s, int64_t *offset)
{
    int sign = **s == '-' ? -1 : 1, hours, minutes;
    *offset = 0;
    if (skip(s, 'Z') || skip(s, 'z'))
        return true;
    if ((!skip(s, '+') && !skip(s, '-')) || !digits(s, 2, 0, 23, &hours) || !skip(s, ':') ||
        !digits(s, 2, 0, 59, &minutes))
        return false;
    *offset = sign * (hours * 60 + minutes) * INT64_C(60000);
    return true;
}

bool clock_parse(const char *s, int64_t *ms)
{
    struct tm tm = {0};
    int fraction;
    int64_t offset;
    if (!parse_date(&s, &tm) || (!skip(&s, 'T') && !skip(&s, 't') && !skip(&s, ' ')))
        return false;
    if (!parse_time(&s, &tm) || !parse_fraction(&s, &fraction) || !parse_offset(&s, &offset))
        return false;
    if (*s || !to_ms(&tm, ms))
        return false;
    *ms += fraction - offset;
    return true;
}

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char day_names[] = "SunMonTueWedThuFriSat";

bool clock_parse_http(const char *s, int64_t *ms)
{
    struct tm tm = {0};
    if (strlen(s) != 29 || s[3] != ',' || s[4] != ' ')
        return false;
    s += 5;
    if (!digits(&s, 2, 1, 31, &tm.tm_mday) || !skip(&s, ' '))
        return false;
    tm.tm_mon = -1;
    for (int i = 0; i < 12; i++)
        if (memcmp(s, month_names + 3 * i, 3) == 0)
            tm.tm_mon = i;
    s += 3;
    if (tm.tm_mon < 0 || !skip(&s, ' ') || !digits(&s, 4, 1970, 9999, &tm.tm_year) ||
        !skip(&s, ' ') || !parse_time(&s, &tm) || strcmp(s, " GMT") != 0)
        return false;
    tm.tm_year -= 1900;
    return to_ms(&tm, ms);
}

void clock_format_http(char target[CLOCK_TEXT], int64_t ms)
{
    struct tm tm;
    broken_down(ms, &tm);
    snprintf(target, CLOCK_TEXT, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
             day_names + 3 * tm.tm_wday, (unsigned)tm.tm_mday % 100U, month_names + 3 * tm.tm_mon,
             (unsigned)(tm.tm_year + 1900) % 10000U, (unsigned)tm.tm_hour % 100U,
             (unsigned)tm.tm_min % 100U, (unsigned)tm.tm_sec % 100U);
}
