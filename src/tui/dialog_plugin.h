/* dialog_plugin.h – one plugin: its passes and its actions. */
#ifndef ENDPOINT_TUI_DIALOG_PLUGIN_H
#define ENDPOINT_TUI_DIALOG_PLUGIN_H

#include "tui/app.h"

void dialog_plugin(struct app *a, const char *plugin_id);

/* ---- a plugin of the status, as blocks ---- */
const json_t *dialog_plugin_find(const struct app *a,
                                 const char *id); /* NULL: no such plugin, or no daemon */

/* The same in one line of a list, as far as width allows, and the titles of its columns. */
void dialog_plugin_row(const struct app *a, const json_t *plugin, int width, struct buf *b);

void dialog_plugin_titles(int width, struct buf *b);

/* Its lines: block and last run, sparkline and queue, progress, orders, error with remedy. */
void dialog_plugin_lines(const struct app *a, const json_t *plugin, int width, struct buf *b);

/* Ask for a pass now; the result is shown as a notice of v. */
void dialog_plugin_run(struct view *v, struct stream **slot, const char *id);

#endif
