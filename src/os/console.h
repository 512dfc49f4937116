/* console.h – the terminal that a person uses. */
#ifndef ENDPOINT_OS_CONSOLE_H
#define ENDPOINT_OS_CONSOLE_H

#include <stdbool.h>

/* Columns of the terminal that the output goes to; 0: none, or unknown. */
int console_columns(void);

/* Does it show UTF-8? Call it after i18n_open. */
bool console_utf8(void);

/* Stop showing typed characters, for a password; false: there is no terminal. And show them again. */
struct console_typing {
    _Alignas(8) unsigned char system[128];
};
bool console_hide_typing(struct console_typing *before);
void console_show_typing(const struct console_typing *before);

/* For a program that uses the whole screen. Remember the terminal's state; if the program crashes,
 * restore it: farewell (copied, at most 127 bytes) is written to the terminal, and the remembered
 * state is set. */
void console_keep(void);
void console_guard(const char *farewell);
void console_unguard(void);

/* Suspend as Ctrl-Z does, until the shell resumes us. */
void console_suspend(void);

#endif
