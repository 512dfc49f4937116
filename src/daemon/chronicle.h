/* chronicle.h – the journal, whatever happens to its file.
 *
 * An entry is kept here until the file has it. A damaged file is moved aside and made anew. A file
 * that cannot be written now (no room, no right) is tried again; until then the check
 * "endpoint.journal" is red.
 */
#ifndef ENDPOINT_DAEMON_CHRONICLE_H
#define ENDPOINT_DAEMON_CHRONICLE_H

#include "daemon/daemon.h"

void chronicle_open(struct daemon *d); /* never fails: see above */
void chronicle_close(struct daemon *d);
void chronicle_look(
    struct daemon *d); /* from time to time: is the file still there, can it be written again? */

/* Add one entry; see journal_add. Those who follow the journal see it. */
void chronicle_add(struct daemon *d, const char *level, const char *plugin, const char *order,
                   const char *correlation, const char *code, const char *said);

/* Entries as from journal_read, followed by those that the file does not have yet (without an id).
 * Even on failure *entries has what is known. The caller frees *entries. */
enum status chronicle_read(struct daemon *d, int64_t after, int limit, const char *plugin,
                           json_t **entries, struct error *e);

/* The file, for what is sent to the panel; NULL: it cannot be opened now. */
struct journal *chronicle_journal(struct daemon *d);
/* Get, or set, the last id that the panel has. Neither needs room on the disk. */
int64_t chronicle_sent(struct daemon *d);
void chronicle_mark_sent(struct daemon *d, int64_t id);

#endif
