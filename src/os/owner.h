/* owner.h – whom a new file belongs to. */
#ifndef ENDPOINT_OS_OWNER_H
#define ENDPOINT_OS_OWNER_H

#include <stdbool.h>
#include <stdint.h>

/* What root makes in somebody else's directory belongs to that somebody: the endpoint's user must be able
 * to read what `sudo endpointctl` left there. fd: the file or directory that was just made at path. */
void owner_adopt(int fd, const char *path);

/* Give what is at path, with all that is in it, to an account and a group (-1: as it is). group_reads: the group may read
 * it, and gets what is made in its directories. It follows no link, and refuses a file that has a second name (EMLINK):
 * the old owner may be at work in it. True also when nothing is there; false with errno, half done. */
bool owner_give_all(const char *path, int64_t user, int64_t group, bool group_reads);

/* Give a directory, and nothing in it, with this mode; not where a link leads. False with errno. */
bool owner_give_dir(const char *path, int64_t user, int64_t group, unsigned mode);

#endif
