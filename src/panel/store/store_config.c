#include "panel/store/store_config.h"

#include "base/json.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_sql.h"

static enum status plugins_of(struct store *s, const char *endpoint, json_t **plugins,
                              struct error *e)
{
    json_t *rows = NULL, *row;
    size_t i;
    *plugins = NULL;
    enum status status = store_list(
        s, "SELECT id,enabled,version,scenario FROM plugins WHERE endpoint_id=? ORDER BY id",
        &endpoint, 1, &rows, e);
    if (status != STATUS_OK)
        return status;
    *plugins = json_array();
    json_array_foreach (rows, i, row) {
        json_t *plugin = store_parsed(row, "scenario");
        json_set_text(plugin, "id", json_text(row, "id", ""));
        json_set_flag(plugin, "enabled", json_number(row, "enabled", 0) != 0);
        json_set_number(plugin, "scenario_version", json_number(row, "version", 1));
        json_array_append_new(*plugins, plugin);
    }
    json_decref(rows);
    return STATUS_OK;
}

enum status store_config(struct store *s, const char *endpoint, json_t **config, int64_t *rev,
                         struct error *e)
{
    json_t *plugins = NULL, *commands = NULL;
    *config = NULL;
    enum status status = plugins_of(s, endpoint, &plugins, e);
    if (status == STATUS_OK)
        status = store_commands_open(s, endpoint, &commands, e);
    if (status == STATUS_OK) {
        *rev = store_rev(s, endpoint);
        *config = json_object();
        json_set_number(*config, "rev", *rev);
        json_object_set(*config, "plugins", plugins);
        json_object_set(*config, "commands", commands);
    }
    json_decref(plugins);
    json_decref(commands);
    return status;
}
