/* moment.h – dates and times of the sandbox: their notation, and their arithmetic in ticks of 100 ns. */
#ifndef ENDPOINT_SANDBOX_SQL_MOMENT_H
#define ENDPOINT_SANDBOX_SQL_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sandbox/sql/engine.h"

struct moment {
    int year, month, day, hour, minute, second, fraction; /* fraction in 100 ns */
    int offset;                                           /* minutes */
};

/* Read "2026-01-31" or "20260131", then " 23:59[:59[.1234567]]" or the same with 'T', then "+01:00"
 * or "Z"; or a time alone. False: not such a text, or not a day of the calendar. */
bool moment_parse(const char *s, struct moment *m);

/* Print it as a value of type t; target has 64 bytes. */
void moment_print(const struct moment *m, const struct sql_column *t, char *target, size_t size);

/* Round to what the type holds: datetime to 1/300 s shown as .000 .003 .007, others by their scale.
 * False: rounding leaves the calendar. */
bool moment_fit(struct moment *m, const struct sql_column *t);

/* Ticks since 0001-01-01, and back (offset stays). False: beyond the years 1 to 9999. */
int64_t moment_ticks(const struct moment *m);
bool moment_from_ticks(int64_t ticks, struct moment *m);

int moment_days_in(int year, int month); /* days of the month, 1 … 12 */

#endif
