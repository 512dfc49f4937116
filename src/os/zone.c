#include "os/zone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"

#define FILE_MAX  (1 << 18)
#define TIMES_MAX 4096
#define TYPES_MAX 256
#define HEADER    44
#define DAY       86400

/* The beginning or end of summer time: "M3.5.0/2" is the last Sunday of March at two. */
struct change {
    char kind; /* 'M'; 'J' counts days from 1 without February 29; 'N' from 0 with it */
    int month, week, day;
    int seconds; /* local time of day */
};

struct zone {
    size_t count, types;
    int64_t times[TIMES_MAX];
    uint8_t type[TIMES_MAX];
    int32_t offsets[TYPES_MAX];
    bool summer[TYPES_MAX];
    /* The rule for times after the last of `times`. */
    bool rule, rule_summer;
    int standard, daylight;
    struct change start, end;
};

/* ---- a calendar -------------------------------------------------------------------------------- */

/* Days since 1970 of a date, with years counted from March so that February comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static int64_t floor_divide(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static void date_of(int64_t days, struct tm *tm)
{
    days += 719468;
    int64_t era = floor_divide(days, 146097), of_era = days - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100),
            month = (5 * of_year + 2) / 153;
    tm->tm_mday = (int)(of_year - (153 * month + 2) / 5 + 1);
    tm->tm_mon = (int)(month < 10 ? month + 2 : month - 10);
    tm->tm_year = (int)(year + era * 400 + (tm->tm_mon <= 1) - 1900);
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* ---- the rule for all years to come ("CET-1CEST,M3.5.0,M10.5.0/3") ------------------------------- */

static bool take_number(const char **at, int max, int *n)
{
    if (!isdigit((unsigned char)**at))
        return false;
    for (*n = 0; isdigit((unsigned char)**at); ++*at)
        if ((*n = *n * 10 + (**at - '0')) > max)
            return false;
    return true;
}

/* hh[:mm[:ss]], with a sign. */
static bool take_time(const char **at, int *seconds)
{
    int sign = 1, parts[3] = {0, 0, 0};
    if (**at == '+' || **at == '-')
        sign = *(*at)++ == '-' ? -1 : 1;
    for (int i = 0; i < 3; i++) {
        if (i && **at != ':')
            break;
        *at += i > 0;
        if (!take_number(at, i ? 59 : 167, &parts[i]))
            return false;
    }
    *seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
    return true;
}

static bool take_name(const char **at)
{
    const char *from = *at;
    if (**at == '<') {
        while (**at && **at != '>')
            ++*at;
        return *(*at) == '>' && (++*at, true);
    }
    while (isalpha((unsigned char)**at))
        ++*at;
    return *at - from >= 3;
}

static bool take_change(const char **at, struct change *c)
{
    c->seconds = 7200;
    if (*(*at)++ != ',')
        return false;
    c->kind = **at == 'M' || **at == 'J' ? *(*at)++ : 'N';
    if (c->kind == 'M') {
        if (!take_number(at, 12, &c->month) || c->month < 1 || *(*at)++ != '.' ||
            !take_number(at, 5, &c->week) || c->week < 1 || *(*at)++ != '.' ||
            !take_number(at, 6, &c->day))
            return false;
    } else if (!take_number(at, 365, &c->day) || (c->kind == 'J' && c->day < 1)) {
        return false;
    }
    return **at != '/' || (++*at, take_time(at, &c->seconds));
}

static bool take_rule(struct zone *z, const char *text)
{
    if (!take_name(&text) || !take_time(&text, &z->standard))
        return false;
    z->standard = -z->standard; /* the rule gives the offset with the opposite sign */
    z->rule = true;
    if (!*text)
        return true;
    if (!take_name(&text))
        return false;
    z->daylight = z->standard + 3600;
    if (*text && *text != ',') {
        if (!take_time(&text, &z->daylight))
            return false;
        z->daylight = -z->daylight;
    }
    z->rule_summer = take_change(&text, &z->start) && take_change(&text, &z->end) && !*text;
    return z->rule_summer;
}

/* When the change happens in a year, in local seconds since 1970. */
static int64_t change_at(const struct change *c, int64_t year)
{
    int64_t day;
    if (c->kind == 'M') {
        int64_t first = days_of(year, c->month, 1);
        int64_t next = c->month == 12 ? days_of(year + 1, 1, 1) : days_of(year, c->month + 1, 1);
        int64_t weekday = (first % 7 + 11) % 7; /* 1970 began on a Thursday */
        day = first + (c->day - weekday + 7) % 7 + 7 * (c->week - 1);
        while (day >= next)
            day -= 7;
    } else {
        day = days_of(year, 1, 1) + c->day - (c->kind == 'J');
        day += c->kind == 'J' && is_leap(year) && c->day >= 60;
    }
    return day * DAY + c->seconds;
}

static int offset_by_rule(const struct zone *z, int64_t seconds)
{
    struct tm tm = {0};
    if (!z->rule_summer)
        return z->standard;
    date_of(floor_divide(seconds + z->standard, DAY), &tm);
    int64_t year = tm.tm_year + INT64_C(1900);
    int64_t start = change_at(&z->start, year) - z->standard;
    int64_t end = change_at(&z->end, year) - z->daylight;
    bool summer =
        start < end ? seconds >= start && seconds < end : seconds < end || seconds >= start;
    return summer ? z->daylight : z->standard;
}

/* ---- the file ---------------------------------------------------------------------------------- */

static int64_t number_at(const unsigned char *p, int bytes)
{
    uint64_t n = p[0] & 0x80 ? UINT64_MAX : 0;
    for (int i = 0; i < bytes; i++)
        n = n << 8 | p[i];
    return (int64_t)n;
}

struct counts {
    int64_t utc, standard, leaps, times, types, letters;
};

static bool take_counts(const unsigned char *p, size_t length, struct counts *c)
{
    int64_t *const numbers[] = {&c->utc,   &c->standard, &c->leaps,
                                &c->times, &c->types,    &c->letters};
    if (length < HEADER || memcmp(p, "TZif", 4) != 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        *numbers[i] = number_at(p + 20 + 4 * i, 4);
        if (*numbers[i] < 0 || *numbers[i] > 1 << 20)
            return false;
    }
    return c->times <= TIMES_MAX && c->types >= 1 && c->types <= TYPES_MAX;
}

static size_t body_length(const struct counts *c, int wide)
{
    return (size_t)(c->times * (wide + 1) + c->types * 6 + c->letters + c->leaps * (wide + 4) +
                    c->standard + c->utc);
}

static bool take_body(struct zone *z, const unsigned char *p, const struct counts *c, int wide)
{
    z->count = (size_t)c->times;
    z->types = (size_t)c->types;
    for (size_t i = 0; i < z->count; i++)
        z->times[i] = number_at(p + i * (size_t)wide, wide);
    p += z->count * (size_t)wide;
    memcpy(z->type, p, z->count);
    p += z->count;
    for (size_t i = 0; i < z->types; i++) {
        z->offsets[i] = (int32_t)number_at(p + 6 * i, 4);
        z->summer[i] = p[6 * i + 4] != 0;
        if (z->offsets[i] < -2 * DAY || z->offsets[i] > 2 * DAY)
            return false;
    }
    for (size_t i = 0; i < z->count; i++)
        if (z->type[i] >= z->types || (i && z->times[i] < z->times[i - 1]))
            return false;
    return true;
}

static bool take_file(struct zone *z, const unsigned char *p, size_t length)
{
    struct counts c;
    if (!take_counts(p, length, &c))
        return false;
    bool old = p[4] == 0;
    size_t body = body_length(&c, 4);
    if (body > length - HEADER)
        return false;
    if (old)
        return take_body(z, p + HEADER, &c, 4);
    p += HEADER + body;
    length -= HEADER + body;
    if (!take_counts(p, length, &c) || (body = body_length(&c, 8)) > length - HEADER ||
        !take_body(z, p + HEADER, &c, 8))
        return false;
    p += HEADER + body;
    length -= HEADER + body;
    char rule[128];
    const unsigned char *end = length > 1 && *p == '\n' ? memchr(p + 1, '\n', length - 1) : NULL;
    if (!end || (size_t)(end - p) > sizeof rule)
        return false;
    memcpy(rule, p + 1, (size_t)(end - p) - 1);
    rule[end - p - 1] = '\0';
    return !*rule || take_rule(z, rule);
}

enum status zone_parse(const void *data, size_t length, struct zone **out, struct error *e)
{
    struct zone *z = mem_alloc(sizeof *z);
    *out = NULL;
    if (!take_file(z, data, length)) {
        free(z);
        return error_set(e, STATUS_INVALID, "zone", "the zone's data cannot be read");
    }
    *out = z;
    return STATUS_OK;
}

/* Accept "Europe/Warsaw", but no name that leads out of the directory. */
static bool name_ok(const char *name)
{
    return *name && *name != '/' && *name != '.' && !strstr(name, "..") && strlen(name) < 100 &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+-") ==
               strlen(name);
}

enum status zone_load(const char *name, struct zone **z, struct error *e)
{
    char path[600];
    struct buf b;
    const char *dir = getenv("TZDIR");
    struct error why = {0};
    *z = NULL;
    if (!name_ok(name))
        return error_set(e, STATUS_INVALID, "zone", "\"%.60s\" is not the name of a time zone",
                         name);
    if (!text_format(path, sizeof path, "%s/%s", text_empty(dir) ? "/usr/share/zoneinfo" : dir,
                     name))
        return error_set(e, STATUS_INVALID, "zone", "the path of the zone's data is too long");
    buf_init(&b, FILE_MAX);
    enum status status = file_read(path, &b, NULL, &why);
    if (status == STATUS_OK)
        status = zone_parse(b.data, b.length, z, &why);
    buf_free(&b);
    if (status == STATUS_OK)
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "zone", "this system has no usable data of the time zone %s: %-s",
              name, error_said(&why));
    return error_remedy(e, "Install the package tzdata, or correct the zone's name.");
}

void zone_free(struct zone *z)
{
    free(z);
}

/* ---- asking ------------------------------------------------------------------------------------ */

int zone_offset(const struct zone *z, int64_t seconds)
{
    if (z->count == 0)
        return z->rule ? offset_by_rule(z, seconds) : z->offsets[0];
    if (seconds >= z->times[z->count - 1])
        return z->rule ? offset_by_rule(z, seconds) : z->offsets[z->type[z->count - 1]];
    if (seconds < z->times[0]) { /* the first that is not summer time */
        for (size_t i = 0; i < z->types; i++)
            if (!z->summer[i])
                return z->offsets[i];
        return z->offsets[0];
    }
    size_t low = 0, high = z->count - 1; /* times[low] <= seconds < times[high] */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (z->times[middle] <= seconds)
            low = middle;
        else
            high = middle;
    }
    return z->offsets[z->type[low]];
}

void zone_local(const struct zone *z, int64_t ms, struct tm *tm)
{
    int64_t seconds = floor_divide(ms, 1000);
    int64_t local = seconds + zone_offset(z, seconds), day = floor_divide(local, DAY);
    int64_t of_day = local - day * DAY;
    memset(tm, 0, sizeof *tm);
    date_of(day, tm);
    tm->tm_hour = (int)(of_day / 3600);
    tm->tm_min = (int)(of_day / 60 % 60);
    tm->tm_sec = (int)(of_day % 60);
    tm->tm_wday = (int)((day % 7 + 11) % 7);
}

int64_t zone_utc(const struct zone *z, int64_t local)
{
    int64_t before = local - zone_offset(z, local - 86400),
            after = local - zone_offset(z, local + 86400);
    if (before + zone_offset(z, before) == local)
        return before;
    return after + zone_offset(z, after) == local ? after : before;
}

int64_t zone_midnight(const struct zone *z, int64_t ms)
{
    int64_t seconds = floor_divide(ms, 1000);
    int64_t local = floor_divide(seconds + zone_offset(z, seconds), DAY) * DAY;
    int64_t guess = local - zone_offset(z, seconds);
    return (local - zone_offset(z, guess)) * 1000; /* the clock may have changed since */
}
