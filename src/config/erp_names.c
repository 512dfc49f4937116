#include "config/erp_names.h"

#include <string.h>

#include "base/text.h"
#include "os/dir.h"

#define ENDING ".conf"

static bool is_mapping(const char *name)
{
    return text_ends(name, ENDING);
}

static void add_names(const char *directory, const char *wanted, struct buf *names, bool *found)
{
    char **all;
    int count = dir_names(directory, is_mapping, &all);
    for (int i = 0; i < count; i++) {
        char *name = all[i];
        name[strlen(name) - strlen(ENDING)] = '\0';
        *found |= text_equal(name, wanted);
        buf_printf(names, "%s%s", names->length ? ", " : "", name);
    }
    dir_names_free(all, count);
}

bool erp_names_has(const struct paths *p, const char *name, struct buf *names)
{
    bool found = false;
    char own[600];
    if (*p->erp_dir)
        add_names(p->erp_dir, name, names, &found);
    if (*p->config_dir && text_format(own, sizeof own, "%s/erp", p->config_dir))
        add_names(own, name, names, &found);
    return found || names->length == 0;
}
