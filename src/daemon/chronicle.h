/* chronicle.h – the journal, whatever happens to its file.
 *
 * An entry is kept here until the file has it. A file that is damaged is moved aside and made anew; one that
 * cannot be written now (no room, no right) is tried again, and the check "endpoint.journal" is red meanwhile.
 */
#ifndef ENDPOINT_DAEMON_CHRONICLE_H
#define ENDPOINT_DAEMON_CHRONICLE_H

#include "daemon/daemon.h"

void chronicle_open(struct daemon *d); /* never fails: see above */
void chronicle_close(struct daemon *d);
void chronicle_look(
    struct daemon *d); /* from time to time: is the file still there, can it be written again? */

/* One entry; see journal_add. It is shown to those who follow the journal. */
void chronicle_add(struct daemon *d, const char *level, const char *plugin, const char *order,
                   const char *correlation, const char *code, const char *text);

/* Entries as journal_read gives them, those behind them that the file does not have yet (without an id). On
 * failure *entries has what is known all the same. The caller frees *entries. */
enum status chronicle_read(struct daemon *d, int64_t after, int limit, const char *plugin,
                           json_t **entries, struct error *e);

/* The file, for what is sent to the panel; NULL: it cannot be opened now. */
struct journal *chronicle_journal(struct daemon *d);
/* The last id that the panel has; and: it has them up to here. Neither needs room on the disk. */
int64_t chronicle_sent(struct daemon *d);
void chronicle_mark_sent(struct daemon *d, int64_t id);

#endif
