/* cmd_journal.h – endpoint-panel journal. */
#ifndef ENDPOINT_PANEL_CLI_CMD_JOURNAL_H
#define ENDPOINT_PANEL_CLI_CMD_JOURNAL_H

#include "panel/cli/command.h"

/* Its rows; the last has no words. */
extern const struct command cmd_journal[];

#endif
