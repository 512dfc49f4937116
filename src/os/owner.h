/* owner.h – who owns a new file. */
#ifndef ENDPOINT_OS_OWNER_H
#define ENDPOINT_OS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

/* A file that root makes in another user's directory is given to that user: the endpoint's user
 * must be able to read what `sudo endpointctl` left there. fd: the file or directory that was just
 * made at path. */
void owner_adopt(int fd, const char *path);

/* Give path, with everything in it, to an account and a group (-1: no change). group_reads: the
 * group may read it, and owns new files in its directories. Follows no link, and refuses a file
 * that has a second name (EMLINK), because the old owner may be changing things meanwhile. True
 * also if nothing is there; false with errno: half done. */
bool owner_give_all(const char *path, int64_t user, int64_t group, bool group_reads);

/* Give a directory alone, without its content, with this mode; never follows a link. False with
 * errno. */
bool owner_give_dir(const char *path, int64_t user, int64_t group, unsigned mode);

#endif
