/* schedule.h – when does a plugin run next? Its scenario's "schedule": {"every","hours","weekdays"} or {"manual"}. */
#ifndef ENDPOINT_CONFIG_SCHEDULE_H
#define ENDPOINT_CONFIG_SCHEDULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* When does it run next? every: an interval counted from the start of the last run, which was
 * since_ms ago (< 0: it never ran). This time is measured, not computed from the time of day, which
 * may be changed. hours and weekdays (1 Monday … 7 Sunday), in the machine's local time, narrow it.
 * False: only a person starts it ("manual"). */
bool schedule_next(const json_t *schedule, int64_t since_ms, int64_t now_ms, int64_t *next_ms);

/* "07:00-19:00" to minutes of the day; the end may be 24:00, or before the beginning: then midnight is within. */
bool schedule_hours(const char *text, int *from, int *to);

/* The interval, in ms; 0: only a person starts it. */
int64_t schedule_every(const json_t *schedule);

#endif
