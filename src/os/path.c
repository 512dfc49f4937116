#include "os/path.h"

#include <string.h>

#include "base/text.h"

bool path_below(const char *path, const char *dir)
{
    size_t length = strlen(dir);
    return strncmp(path, dir, length) == 0 && (path[length] == '/' || !path[length]);
}

enum status path_join(char *target, size_t size, const char *directory, const char *name,
                      struct error *e)
{
    if (!text_format(target, size, "%s/%s", directory, name))
        return error_set(e, STATUS_INVALID, "path_long", "the path %s/%s is too long", directory,
                         name);
    return STATUS_OK;
}

bool path_parent(char *target, size_t size, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return text_copy(target, size, ".");
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    if (length >= size)
        return false;
    memcpy(target, path, length);
    target[length] = '\0';
    return true;
}
