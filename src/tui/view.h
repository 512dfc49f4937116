/* view.h – what every tab and dialog does alike. */
#ifndef ENDPOINT_TUI_VIEW_H
#define ENDPOINT_TUI_VIEW_H

#include "tui/app.h"

/* ---- view.c: what views share ---- */
void view_open(struct view *v, struct app *a, const struct view_ops *ops);

/* Put a dialog on top; it is freed when it is closed. False (and freed) when there are too many. */
bool view_push(struct view *v);

void view_close(struct view *v); /* the topmost one */

/* A result: block, text, and a remedy on a line of its own. Texts from outside. */
void view_notice(struct view *v, enum check_result result, const char *text, const char *remedy);

void view_notice_error(struct view *v, const struct error *e);

/* An answer {"ok":false,"error":{…}} or a child that ended without one. */
void view_notice_answer(struct view *v, const json_t *answer, const char *said);

/* Add the notice to the form, when there is one. */
void view_add_notice(struct view *v);

/* One answer of a check as items: block, title, text, time; remedy below. */
void view_add_check(struct view *v, const struct check *check);

void view_add_check_json(struct view *v, const json_t *check);

/* Text from outside, cleaned, in a buffer of its own turn (eight turns). */
const char *view_clean(const char *text);

/* The same of a text for people that another process made, in the reader's language: a member of its JSON (base/said.h). */
const char *view_said(const json_t *object, const char *name);

/* A time for people: "08:14:02", with the day before it when it is not today; "-" for none. */
const char *view_clock(const char *rfc3339);

/* Append text wrapped to width: the first line indented by first, the others by indent; "\n" before it
 * when b is not empty. */
void view_hang(struct buf *b, int first, int indent, int width, const char *text);

/* A name and its value, which hangs when it is long. */
void view_add_fact(struct view *v, const char *name, int columns, const char *value);

/* 10412 as people read it, "10,412"; in a buffer of its own turn (eight turns). */
const char *view_number(int64_t number);

/* endpointctl with the options that name our places, then words (NULL ends them). */
struct stream *view_ctl(struct app *a, const char *input, const struct stream_handlers *handlers,
                        struct error *e, ...);

/* Ask the daemon. Steals request. */
struct stream *view_ask(struct app *a, json_t *request, const struct stream_handlers *handlers,
                        struct error *e);

#endif
