/* aside.h – moves a damaged file aside for a new one, and keeps it for anybody who wants to look at
 * it.
 *
 * It is renamed in its directory, never deleted: PATH becomes PATH.damaged-20260131T235959Z. The
 * files that SQLite keeps beside a database move along.
 */
#ifndef ENDPOINT_OS_ASIDE_H
#define ENDPOINT_OS_ASIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Move whatever is at path aside: a file, a link or a directory. Its new path goes into kept
 * (PATH_MAX bytes are enough). On failure nothing has changed. */
enum status aside_move(const char *path, char *kept, size_t size, struct error *e);

/* Is this the name of something that was moved aside? */
bool aside_named(const char *name);

/* Is there something at path that is not a regular file, such as a directory? Nothing there: false. */
bool aside_odd(const char *path);

#endif
