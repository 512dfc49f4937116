/* words.h – words, times and rows as people read them. */
#ifndef ENDPOINT_TUI_WORDS_H
#define ENDPOINT_TUI_WORDS_H

#include "base/clock.h"
#include "tui/app.h"

/* ---- words.c: names of fields, days, ids ---- */
/* A text in which the paths of settings are the names of their fields: erp.port is '"TCP port" (tab 1)'. What
 * stands in backticks is a command and stays. In a buffer of its own turn (eight turns), like the next ones. */
const char *words_fields(const char *text);

/* For lists, in local time: "2026-03-02", "08:14:02", "2026-03-02 08:14"; "-" for none. */
const char *words_day(const char *rfc3339);

const char *words_time(const char *rfc3339);

const char *words_dated(const char *rfc3339);

bool words_past(const char *rfc3339); /* now or before */

/* The day as a line of its own, when it is another than the last one. last: "" at first. */
void words_add_day(struct view *v, const char *rfc3339, char last[CLOCK_TEXT]);

/* Append as much of a text as has room in columns; what is cut ends in an ellipsis. */
void words_cut(struct buf *b, const char *text, int columns);

/* Does text hold what somebody looks for? Case and marks of letters do not matter; "": yes. */
bool words_found(const char *wanted, const char *text);

#endif
