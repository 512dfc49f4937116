/* cmd_journal.h – endpointctl journal. */
#ifndef ENDPOINT_CTL_CMD_JOURNAL_H
#define ENDPOINT_CTL_CMD_JOURNAL_H

#include "ctl/ctl.h"

int cmd_journal(struct ctl *c);

/* The newest entries from the journal's file, when no daemon answers; NULL and e otherwise. */
json_t *cmd_journal_entries(struct ctl *c, int limit, struct error *e);

#endif
