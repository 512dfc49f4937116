/* zone.h – the local time of a named zone ("Europe/Warsaw"), whatever the machine's own zone is.
 *
 * It reads the system's zone data (TZif files, RFC 9636, from the package tzdata) itself: the C
 * library has only one zone a process, and changing it while threads run is not safe.
 */
#ifndef ENDPOINT_OS_ZONE_H
#define ENDPOINT_OS_ZONE_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/error.h"

struct zone;

/* STATUS_INVALID: the system has no such zone (or no zone data at all). $TZDIR replaces /usr/share/zoneinfo. */
enum status zone_load(const char *name, struct zone **z, struct error *e);
void zone_free(struct zone *z); /* NULL is fine */

/* The same from the bytes of a TZif file, which zone_load reads. */
enum status zone_parse(const void *data, size_t length, struct zone **z, struct error *e);

/* Seconds east of UTC at a time in seconds since 1970. */
int zone_offset(const struct zone *z, int64_t seconds);

/* The date and time of day there; tm_isdst and the fields after it stay 0. */
void zone_local(const struct zone *z, int64_t ms, struct tm *tm);

/* The UTC seconds of a local time, which is given as if it were UTC. If an hour occurs twice, the
 * first is meant. In an hour that is skipped, the result is as if the clock had not been put
 * forward. */
int64_t zone_utc(const struct zone *z, int64_t local);

/* The time when the day began there. */
int64_t zone_midnight(const struct zone *z, int64_t ms);

#endif
