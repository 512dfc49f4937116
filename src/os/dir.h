/* dir.h – directories. */
#ifndef ENDPOINT_OS_DIR_H
#define ENDPOINT_OS_DIR_H

#include "base/error.h"

/* Make path and its missing parents, with mode for those made; fine if it is a directory already. What root makes
 * in a directory of another user is given to that user. */
enum status dir_ensure(const char *path, unsigned mode, struct error *e);

/* Remove a directory that the tests or the demo made, with all in it; follows no links. */
enum status dir_remove(const char *path, struct error *e);

/* Make durable that the file at path came, went or got this name: sync the directory in which it is. */
enum status dir_sync_of(const char *path, struct error *e);

#endif
