/* dialog_journal.h – the journal, and a simulation's output. */
#ifndef ENDPOINT_TUI_DIALOG_JOURNAL_H
#define ENDPOINT_TUI_DIALOG_JOURNAL_H

#include "tui/app.h"

void dialog_journal(struct app *a, const char *plugin_id); /* NULL: of all */
void dialog_simulate(struct app *a, const char *plugin_id);

#endif
