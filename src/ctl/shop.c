#include "ctl/shop.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "config/channel_types.h"
#include "ctl/talk.h"
#include "link/link_cache.h"
#include "link/link_http.h"

json_t *shop_plugins(const struct ctl *c, const struct config *config)
{
    json_t *all = json_array(), *cached = NULL;
    const json_t *own = config_plugins(config), *plugin;
    size_t i;
    json_array_foreach (own, i, plugin)
        json_array_append(all, (json_t *)plugin);
    if (link_cache_load(c->paths.state_dir, &cached, NULL) == STATUS_OK)
        json_array_foreach (json_object_get(cached, "plugins"), i, plugin)
            json_array_append(all, (json_t *)plugin);
    json_decref(cached);
    return all;
}

const json_t *shop_plugin(const json_t *plugins, const char *name, struct error *e)
{
    static const char *const members[] = {"id", "name", "kind"};
    for (size_t m = 0; m < 3; m++) {
        const json_t *plugin, *found = NULL;
        size_t i, count = 0;
        json_array_foreach (plugins, i, plugin)
            if (text_equal(json_text(plugin, members[m], ""), name)) {
                found = plugin;
                count++;
            }
        if (count == 1)
            return found;
    }
    error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin \"%.80s\"", name);
    error_remedy(e, "endpointctl plugins lists them.");
    return NULL;
}

enum status shop_open(struct shop *s, const struct ctl *c, const struct config *config,
                      const json_t *plugin, struct error *e)
{
    memset(s, 0, sizeof *s);
    s->opening = (struct opening){.plugin = plugin,
                                  .state_dir = c->paths.state_dir,
                                  .panel_url = config_text(config, "panel.url"),
                                  .mark = ""};
    enum status status = opening_find(plugin, &s->ops, e);
    if (status == STATUS_OK)
        status = channel_type_secrets(c->paths.state_dir, plugin, &s->secrets, e);
    if (status == STATUS_OK)
        status = link_http_options(config, &s->opening.http, e);
    s->opening.secrets = s->secrets;
    return status == STATUS_OK ? opening_open(&s->opening, s->ops, &s->channel, e) : status;
}

void shop_close(struct shop *s)
{
    if (s->ops)
        s->ops->close(s->channel);
    json_decref(s->secrets);
}

struct telling {
    const char *plugin;
    void (*tell)(const struct check *, void *);
    void *user;
};

static void on_check(const struct check *check, void *user)
{
    const struct telling *t = user;
    struct check named = *check;
    text_format(named.title, sizeof named.title, "%s: %s", t->plugin, check->title);
    t->tell(&named, t->user);
}

/* The service itself tests its shop, when it runs: with its user, from its place. False: it does not, or does not know
 * the plugin. */
static bool check_by_daemon(const struct ctl *c, struct telling *t, enum check_result *worst)
{
    json_t *answer = talk_ask(c, json_pack("{s:s,s:s}", "do", "test", "plugin", t->plugin), NULL),
           *item;
    const json_t *list = json_object_get(answer, "checks");
    size_t i;
    *worst = CHECK_SKIPPED;
    json_array_foreach (list, i, item) {
        struct check check;
        check_from_json(&check, item);
        on_check(&check, t);
        if (*worst == CHECK_SKIPPED || check.result == CHECK_FAIL ||
            (check.result == CHECK_WARN && *worst == CHECK_OK))
            *worst = check.result;
    }
    bool told = json_array_size(list) > 0;
    json_decref(answer);
    return told;
}

enum check_result shop_check(const struct ctl *c, const struct config *config, const json_t *plugin,
                             void (*tell)(const struct check *, void *), void *user)
{
    struct shop s = {.ops = NULL};
    struct error e = {0};
    struct telling t = {json_text(plugin, "id", ""), tell, user};
    enum check_result worst = CHECK_SKIPPED;
    const struct channel_ops *ops;
    if (opening_find(plugin, &ops, NULL) == STATUS_OK && !ops->check)
        return CHECK_SKIPPED;
    if (check_by_daemon(c, &t, &worst))
        return worst;
    if (shop_open(&s, c, config, plugin, &e) == STATUS_OK) {
        worst = s.ops->check(s.channel, on_check, &t);
    } else {
        struct check k = {.code = "shop.settings", .title = "Settings"};
        worst = k.result = check_failed(&k, &e);
        on_check(&k, &t);
    }
    shop_close(&s);
    return worst;
}
