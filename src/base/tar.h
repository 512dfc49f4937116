/* tar.h – files in a POSIX ustar archive, in memory. */
#ifndef ENDPOINT_BASE_TAR_H
#define ENDPOINT_BASE_TAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* Append a regular file, mode 0600, without an owner. folder: the folder to unpack into, at most
 * 154 bytes; NULL: none. name: at most 99 bytes. */
enum status tar_add(struct buf *b, const char *folder, const char *name, const void *bytes,
                    size_t length, int64_t mtime_s, struct error *e);
/* The two empty blocks that end an archive. */
void tar_end(struct buf *b);

#endif
