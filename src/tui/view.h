/* view.h – functions that all tabs and dialogs share. */
#ifndef ENDPOINT_TUI_VIEW_H
#define ENDPOINT_TUI_VIEW_H

#include "tui/app.h"

/* ---- views ---- */
void view_open(struct view *v, struct app *a, const struct view_ops *ops);

/* Put a dialog on top; it is freed when it is closed. False: there are too many, and it is freed at
 * once. */
bool view_push(struct view *v);

void view_close(struct view *v); /* the topmost one */

/* Set the notice to a result: block, text, and a remedy on its own line. The texts may come from
 * outside. */
void view_notice(struct view *v, enum check_result result, const char *text, const char *remedy);

void view_notice_error(struct view *v, const struct error *e);

/* Set the notice from an answer {"ok":false,"error":{…}}, or for a child that ended without one. */
void view_notice_answer(struct view *v, const json_t *answer, const char *said);

/* Add the notice to the form, if there is one. */
void view_add_notice(struct view *v);

/* Add one check's result as items: block, title, text, time; the remedy below. */
void view_add_check(struct view *v, const struct check *check);

void view_add_check_json(struct view *v, const json_t *check);

/* The functions that take a target write into it and return it, or return a text that never
 * changes. The room for it is the caller's; VIEW_TEXT and VIEW_SHORT are new rooms that last as
 * long as the block they stand in, for use in a list of arguments. */
enum { VIEW_TEXT_SIZE = 2400, VIEW_SHORT_SIZE = 48 };
#define VIEW_TEXT  ((char[VIEW_TEXT_SIZE]){0})
#define VIEW_SHORT ((char[VIEW_SHORT_SIZE]){0})

/* Text from outside, cleaned; more than 2,047 bytes are cut. */
const char *view_clean(char target[VIEW_TEXT_SIZE], const char *text);

/* The same of a text for people that another process made, in the reader's language: a member of its JSON (base/said.h). */
const char *view_said(char target[VIEW_TEXT_SIZE], const json_t *object, const char *name);

/* A time for people: "08:14:02", after the day if it is not today; "-" for none. */
const char *view_clock(char target[VIEW_SHORT_SIZE], const char *rfc3339);

/* Append text wrapped to width: the first line indented by first, the others by indent; preceded by
 * "\n" if b is not empty. */
void view_hang(struct buf *b, int first, int indent, int width, const char *text);

/* Add a name and its value; a long value wraps with a hanging indent. */
void view_add_fact(struct view *v, const char *name, int columns, const char *value);

/* 10412 for people: "10,412". */
const char *view_number(char target[VIEW_SHORT_SIZE], int64_t number);

/* Start endpointctl with the options that name our places, then words (NULL ends them). */
struct stream *view_ctl(struct app *a, const char *input, const struct stream_handlers *handlers,
                        struct error *e, ...);

/* Ask the daemon. Steals request. */
struct stream *view_ask(struct app *a, json_t *request, const struct stream_handlers *handlers,
                        struct error *e);

#endif
