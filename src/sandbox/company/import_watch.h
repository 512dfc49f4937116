/* import_watch.h – watches the directory from which orders are imported while the sandbox runs. */
#ifndef ENDPOINT_SANDBOX_COMPANY_IMPORT_WATCH_H
#define ENDPOINT_SANDBOX_COMPANY_IMPORT_WATCH_H

#include "sandbox/company/import.h"

/* Watch a directory (created if missing) in a separate thread: every *.epp file that appears there
 * is imported once it is whole. keep: a good file stays where it is, as with the real program.
 */
enum status import_watch_start(struct engine *engine, const char *directory, bool keep,
                               struct import_watch **watch, struct error *e);

void import_watch_stop(struct import_watch *watch); /* NULL is fine */

#endif
