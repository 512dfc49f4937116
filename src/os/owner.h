/* owner.h – whom a new file belongs to. */
#ifndef ENDPOINT_OS_OWNER_H
#define ENDPOINT_OS_OWNER_H

/* What root makes in somebody else's directory belongs to that somebody: the endpoint's user must be able
 * to read what `sudo endpointctl` left there. fd: the file or directory that was just made at path. */
void owner_adopt(int fd, const char *path);

#endif
