#include "channel/opening.h"

#include "base/json.h"
#include "base/text.h"

static enum status find_secret(void *user, const char *name, char *value, size_t size,
                               struct error *e)
{
    const struct opening *o = user;
    const char *secret = json_text(o->secrets, name, NULL), *id = json_text(o->plugin, "id", "");
    if (secret && text_copy(value, size, secret))
        return STATUS_OK;
    error_set(e, STATUS_NOT_FOUND, "channel_no_secret", "plugin %s: the shop's \"%s\" is not set",
              id, name);
    return error_remedy(e, "Make it in the shop, then: endpointctl channel set %s %s", id, name);
}

enum status opening_find(const json_t *plugin, const struct channel_ops **ops, struct error *e)
{
    const char *type = json_text(json_object_get(plugin, "channel"), "type", "panel");
    *ops = channel_find(type);
    return *ops ? STATUS_OK
                : error_set(e, STATUS_INVALID, "channel_unknown",
                            "plugin %s: there is no channel of type \"%.80s\"",
                            json_text(plugin, "id", ""), type);
}

enum status opening_open(struct opening *o, const struct channel_ops *ops, struct channel **channel,
                         struct error *e)
{
    const json_t *settings = json_object_get(o->plugin, "channel");
    /* The file with the panel's authority is for the panel only. */
    if (!text_equal(ops->type, "panel") &&
        !text_copy(o->http.ca_file, sizeof o->http.ca_file, json_text(settings, "ca", "")))
        return error_set(e, STATUS_INVALID, "path_long",
                         "the path of the shop's \"ca\" is too long");
    const struct channel_place place = {.plugin_id = json_text(o->plugin, "id", ""),
                                        .kind = json_text(o->plugin, "kind", ""),
                                        .settings = settings,
                                        .options = json_object_get(o->plugin, "options"),
                                        .state_dir = o->state_dir,
                                        .panel_url = o->panel_url,
                                        .incarnation = o->incarnation,
                                        .mark = o->mark,
                                        .http = &o->http,
                                        .cancel = o->cancel,
                                        .secret = find_secret,
                                        .secret_user = o,
                                        .alive = o->alive,
                                        .alive_user = o->alive_user};
    return ops->open(&place, channel, e);
}
