#include "config/erp_names.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define ENDING ".conf"

static int is_mapping(const struct dirent *entry)
{
    return text_ends(entry->d_name, ENDING);
}

static void add_names(const char *directory, const char *wanted, struct buf *names, bool *found)
{
    struct dirent **entries = NULL;
    int count = scandir(directory, &entries, is_mapping, alphasort);
    for (int i = 0; i < count; i++) {
        char *name = entries[i]->d_name;
        name[strlen(name) - strlen(ENDING)] = '\0';
        *found |= text_equal(name, wanted);
        buf_printf(names, "%s%s", names->length ? ", " : "", name);
        free(entries[i]);
    }
    free(entries);
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
