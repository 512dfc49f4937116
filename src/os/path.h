/* path.h – joins and splits file names without looking at the disk. */
#ifndef ENDPOINT_OS_PATH_H
#define ENDPOINT_OS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* directory + "/" + name into target; STATUS_INVALID: it does not fit. */
enum status path_join(char *target, size_t size, const char *directory, const char *name,
                      struct error *e);

/* Is it the directory, or something below it? Compares the names only. */
bool path_below(const char *path, const char *dir);

/* The directory part of path, or "." if there is none. False: it does not fit. */
bool path_parent(char *target, size_t size, const char *path);

#endif
