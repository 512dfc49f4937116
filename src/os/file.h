/* file.h – files that are replaced whole or not at all.
 *
 * file_replace writes a temporary file (O_EXCL, 0600) in the same directory, fsyncs it, gives it the
 * old file's owner and mode, renames it over the old one and fsyncs the directory. Each step is
 * checked; after any failure the old file is untouched and the temporary one is gone. Only if the
 * last step fails, the fsync of the directory, the new file is already in place; the failure is
 * still reported. What root creates in another user's directory is given to that user.
 */
#ifndef ENDPOINT_OS_FILE_H
#define ENDPOINT_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* A file's state when it was read, to see whether somebody has changed it since. */
struct file_stamp {
    bool exists;
    uint64_t device, inode;
    int64_t size;
    int64_t mtime_ns;
};

/* Read a whole regular file into b (appended; b's maximum bounds it). stamp may be NULL. */
enum status file_read(const char *path, struct buf *b, struct file_stamp *stamp, struct error *e);

/* Replace (or create) path. mode: for a file that does not exist yet. expected: if not NULL, the
 * file must still look like this, else STATUS_EXISTS and nothing is written. */
enum status file_replace(const char *path, const void *data, size_t length, unsigned mode,
                         const struct file_stamp *expected, struct error *e);

/* Create a file that must not exist, with mode, durably: whole or not at all, so that neither a crash nor
 * another process finds a part of it. */
enum status file_create(const char *path, const void *data, size_t length, unsigned mode,
                        struct error *e);

/* What is at a path. user and group are account numbers; mode is at most 0777 (with 07000: the
 * special bits of chmod(1)), and changed_ns is since 1970. */
enum file_kind { FILE_REGULAR, FILE_DIRECTORY, FILE_LINK, FILE_SOCKET, FILE_OTHER };
struct file_look {
    enum file_kind kind;
    unsigned mode;
    int64_t user, group;
    int64_t size, changed_ns;
    uint64_t device, inode; /* together they identify a file on this machine */
    uint64_t links;         /* 0: it was removed, and is only still open */
};
/* Bits of a mode: the group or everybody may write; for a directory: new files belong to its group,
 * and only owners may remove their files. */
#define FILE_GROUP_WRITES   020u
#define FILE_ALL_WRITE      02u
#define FILE_HANDS_GROUP_ON 02000u
#define FILE_OWNERS_REMOVE  01000u
/* False with errno: nothing is there, or it cannot be seen. */
bool file_look(const char *path, struct file_look *l);        /* what a link leads to */
bool file_look_itself(const char *path, struct file_look *l); /* a link as a link */
bool file_look_open(int fd, struct file_look *l);

/* Open a file, creating it empty with mode if missing; a link is not followed. -1 with errno. */
int file_open(const char *path, unsigned mode);
/* Make an empty file that must not exist, and open it. -1 with errno. */
int file_open_new(const char *path, unsigned mode);

/* Read or write at a place of it: the number of bytes, or -1 with errno. */
ptrdiff_t file_read_at(int fd, void *data, size_t size, int64_t place);
ptrdiff_t file_write_at(int fd, const void *data, size_t length, int64_t place);

/* Make an empty file whose name ends in XXXXXX, which become other letters in path; only we may use it. False with errno. */
bool file_make_temporary(char *path);

/* Make written data durable. False with errno. file_sync_begin: start it, and do not wait. */
bool file_sync(int fd);
void file_sync_begin(int fd);

/* Give what is open this mode. False with errno. */
bool file_set_mode_open(int fd, unsigned mode);

/* Bits that new files do not get from now on: the umask. Returns the previous one. */
unsigned file_mask(unsigned mask);

/* False with errno (ENOENT: it is not there). */
bool file_exists(const char *path);
bool file_may_read(const char *path);
bool file_may_run(const char *path);
/* All of these; for a directory FILE_WRITE means creating files in it, and FILE_RUN entering it. */
enum { FILE_READ = 1, FILE_WRITE = 2, FILE_RUN = 4 };
bool file_may(const char *path, unsigned uses);

/* Remove a file, or a link as a link. False with errno. */
bool file_remove(const char *path);

/* Rename from to to, replacing what is there, in one step. False with errno. */
bool file_rename(const char *from, const char *to);
/* The same, but EEXIST if something is there. */
bool file_rename_new(const char *from, const char *to);

/* The path without links and dots, to free; NULL with errno: nothing is there. */
char *file_real_path(const char *path);

/* Append the last `most` bytes of a regular file to b, or all. False with errno. */
bool file_read_end(const char *path, size_t most, struct buf *b);

/* Give it this mode. False with errno. */
bool file_set_mode(const char *path, unsigned mode);

/* Bytes free for us on the file system of path; -1 when it cannot be told. */
int64_t file_free_bytes(const char *path);

#endif
