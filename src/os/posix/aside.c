#include "os/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/clock.h"

#define MARK  ".damaged-"
#define TRIES 100 /* so many of one second */

/* "20260131T235959Z" */
static void stamp(char *target, size_t size)
{
    char at[CLOCK_TEXT];
    size_t length = 0;
    clock_format(at, clock_wall_ms());
    for (const char *p = at; *p && *p != '.' && length + 2 < size; p++)
        if (*p != '-' && *p != ':')
            target[length++] = *p;
    target[length++] = 'Z';
    target[length] = '\0';
}

/* SQLite finds these files by the database's name, so they must move with it: the log holds a part
 * of its data. */
static void move_companions(const char *path, const char *kept)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal"};
    char from[PATH_MAX], to[PATH_MAX];
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (text_format(from, sizeof from, "%s%s", path, ends[i]) &&
            text_format(to, sizeof to, "%s%s", kept, ends[i]) && rename(from, to) != 0) {
            /* There is none. */
        }
}

enum status aside_move(const char *path, char *kept, size_t size, struct error *e)
{
    char at[32];
    stamp(at, sizeof at);
    for (int i = 1; i <= TRIES; i++) {
        char number[16] = "";
        if (i > 1)
            snprintf(number, sizeof number, "-%d", i);
        if (!text_format(kept, size, "%s" MARK "%s%s", path, at, number))
            return error_set(e, STATUS_INVALID, "path_long", "the path %s is too long", path);
        if (renameat2(AT_FDCWD, path, AT_FDCWD, kept, RENAME_NOREPLACE) == 0) {
            move_companions(path, kept);
            return STATUS_OK;
        }
        struct stat st;
        if ((errno == EINVAL || errno == ENOSYS) && lstat(kept, &st) != 0 &&
            rename(path, kept) == 0) {
            move_companions(path, kept);
            return STATUS_OK;
        }
        if (errno != EEXIST)
            break;
    }
    return error_errno(e, errno, "aside", "the damaged %s cannot be moved aside", path);
}

bool aside_named(const char *name)
{
    return strstr(name, MARK) != NULL;
}

bool aside_odd(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && !S_ISREG(st.st_mode);
}
