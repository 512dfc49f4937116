/* dir.h – directories. */
#ifndef ENDPOINT_OS_DIR_H
#define ENDPOINT_OS_DIR_H

#include <stdbool.h>

#include "base/error.h"

/* Create path and its missing parents, with this mode; fine if the directory already exists. What
 * root creates in another user's directory is given to that user. */
enum status dir_ensure(const char *path, unsigned mode, struct error *e);

/* Remove a directory that the tests or the demo made, with everything in it; follows no links. */
enum status dir_remove(const char *path, struct error *e);

/* Make it durable that the file at path was created, removed or renamed: sync its directory. */
enum status dir_sync_of(const char *path, struct error *e);

/* Make one directory. False with errno. */
bool dir_make(const char *path, unsigned mode);
/* Create one whose name ends in XXXXXX, which are replaced in path; only we may use it. False with
 * errno. */
bool dir_make_temporary(char *path);
/* Remove an empty one. False with errno. */
bool dir_remove_empty(const char *path);

/* The names in a directory, in no order, without "." and "..". NULL with errno: it cannot be read. */
struct dir;
struct dir *dir_open(const char *path);
const char *dir_next(struct dir *d); /* valid until the next call; NULL: no more */
void dir_close(struct dir *d);       /* NULL is fine */

/* The wanted names (NULL: all), sorted by their bytes. Returns how many; -1 with errno.
 * dir_names_free them. */
int dir_names(const char *path, bool (*wanted)(const char *name), char ***names);
void dir_names_free(char **names, int count);

#endif
