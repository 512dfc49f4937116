/* dialog.h – small dialogs: a text, a question, a choice, help. */
#ifndef ENDPOINT_TUI_DIALOG_H
#define ENDPOINT_TUI_DIALOG_H

#include "tui/app.h"

/* ---- dialogs.c ---- */
void dialog_text(struct app *a, const char *title, const char *text);

void dialog_ask(struct app *a, const char *title, const char *text,
                const struct dialog_button *buttons, size_t count,
                void (*chosen)(struct app *a, void *user, const char *id), void *user);

/* A list to pick from; rows are {"id","text"}; steals rows. */
void dialog_list(struct app *a, const char *title, const char *text, json_t *rows,
                 void (*chosen)(struct app *a, void *user, const char *id), void *user);

void dialog_help(struct app *a, const struct view *v);

/* The choices of a choice item as a list. */
void dialog_choice(struct view *v, struct item *item);

void dialog_quit(struct app *a);

#endif
