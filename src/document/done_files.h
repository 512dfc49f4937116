/* done_files.h – files of orders whose document the ERP has: out of the import directory, so that importing
 * everything there once more makes no second document.
 *
 * They go to done/ beside it, or are removed. What is not there any more was moved by the ERP itself: that is fine.
 * In done/ they are kept for a while. Nothing there is ever replaced, and nothing is touched but files named
 * after our markers.
 */
#ifndef ENDPOINT_DOCUMENT_DONE_FILES_H
#define ENDPOINT_DOCUMENT_DONE_FILES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define DONE_FILES_DIR "done"

/* A directory whose files are put away. */
struct done_files;

/* remove: files are deleted and not kept. */
enum status done_files_open(const char *place, bool remove, struct done_files **d, struct error *e);
void done_files_close(struct done_files *d); /* NULL is fine */
const char *done_files_place(const struct done_files *d);

/* MARKER.epp leaves the directory. Asking again is harmless. Durable after the next flush. */
enum status done_files_put(struct done_files *d, const char *marker, struct error *e);
enum status done_files_flush(struct done_files *d, struct error *e);

/* Delete what has lain in done/ for longer than keep_ms, at most max files. *count: how many were. Without
 * a done/ nothing is done. */
enum status done_files_tidy(const char *place, int64_t now_ms, int64_t keep_ms, int max, int *count,
                            struct error *e);

#endif
