#include "base/i18n.h"
#include "base/memory.h"
#include "tui/app.h"

static void build(struct view *v)
{
    view_add_notice(v);
}

static const struct view_ops ops = {
    .title = N_("Summary"),
    .build = build,
    .help = N_("Help"),
};

struct view *tab_summary(struct app *a)
{
    struct view *v = mem_alloc(sizeof *v);
    view_open(v, a, &ops);
    return v;
}
