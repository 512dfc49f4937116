#include "link/link_cache.h"

#include <limits.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "os/file.h"
#include "os/path.h"

enum status link_cache_load(const char *state_dir, json_t **config, struct error *e)
{
    char path[PATH_MAX];
    struct buf b;
    *config = NULL;
    enum status status = path_join(path, sizeof path, state_dir, "config-cache.json", e);
    if (status != STATUS_OK)
        return status;
    buf_init(&b, 16 << 20);
    status = file_read(path, &b, NULL, e);
    if (status == STATUS_OK) {
        *config = json_parse(buf_text(&b), b.length, e);
        if (!*config)
            status = STATUS_INVALID;
    }
    buf_free(&b);
    return status;
}

enum status link_cache_save(const char *state_dir, const json_t *config, struct error *e)
{
    char path[PATH_MAX];
    enum status status = path_join(path, sizeof path, state_dir, "config-cache.json", e);
    char *text = status == STATUS_OK ? json_dumps(config, JSON_COMPACT) : NULL;
    if (text)
        status = file_replace(path, text, strlen(text), 0600, NULL, e);
    mem_free_secret(text); /* channels may have secret settings */
    return status;
}
