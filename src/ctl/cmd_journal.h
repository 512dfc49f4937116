/* cmd_journal.h – endpointctl journal. */
#ifndef ENDPOINT_CTL_CMD_JOURNAL_H
#define ENDPOINT_CTL_CMD_JOURNAL_H

#include "ctl/command.h"

extern const struct command cmd_journal;

/* The newest entries from the journal's file, when no daemon answers; NULL and e otherwise. */
json_t *cmd_journal_entries(struct ctl *c, int limit, struct error *e);

#endif
