/* console.h – the terminal that a person sits at. */
#ifndef ENDPOINT_OS_CONSOLE_H
#define ENDPOINT_OS_CONSOLE_H

#include <stdbool.h>

/* Columns of the terminal that the output goes to; 0: none, or it does not say. */
int console_columns(void);

/* Does it show UTF-8? Asked after i18n_open. */
bool console_utf8(void);

/* Do not show what is typed from here on, for a password; false: there is no terminal. Show it again. */
struct console_typing {
    _Alignas(8) unsigned char system[128];
};
bool console_hide_typing(struct console_typing *before);
void console_show_typing(const struct console_typing *before);

/* For a program that takes the whole screen. Keep how the terminal is now; then, should the program crash, give the
 * terminal back: farewell (copied, at most 127 bytes) is written to it, and it is as it was kept. */
void console_keep(void);
void console_guard(const char *farewell);
void console_unguard(void);

/* Stop as Ctrl-Z does, until the shell lets us go on. */
void console_suspend(void);

#endif
