/* import.h – plays the ERP's operator who imports files: one by hand, or a directory that is
 * watched.
 *
 * A file is one transaction: all its documents or none. In a watched directory a good file goes to
 * done/ and a bad one to rejected/ with its reasons in NAME.reason.txt beside it.
 */
#ifndef ENDPOINT_SANDBOX_COMPANY_IMPORT_H
#define ENDPOINT_SANDBOX_COMPANY_IMPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "sandbox/sql/engine.h"

/* Read bytes as an EDI++ file and make its documents. made gets a line for each new document's
 * number. once: a text that identifies the file; what was imported under it before is not imported
 * again, and made stays empty. NULL: import in any case. STATUS_REFUSED: faults has the reasons, a
 * line each, and nothing was changed. Other errors: the data could not be written; try again later.
 */
enum status import_bytes(struct engine *engine, const char *bytes, size_t length, const char *once,
                         struct buf *made, struct buf *faults, struct error *e);

/* The same with a file. */
enum status import_file(struct engine *engine, const char *path, const char *once, struct buf *made,
                        struct buf *faults, struct error *e);

/* Move a file that was imported to directory/done/, or one that was refused to directory/rejected/
 * with the reasons. A name that is taken there gets "-2", "-3" … before its ending. */
enum status import_settle(const char *directory, const char *path, bool good,
                          const struct buf *faults, struct error *e);

struct import_watch;

/* Import one file and say what became of it; move it as the watch does when dir is one (keep: leave one that was
 * imported). */
enum status import_by_hand(struct engine *engine, const char *path, const char *dir, bool keep,
                           struct error *e);

#endif
