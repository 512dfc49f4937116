#include "daemon/idle_orders.h"

#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "daemon/health.h"
#include "daemon/intake.h"
#include "os/dir.h"
#include "store/orders.h"
#include "store/orders_read.h"

#define NAMES_MAX 900

static const char code[] = "orders.idle", title[] = "Orders whose plugin does not run";

/* An enabled plugin has its own checks, even while it is held or starting. */
static bool has_worker(const struct daemon *d, const char *id)
{
    for (const struct plugin *p = d->plugins; p; p = p->next)
        if (text_equal(p->id, id))
            return p->process || json_flag(p->definition, "enabled", true);
    return false;
}

/* Add "shop (3)", if it has such orders. */
static void add(const struct daemon *d, const char *file, struct buf *names)
{
    char id[sizeof((struct plugin *)NULL)->id];
    int64_t count = 0;
    size_t length = strlen(file);
    if (length < 4 || !text_ends(file, ".db") || length - 3 >= sizeof id)
        return;
    text_format(id, sizeof id, "%.*s", (int)(length - 3), file);
    if (!has_worker(d, id) &&
        orders_count_live(d->paths.state_dir, id, &count, NULL) == STATUS_OK && count > 0)
        buf_printf(names, "%s%s (%" PRId64 ")", names->length ? ", " : "", id, count);
}

void idle_orders_look(struct daemon *d)
{
    char path[600];
    const char *name;
    struct error e = {0};
    struct buf names;
    if (!intake_known(d) || !text_format(path, sizeof path, "%s/ledgers", d->paths.state_dir))
        return; /* nobody has said yet which plugins there are */
    struct dir *dir = dir_open(path);
    buf_init(&names, NAMES_MAX);
    while (dir && (name = dir_next(dir)) != NULL)
        add(d, name, &names);
    dir_close(dir);
    if (names.length) {
        error_set(&e, STATUS_BUSY, "orders_idle",
                  "unfinished orders that nobody works on; plugins, and how many: %s",
                  buf_text(&names));
        error_remedy(
            &e, "Enable the plugin in the panel; if it was removed, add it again with the same "
                "id. `endpointctl orders` lists its orders.");
        health_warn(d, code, title, &e);
    } else if (json_object_get(d->health, code)) {
        health_good(d, code, title, N_("none is left behind"));
    }
    buf_free(&names);
}
