/* words.h – words, times and rows for people. */
#ifndef ENDPOINT_TUI_WORDS_H
#define ENDPOINT_TUI_WORDS_H

#include "base/clock.h"
#include "tui/app.h"
#include "tui/view.h"

/* ---- words.c: names of fields, days, ids ---- */
/* A text in which the paths of settings are the names of their fields: erp.port is '"TCP port" (tab
 * 1)'. Text in backticks is a command and stays. */
const char *words_fields(char target[VIEW_TEXT_SIZE], const char *text);

/* For lists, in local time: "2026-03-02", "08:14:02", "2026-03-02 08:14"; "-" for none. */
const char *words_day(char target[VIEW_SHORT_SIZE], const char *rfc3339);

const char *words_time(char target[VIEW_SHORT_SIZE], const char *rfc3339);

const char *words_dated(char target[VIEW_SHORT_SIZE], const char *rfc3339);

bool words_past(const char *rfc3339); /* now or before */

/* Add the day as its own line if it differs from the last one. last: "" at first. */
void words_add_day(struct view *v, const char *rfc3339, char last[CLOCK_TEXT]);

/* Append as much of a text as fits in columns; a cut text ends in an ellipsis. */
void words_cut(struct buf *b, const char *text, int columns);

/* Does text contain what somebody searches for? Case and accents do not matter; "": yes. */
bool words_found(const char *wanted, const char *text);

#endif
