#include "config/good.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "config/internal.h"
#include "config/settings.h"
#include "config/wellformed.h"
#include "os/aside.h"
#include "os/path.h"

#define GOOD_FILE  "endpoint.conf.good"
#define FIRST_LINE "# What endpointd last worked with; its configuration is "

static const char *const kept[] = {"erp.type", "erp.server", "erp.database", "erp.user",
                                   "panel.url"};

static bool is_kept(const struct setting *s)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (text_equal(s->path, kept[i]))
            return true;
    return s->type == SETTING_PATH;
}

static void add_name(char *names, size_t size, const char *name)
{
    size_t used = strlen(names);
    text_format(names + used, size - used, "%s%s", used ? ", " : "", name);
}

bool good_lost(const struct config *before, const struct config *after, char *names, size_t size)
{
    names[0] = '\0';
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        if (is_kept(s) && *config_text(before, s->path) && !*config_text(after, s->path))
            add_name(names, size, s->path);
    }
    if (json_array_size(config_plugins(before)) && !json_array_size(config_plugins(after)))
        add_name(names, size, "plugins");
    return names[0];
}

static enum status path_of(const struct paths *p, char *path, size_t size, struct error *e)
{
    return path_join(path, size, p->state_dir, GOOD_FILE, e);
}

static bool same_stamp(const struct file_stamp *a, const struct file_stamp *b)
{
    return a->exists && b->exists && a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->mtime_ns == b->mtime_ns;
}

enum status good_keep(const struct paths *p, const struct config *c, struct error *e)
{
    char path[600], aside[PATH_MAX];
    struct buf text, copy;
    struct file_stamp now = {0};
    buf_init(&text, CONFIG_FILE_MAX);
    buf_init(&copy, CONFIG_FILE_MAX + 1000);
    enum status status = path_of(p, path, sizeof path, e);
    if (status == STATUS_OK)
        status = file_read(p->config_file, &text, &now, e);
    if (status == STATUS_OK && same_stamp(&now, config_stamp(c))) {
        size_t mark = wellformed_mark(buf_text(&text), text.length);
        buf_printf(&copy, FIRST_LINE "%s\n", p->config_file);
        buf_add(&copy, buf_text(&text) + mark, text.length - mark);
        if (aside_odd(path)) /* whatever was there is kept, and reported as damaged */
            aside_move(path, aside, sizeof aside, NULL);
        status = file_replace(path, buf_text(&copy), copy.length, 0600, NULL, e);
    }
    mem_wipe(text.data, text.length);
    mem_wipe(copy.data, copy.length);
    buf_free(&text);
    buf_free(&copy);
    return status;
}

/* Does the copy belong to this configuration file? */
static bool is_of(const struct paths *p, const char *path)
{
    struct buf text;
    char line[700];
    buf_init(&text, CONFIG_FILE_MAX + 1000);
    bool good = file_read(path, &text, NULL, NULL) == STATUS_OK &&
                text_format(line, sizeof line, FIRST_LINE "%s\n", p->config_file) &&
                text_starts(buf_text(&text), line);
    mem_wipe(text.data, text.length);
    buf_free(&text);
    return good;
}

enum status good_load(const struct paths *p, struct config **config, struct error *e)
{
    struct paths copy = *p;
    *config = NULL;
    enum status status = path_of(p, copy.config_file, sizeof copy.config_file, e);
    if (status == STATUS_OK && !is_of(p, copy.config_file))
        return error_set(e, STATUS_NOT_FOUND, "no_good_config", "there is no copy of %s",
                         p->config_file);
    if (status == STATUS_OK)
        status = config_load(&copy, config, NULL, NULL, e);
    return status;
}
