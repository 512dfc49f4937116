/* form_draw.h – a form drawn into the canvas. */
#ifndef ENDPOINT_TUI_FORM_DRAW_H
#define ENDPOINT_TUI_FORM_DRAW_H

#include "tui/form.h"

/* Draw into the rectangle; scrolls so that the focus is visible, and puts the cursor on it. */
void form_draw(struct form *f, struct canvas *c, int row, int column, int rows, int columns);

#endif
