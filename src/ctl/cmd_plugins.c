/* endpointctl plugins: the plugins and what they do. */
#include "ctl/cmd_plugins.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/json.h"
#include "ctl/cmd_status.h"
#include "ctl/ctl.h"
#include "ctl/talk.h"

static int run_plugins(struct ctl *c)
{
    struct error e = {0};
    size_t i;
    json_t *item, *s = talk_ask(c, json_pack("{s:s}", "do", "plugins"), &e);
    if (!s)
        return ctl_failed(c, &e);
    int code = cmd_status_code(s);
    if (c->json)
        ctl_print_json(json_incref(json_object_get(s, "plugins")));
    else if (json_array_size(json_object_get(s, "plugins")) == 0)
        puts(cmd_status_no_plugins(s));
    else
        json_array_foreach (json_object_get(s, "plugins"), i, item)
            cmd_status_print_plugin(item);
    json_decref(s);
    return code;
}

const struct command cmd_plugins = {
    .name = "plugins",
    .usage = "plugins",
    .line = N_("the plugins and what they do"),
    .run = run_plugins,
};
