/* file.h – files that are replaced whole or not at all, and the directories they live in.
 *
 * file_replace writes a temporary file (O_EXCL, 0600) in the same directory, fsyncs it, gives it the
 * old file's owner and mode, renames it over the old one and fsyncs the directory. Each step is
 * checked; on any failure the old file stands untouched and the temporary one is gone. Only when the last
 * step, the fsync of the directory, fails does the new file stand already; it is reported all the same.
 * What root creates in a directory of another user is given to that user.
 */
#ifndef ENDPOINT_BASE_FILE_H
#define ENDPOINT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* What a file looked like when it was read; to see whether somebody changed it since. */
struct file_stamp {
    bool exists;
    dev_t device;
    ino_t inode;
    int64_t size;
    int64_t mtime_ns;
};

/* Read a whole regular file into b (appended; b's maximum bounds it). stamp may be NULL. */
enum status file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct error *e);

/* Replace (or create) path. mode: for a file that does not exist yet. expected: when not NULL, the
 * file must still look like this, else STATUS_EXISTS and nothing is written. */
enum status file_replace(const char *path, const void *data, size_t length, mode_t mode,
                         const struct file_stamp *expected, struct error *e);

/* Create a file that must not exist, with mode, durably: whole or not at all, so that neither a crash nor
 * another process finds a part of it. */
enum status file_create(const char *path, const void *data, size_t length, mode_t mode,
                        struct error *e);

/* Make path and its missing parents, with mode for those made; fine if it is a directory already. */
enum status dir_ensure(const char *path, mode_t mode, struct error *e);

/* Remove a directory that the tests or the demo made, with all in it; follows no links. */
enum status dir_remove(const char *path, struct error *e);

/* Take an exclusive lock on path (created 0600); *fd holds it until closed. STATUS_BUSY when
 * another process has it. The descriptor is close-on-exec. What is there but no file is moved aside; a file that
 * may only be read is locked all the same. */
enum status file_lock(const char *path, int *fd, struct error *e);

/* The same lock on a directory, which needs no file and no room. */
enum status dir_lock(const char *path, int *fd, struct error *e);

/* Bytes free for us on the file system of path; -1 when it cannot be told. */
int64_t file_free_bytes(const char *path);

/* directory + "/" + name into target; STATUS_INVALID when it does not fit. */
/* Is it the directory, or something below it? By their names alone. */
bool path_below(const char *path, const char *dir);
enum status path_join(char *target, size_t size, const char *directory, const char *name,
                      struct error *e);

/* write() until all is written, through EINTR. */
bool fd_write_all(int fd, const void *data, size_t length);

#endif
