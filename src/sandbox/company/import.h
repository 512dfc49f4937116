/* import.h – plays the ERP's operator who imports files: one by hand, or all in a watched
 * directory.
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

/* Read bytes as an EDI++ file and make its documents. made gets one line per new document, its
 * number. once: a text that identifies the file; if it was imported before, it is not imported
 * again, and made stays empty. NULL: import in any case. STATUS_REFUSED: faults has the reasons,
 * one per line, and nothing was changed. Other errors: the data could not be written; try again
 * later.
 */
enum status import_bytes(struct engine *engine, const char *bytes, size_t length, const char *once,
                         struct buf *made, struct buf *faults, struct error *e);

/* The same with a file. */
enum status import_file(struct engine *engine, const char *path, const char *once, struct buf *made,
                        struct buf *faults, struct error *e);

/* Move an imported file to directory/done/, or a refused one to directory/rejected/ with the
 * reasons. If the name is taken there, "-2", "-3" … is put before its ending. */
enum status import_settle(const char *directory, const char *path, bool good,
                          const struct buf *faults, struct error *e);

struct import_watch;

/* Import one file and print the result. With dir, move it as the watch does (keep: leave an
 * imported file where it is). */
enum status import_by_hand(struct engine *engine, const char *path, const char *dir, bool keep,
                           struct error *e);

#endif
