/* folder.h – a directory that is held open, so that operations happen in this directory even if its
 * path leads elsewhere in the meantime. Names are relative to it, and a link always means the link
 * itself, not its target.
 */
#ifndef ENDPOINT_OS_FOLDER_H
#define ENDPOINT_OS_FOLDER_H

#include <stdbool.h>

#include "os/dir.h"
#include "os/file.h"

struct folder;

/* Open a directory (a link to one is fine). NULL with errno. */
struct folder *folder_open(const char *path);
/* Open a directory in it, created with mode if it is missing and make is set. NULL with errno. */
struct folder *folder_below(const struct folder *p, const char *name, bool make, unsigned mode);
void folder_close(struct folder *p); /* NULL is fine */

/* May we make files in it? False with errno. */
bool folder_may_make(const struct folder *p);

/* Make a file that must not exist, and open it for writing. -1 with errno. */
int folder_new(const struct folder *p, const char *name, unsigned mode);

/* All of these are false with errno when it cannot be done. */
bool folder_look(const struct folder *p, const char *name, struct file_look *l);
bool folder_remove(const struct folder *p, const char *name);
bool folder_rename(const struct folder *p, const char *name, const struct folder *to,
                   const char *new_name); /* replaces what was there */
/* The same, but EEXIST when something is there; ENOTSUP: the file system cannot promise that. */
bool folder_rename_new(const struct folder *p, const char *name, const struct folder *to,
                       const char *new_name);
/* A second name of the same file; EEXIST when something is there. */
bool folder_link(const struct folder *p, const char *name, const char *new_name);
/* It counts as changed just now. */
bool folder_touch(const struct folder *p, const char *name);
/* Make durable which names there are. */
bool folder_sync(const struct folder *p);

/* The names in it, for dir_next and dir_close. NULL with errno. */
struct dir *folder_names(const struct folder *p);

#endif
