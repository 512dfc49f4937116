/* Plugins and their scenarios. */
#include "panel/cli/cmd_plugin.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "panel/store/store_plugins.h"

static int done_or(struct command_line *c, enum status status, const struct error *e,
                   const char *what)
{
    if (status == STATUS_NOT_FOUND)
        return command_missing(c, what, c->argv[0]);
    return status == STATUS_OK ? command_done(c, c->argv[0]) : command_failed(e);
}

static int plugin_add(struct command_line *c)
{
    struct error e = {0};
    char *endpoint = command_endpoint(c, c->endpoint);
    json_t *plugin = endpoint ? command_read_json(c->argv[0], 1 << 20) : NULL;
    int code = endpoint ? 1 : 3;
    if (plugin) {
        char id[CRYPTO_ID_TEXT];
        if (!json_object_get(plugin, "id")) {
            crypto_random_id(id);
            json_set_text(plugin, "id", id);
        }
        const char *name = json_text(plugin, "id", "");
        code = store_plugin_put(c->store, endpoint, name, plugin, true, &e) == STATUS_OK
                   ? 0
                   : command_failed(&e);
        if (code == 0 && c->json)
            command_print_json(json_pack("{s:s}", "id", name));
        else if (code == 0)
            puts(name);
    }
    json_decref(plugin);
    free(endpoint);
    return code;
}

static int put_again(struct command_line *c, const char *endpoint, json_t *plugin)
{
    struct error e = {0};
    json_set_text(plugin, "id", c->argv[0]);
    return store_plugin_put(c->store, endpoint, c->argv[0], plugin, false, &e) == STATUS_OK
               ? command_done(c, c->argv[0])
               : command_failed(&e);
}

static int plugin_edit(struct command_line *c)
{
    char endpoint[CRYPTO_ID_TEXT];
    if (!command_find_plugin(c, c->argv[0], endpoint))
        return 3;
    json_t *plugin = command_read_json(c->argv[1], 1 << 20);
    int code = plugin ? put_again(c, endpoint, plugin) : 1;
    json_decref(plugin);
    return code;
}

/* Enabling changes no scenario: its version stays. */
static int set_enabled(struct command_line *c, bool on)
{
    struct error e = {0};
    enum status status = store_plugin_enable(c->store, c->argv[0], on, &e);
    return done_or(c, status, &e, "plugin");
}

static int plugin_enable(struct command_line *c)
{
    return set_enabled(c, true);
}

static int plugin_disable(struct command_line *c)
{
    return set_enabled(c, false);
}

static int plugin_list(struct command_line *c)
{
    json_t *plugins = NULL;
    struct error e = {0};
    enum status status = store_plugins_list(c->store, &plugins, &e);
    return command_print_rows(c, status, plugins, &e,
                              (const char *[]){"id", "kind", "enabled", "version", "acked", NULL});
}

const struct command cmd_plugin[] = {
    {.words = "plugin add",
     .usage = "plugin add FILE|-",
     .line = "add a plugin to --endpoint ID; JSON",
     .options = {&command_endpoint_option},
     .min = 1,
     .max = 1,
     .run = plugin_add},
    {.words = "plugin edit",
     .usage = "plugin edit ID FILE|-",
     .line = "replace a plugin's scenario",
     .min = 2,
     .max = 2,
     .run = plugin_edit},
    {.words = "plugin enable",
     .usage = "plugin enable ID",
     .line = "let it run",
     .min = 1,
     .max = 1,
     .run = plugin_enable},
    {.words = "plugin disable",
     .usage = "plugin disable ID",
     .line = "stop it",
     .min = 1,
     .max = 1,
     .run = plugin_disable},
    {.words = "plugin list", .usage = "plugin list", .line = "the plugins", .run = plugin_list},
    {0},
};
