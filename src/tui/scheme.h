/* scheme.h – the colours and attributes of each style in each scheme. */
#ifndef ENDPOINT_TUI_SCHEME_H
#define ENDPOINT_TUI_SCHEME_H

#include <stdbool.h>

#include "tui/canvas.h"

enum scheme { SCHEME_DEFAULT, SCHEME_LIGHT, SCHEME_CONTRAST, SCHEME_MONOCHROME, SCHEMES };

enum { PAINT_BOLD = 1, PAINT_REVERSE = 2, PAINT_UNDERLINE = 4, PAINT_DIM = 8 };

/* Colours are ANSI's eight; -1 is the terminal's own. */
struct paint {
    signed char foreground, background;
    unsigned char attributes;
};

/* By name: "default", "light", "high-contrast", "monochrome". False: there is no such scheme. */
bool scheme_find(const char *name, enum scheme *scheme);
struct paint scheme_paint(enum scheme scheme, enum style style);

#endif
