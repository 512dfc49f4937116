/* term.h – the terminal, through ncurses: keys in, a canvas out. The only file that knows curses. */
#ifndef ENDPOINT_TUI_TERM_H
#define ENDPOINT_TUI_TERM_H

#include <stdbool.h>

#include "base/error.h"
#include "tui/canvas.h"
#include "tui/scheme.h"

/* Take the terminal over. From here on a crash, too, gives it back as it was. */
enum status term_open(enum scheme scheme, bool mouse, struct error *e);
void term_close(void);
void term_size(int *rows, int *columns);
/* What to say of a terminal whose name is unknown here, and as which it is driven; "": nothing. */
const char *term_note(void);
/* The next key (form.h), K_NONE when there is none. Waits only for the rest of an escape sequence. */
int term_key(void);
/* Where the last K_MOUSE was. */
void term_mouse(int *row, int *column);
/* Bring what differs from what is shown; whole: everything. */
void term_show(const struct canvas *c, bool whole);
/* Stop until the shell brings us back (Ctrl-Z). */
void term_suspend(void);

#endif
