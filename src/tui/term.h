/* term.h – the terminal, through ncurses: reads keys and shows the canvas. Only term.c knows
 * curses. */
#ifndef ENDPOINT_TUI_TERM_H
#define ENDPOINT_TUI_TERM_H

#include <stdbool.h>

#include "base/error.h"
#include "tui/canvas.h"
#include "tui/scheme.h"

/* Take over the terminal. From here on even a crash restores it. */
enum status term_open(enum scheme scheme, bool mouse, struct error *e);
void term_close(void);
void term_size(int *rows, int *columns);
/* A note about a terminal whose name is unknown here, and as which it is treated; "": none. */
const char *term_note(void);
/* The next key (form.h), K_NONE when there is none. It waits only for the rest of an escape
 * sequence. */
int term_key(void);
/* Where the last K_MOUSE was. */
void term_mouse(int *row, int *column);
/* Draw the differences from what is shown; whole: draw everything. */
void term_show(const struct canvas *c, bool whole);
/* Suspend until the shell resumes us (Ctrl-Z). */
void term_suspend(void);

#endif
