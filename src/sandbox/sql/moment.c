#include "sandbox/sql/moment.h"

#include <stdio.h>
#include <stdlib.h>

int moment_days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool take(const char **s, int digits, int *value)
{
    int v = 0;
    for (int i = 0; i < digits; i++) {
        if ((*s)[i] < '0' || (*s)[i] > '9')
            return false;
        v = v * 10 + (*s)[i] - '0';
    }
    *s += digits;
    *value = v;
    return true;
}

static bool skip(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static void skip_blanks(const char **s)
{
    while (**s == ' ')
        (*s)++;
}

/* "2026-01-31" or "20260131", and the character that joins it to a time. */
static bool take_date(const char **s, struct moment *m)
{
    if (!take(s, 4, &m->year))
        return false;
    bool dashes = skip(s, '-');
    if (!take(s, 2, &m->month) || (dashes && !skip(s, '-')) || !take(s, 2, &m->day))
        return false;
    if (**s == 'T' || **s == ' ')
        (*s)++;
    return true;
}

/* "23:59[:59][.1234567]"; digits after the seventh are ignored. */
static bool take_time(const char **s, struct moment *m)
{
    if (!take(s, 2, &m->hour) || !skip(s, ':') || !take(s, 2, &m->minute))
        return false;
    if (skip(s, ':') && !take(s, 2, &m->second))
        return false;
    if (skip(s, '.'))
        for (int unit = 1000000; **s >= '0' && **s <= '9'; (*s)++, unit /= 10)
            m->fraction += (**s - '0') * unit;
    return true;
}

/* "Z", "+01:00", or nothing. */
static bool take_zone(const char **s, struct moment *m)
{
    int sign = **s == '-' ? -1 : 1, hours, minutes;
    if (skip(s, 'Z') || (!skip(s, '+') && !skip(s, '-')))
        return true;
    if (!take(s, 2, &hours) || !skip(s, ':') || !take(s, 2, &minutes) || hours > 14)
        return false;
    m->offset = sign * (hours * 60 + minutes);
    return true;
}

static bool within(int value, int from, int to)
{
    return value >= from && value <= to;
}

static bool in_calendar(const struct moment *m)
{
    return within(m->year, 1, 9999) && within(m->month, 1, 12) &&
           within(m->day, 1, moment_days_in(m->year, m->month)) && within(m->hour, 0, 23) &&
           within(m->minute, 0, 59) && within(m->second, 0, 59);
}

bool moment_parse(const char *s, struct moment *m)
{
    *m = (struct moment){.year = 1900, .month = 1, .day = 1};
    skip_blanks(&s);
    bool time_only = s[0] && s[1] && s[2] == ':';
    if (!time_only && !take_date(&s, m))
        return false;
    skip_blanks(&s);
    if (*s) {
        if (!take_time(&s, m))
            return false;
        skip_blanks(&s);
        if (!take_zone(&s, m))
            return false;
        skip_blanks(&s);
    }
    return *s == '\0' && in_calendar(m);
}

/* Days since 0001-01-01. */
static int64_t day_number(int year, int month, int day)
{
    int64_t y = year - 1;
    int64_t days = y * 365 + y / 4 - y / 100 + y / 400;
    for (int m = 1; m < month; m++)
        days += moment_days_in(year, m);
    return days + day - 1;
}

int64_t moment_ticks(const struct moment *m)
{
    int64_t seconds =
        day_number(m->year, m->month, m->day) * 86400 + m->hour * 3600 + m->minute * 60 + m->second;
    return seconds * 10000000 + m->fraction;
}

bool moment_from_ticks(int64_t ticks, struct moment *m)
{
    if (ticks < 0 || ticks >= INT64_C(3652059) * 86400 * 10000000)
        return false;
    int64_t day = ticks / (INT64_C(86400) * 10000000), rest = ticks % (INT64_C(86400) * 10000000);
    int year = (int)(day / 366) + 1;
    while (day_number(year + 1, 1, 1) <= day)
        year++;
    int month = 1;
    while (month < 12 && day_number(year, month + 1, 1) <= day)
        month++;
    m->year = year;
    m->month = month;
    m->day = (int)(day - day_number(year, month, 1)) + 1;
    m->fraction = (int)(rest % 10000000);
    rest /= 10000000;
    m->hour = (int)(rest / 3600);
    m->minute = (int)(rest / 60 % 60);
    m->second = (int)(rest % 60);
    return true;
}

bool moment_fit(struct moment *m, const struct sql_column *t)
{
    int64_t ticks = moment_ticks(m), unit = 1;
    if (t->type == SQLT_DATETIME) {
        int64_t thirds = (m->fraction * INT64_C(3) + 50000) / 100000;
        static const int shown[] = {0, 30000, 70000};
        ticks += -m->fraction + thirds / 3 * 100000 + shown[thirds % 3];
    } else if (t->type == SQLT_SMALLDATETIME) {
        unit = INT64_C(60) * 10000000;
        ticks = (ticks + unit / 2) / unit * unit;
    } else if (t->type != SQLT_DATE) {
        for (int i = t->scale; i < 7; i++)
            unit *= 10;
        ticks = (ticks + unit / 2) / unit * unit;
    }
    return moment_from_ticks(ticks, m);
}

void moment_print(const struct moment *m, const struct sql_column *t, char *target, size_t size)
{
    char date[16], time[32] = "", zone[16] = "";
    snprintf(date, sizeof date, "%04d-%02d-%02d", m->year, m->month, m->day);
    int scale = t->type == SQLT_DATETIME ? 3 : t->type == SQLT_SMALLDATETIME ? 0 : t->scale;
    int fraction = m->fraction;
    for (int i = scale; i < 7; i++)
        fraction /= 10;
    if (scale > 0)
        snprintf(time, sizeof time, "%02d:%02d:%02d.%0*d", m->hour, m->minute, m->second, scale,
                 fraction);
    else
        snprintf(time, sizeof time, "%02d:%02d:%02d", m->hour, m->minute, m->second);
    if (t->type == SQLT_DATETIMEOFFSET)
        snprintf(zone, sizeof zone, " %c%02d:%02d", m->offset < 0 ? '-' : '+', abs(m->offset) / 60,
                 abs(m->offset) % 60);
    if (t->type == SQLT_DATE)
        snprintf(target, size, "%s", date);
    else if (t->type == SQLT_TIME)
        snprintf(target, size, "%s", time);
    else
        snprintf(target, size, "%s %s%s", date, time, zone);
}
