/* file.h – files that are replaced whole or not at all.
 *
 * file_replace writes a temporary file (O_EXCL, 0600) in the same directory, fsyncs it, gives it the
 * old file's owner and mode, renames it over the old one and fsyncs the directory. Each step is
 * checked; on any failure the old file stands untouched and the temporary one is gone. Only when the last
 * step, the fsync of the directory, fails does the new file stand already; it is reported all the same.
 * What root creates in a directory of another user is given to that user.
 */
#ifndef ENDPOINT_OS_FILE_H
#define ENDPOINT_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* What a file looked like when it was read; to see whether somebody changed it since. */
struct file_stamp {
    bool exists;
    uint64_t device, inode;
    int64_t size;
    int64_t mtime_ns;
};

/* Read a whole regular file into b (appended; b's maximum bounds it). stamp may be NULL. */
enum status file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct error *e);

/* Replace (or create) path. mode: for a file that does not exist yet. expected: when not NULL, the
 * file must still look like this, else STATUS_EXISTS and nothing is written. */
enum status file_replace(const char *path, const void *data, size_t length, unsigned mode,
                         const struct file_stamp *expected, struct error *e);

/* Create a file that must not exist, with mode, durably: whole or not at all, so that neither a crash nor
 * another process finds a part of it. */
enum status file_create(const char *path, const void *data, size_t length, unsigned mode,
                        struct error *e);

/* Bytes free for us on the file system of path; -1 when it cannot be told. */
int64_t file_free_bytes(const char *path);

#endif
