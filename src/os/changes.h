/* changes.h – what happens to the files of one directory, for a thread that waits for it. */
#ifndef ENDPOINT_OS_CHANGES_H
#define ENDPOINT_OS_CHANGES_H

#include <stdbool.h>

/* A file was made; was written to; or its writer closed it, or it was moved here. */
enum changes_kind { CHANGES_MADE, CHANGES_WRITTEN, CHANGES_CLOSED };

/* What ended the wait: news or time; the same, and some changes were not told, as there were too many; or changes_stop. */
enum changes_end { CHANGES_TOLD, CHANGES_LOST, CHANGES_STOPPED };

struct changes;

/* Where the system tells no changes (a network file system, no inotify) there are just none. NULL with errno. */
struct changes *changes_open(const char *directory);
void changes_close(struct changes *c); /* nobody may wait any more; NULL is fine */

/* Wait for changes, at most so long, and give each to take, in their order. */
enum changes_end changes_wait(struct changes *c, int timeout_ms,
                              void (*take)(void *user, enum changes_kind kind, const char *name),
                              void *user);

/* From any thread: this wait ends, and each that comes. */
void changes_stop(struct changes *c);

#endif
