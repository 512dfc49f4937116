/* clock.h – time as text, and compared: UTC, in milliseconds since 1970. os/clock.h reads the clocks. */
#ifndef ENDPOINT_BASE_CLOCK_H
#define ENDPOINT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define CLOCK_TEXT 32 /* room for a formatted time */

/* If two clocks are this far apart, one of them is wrong, and we cannot know which. A day, plus an
 * hour for clocks that are set to local time. */
#define CLOCK_DISAGREES_MS INT64_C(90000000)
static inline bool clock_disagrees(int64_t difference_ms)
{
    return difference_ms > CLOCK_DISAGREES_MS || difference_ms < -CLOCK_DISAGREES_MS;
}

/* The source of time for a long-lived module: programs pass clock_system of os/clock.h, a test
 * passes one that it steps. */
struct clock {
    int64_t (*wall_ms)(const struct clock *c);
    int64_t (*mono_ms)(const struct clock *c);
};

static inline int64_t clock_wall(const struct clock *c)
{
    return c->wall_ms(c);
}

static inline int64_t clock_mono(const struct clock *c)
{
    return c->mono_ms(c);
}

/* A moment by both clocks: one may be set, the other stops while the machine sleeps. */
struct moment {
    int64_t wall_ms, mono_ms;
};

struct moment clock_moment(const struct clock *c);

/* How long ago it was, by the clock that shows the longer time: something that expires should
 * expire too early rather than too late. */
int64_t clock_since(const struct clock *c, const struct moment *m);

/* RFC 3339 in UTC with milliseconds: "2026-01-31T23:59:59.123Z". Years 1970 to 9999. */
void clock_format(char target[CLOCK_TEXT], int64_t ms);

/* RFC 3339 with Z or an offset, fraction optional. */
bool clock_parse(const char *text, int64_t *ms);

/* The Date header of HTTP (RFC 9110, IMF-fixdate): "Sun, 06 Nov 1994 08:49:37 GMT". */
bool clock_parse_http(const char *text, int64_t *ms);
void clock_format_http(char target[CLOCK_TEXT], int64_t ms);

#endif
