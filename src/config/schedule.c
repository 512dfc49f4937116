#include "config/schedule.h"

#include <string.h>
#include <time.h>

#include "base/json.h"
#include "base/text.h"

/* "07:00" to minutes; -1: not a time. The end may be 24:00. */
static int parse_time(const char *text, bool end)
{
    for (int i = 0; i < 5; i++)
        if (i == 2 ? text[i] != ':' : text[i] < '0' || text[i] > '9')
            return -1;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    if (minute > 59 || hour > (end ? 24 : 23) || (hour == 24 && minute))
        return -1;
    return hour * 60 + minute;
}

bool schedule_hours(const char *text, int *from, int *to)
{
    if (!text || strlen(text) != 11 || text[5] != '-')
        return false;
    *from = parse_time(text, false);
    *to = parse_time(text + 6, true);
    return *from >= 0 && *to >= 0 && *from != *to;
}

static bool day_allowed(const json_t *days, int day)
{
    size_t i;
    json_t *item;
    if (json_array_size(days) == 0)
        return true;
    json_array_foreach (days, i, item)
        if (json_integer_value(item) == day)
            return true;
    return false;
}

/* May it run at this moment? Hours that pass midnight ("22:00-06:00") belong to the day on which
 * they began. */
static bool allowed_at(const json_t *schedule, int64_t ms)
{
    const json_t *hours = json_object_get(schedule, "hours");
    const json_t *days = json_object_get(schedule, "weekdays");
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    localtime_r(&t, &tm);
    int minute = tm.tm_hour * 60 + tm.tm_min, today = tm.tm_wday == 0 ? 7 : tm.tm_wday;
    int yesterday = today == 1 ? 7 : today - 1;
    size_t i;
    json_t *item;
    if (json_array_size(hours) == 0)
        return day_allowed(days, today);
    json_array_foreach (hours, i, item) {
        int from, to;
        if (!schedule_hours(json_string_value(item), &from, &to))
            continue;
        bool over_night = from > to;
        if (minute >= from && (over_night || minute < to) && day_allowed(days, today))
            return true;
        if (over_night && minute < to && day_allowed(days, yesterday))
            return true;
    }
    return false;
}

int64_t schedule_every(const json_t *schedule)
{
    int64_t every = 0;
    if (json_is_true(json_object_get(schedule, "manual")) ||
        !text_to_duration(json_text(schedule, "every", ""), &every))
        return 0;
    return every;
}

bool schedule_next(const json_t *schedule, int64_t since_ms, int64_t now_ms, int64_t *next_ms)
{
    int64_t every = schedule_every(schedule);
    if (!every)
        return false;
    int64_t next = since_ms >= 0 && since_ms < every ? now_ms + every - since_ms : now_ms;
    if (allowed_at(schedule, next)) {
        *next_ms = next;
        return true;
    }
    /* Windows begin at whole minutes of local time, and stepping by the minute is right across
     * every change of the clocks. Fifteen days cover any window of a week, even one that falls into
     * the hour that is skipped in spring. */
    next -= next % 60000;
    for (int i = 0; i < 15 * 24 * 60; i++) {
        next += 60000;
        if (allowed_at(schedule, next)) {
            *next_ms = next;
            return true;
        }
    }
    return false;
}
