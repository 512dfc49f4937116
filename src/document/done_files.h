/* done_files.h – moves files of orders whose document the ERP has out of the import directory, so
 * that importing everything there again makes no second document.
 *
 * They go to done/ beside it, or are removed. A file that is missing was moved by the ERP itself:
 * that is fine. In done/ files are kept for a while. Nothing there is ever replaced, and only files
 * named after our markers are touched.
 */
#ifndef ENDPOINT_DOCUMENT_DONE_FILES_H
#define ENDPOINT_DOCUMENT_DONE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define DONE_FILES_DIR "done"

/* An import directory whose finished files are moved away. */
struct done_files;

/* remove: delete the files instead of keeping them. */
enum status done_files_open(const char *place, bool remove, struct done_files **d, struct error *e);
void done_files_close(struct done_files *d); /* NULL is fine */
const char *done_files_place(const struct done_files *d);

/* Move MARKER.epp out of the directory. Repeating it does no harm. Durable after the next flush. */
enum status done_files_put(struct done_files *d, const char *marker, struct error *e);
enum status done_files_flush(struct done_files *d, struct error *e);

/* Delete files that have been in done/ for longer than keep_ms, at most max files. *count: how
 * many. Without a done/ nothing happens. */
enum status done_files_tidy(const char *place, int64_t now_ms, int64_t keep_ms, int max, int *count,
                            struct error *e);

#endif
