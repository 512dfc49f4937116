#include "config/plugin_file.h"

#include "config/internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "config/plugin.h"

#define DEPTH_MAX 8

/* Any libconfig value as JSON; floats are refused, because no setting is one. */
static json_t *to_json(const config_setting_t *s, struct faults *f, int depth)
{
    int type = config_setting_type(s);
    int line = (int)config_setting_source_line(s);
    if (depth > DEPTH_MAX) {
        fault_add(f, line, "plugins", false, "the plugin's settings are nested too deeply");
        return json_null();
    }
    switch (type) {
    case CONFIG_TYPE_INT: return json_integer(config_setting_get_int(s));
    case CONFIG_TYPE_INT64: return json_integer(config_setting_get_int64(s));
    case CONFIG_TYPE_BOOL: return json_boolean(config_setting_get_bool(s));
    case CONFIG_TYPE_STRING: {
        json_t *text = json_string(config_setting_get_string(s));
        if (!text)
            fault_add(f, line, "plugins", false, "the text is not valid UTF-8");
        return text ? text : json_null();
    }
    case CONFIG_TYPE_FLOAT:
        fault_add(f, line, "plugins", false,
                  "%s is a floating point number; write exact numbers as texts, \"12.34\"",
                  config_setting_name(s) ? config_setting_name(s) : "a value");
        return json_null();
    default: break;
    }
    json_t *made = type == CONFIG_TYPE_GROUP ? json_object() : json_array();
    for (int i = 0; i < config_setting_length(s); i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
        json_t *value = to_json(member, f, depth + 1);
        if (type == CONFIG_TYPE_GROUP)
            json_object_set_new(made, config_setting_name(member), value);
        else
            json_array_append_new(made, value);
    }
    return made;
}

/* The panel counts a scenario's versions. For a plugin in the file the options themselves make its
 * version, so that another choice of warehouses counts as a change. */
static int64_t version_of(const json_t *options)
{
    uint8_t hash[CRYPTO_HASH];
    int64_t version = 0;
    char *text = json_dumps(options, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    crypto_sha256(text ? text : "", text ? strlen(text) : 0, hash);
    free(text);
    for (int i = 0; i < 6; i++)
        version = version << 8 | hash[i];
    return version + 1;
}

json_t *plugin_file_read(const config_setting_t *list, struct faults *f)
{
    json_t *plugins = json_array();
    if (!config_setting_is_list(list)) {
        fault_add(f, (int)config_setting_source_line(list), "plugins", false,
                  "plugins must be a list of groups: plugins = ( { id = …; }, … );");
        return plugins;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
        int line = (int)config_setting_source_line(s);
        json_t *plugin = to_json(s, f, 0);
        if (json_is_object(plugin)) {
            if (!json_object_get(plugin, "enabled"))
                json_object_set_new(plugin, "enabled", json_true());
            if (!json_object_get(plugin, "options"))
                json_object_set_new(plugin, "options", json_object());
            if (!json_object_get(plugin, "scenario_version"))
                json_set_number(plugin, "scenario_version",
                                version_of(json_object_get(plugin, "options")));
            if (!json_object_get(plugin, "name"))
                json_set_text(plugin, "name", json_text(plugin, "id", ""));
        }
        struct error e = {0};
        if (plugin_validate(plugin, &e) != STATUS_OK)
            fault_add(f, line, "plugins", false, "%-s", error_said(&e));
        for (size_t j = 0; j < json_array_size(plugins); j++)
            if (text_equal(json_text(json_array_get(plugins, j), "id", ""),
                           json_text(plugin, "id", NULL)))
                fault_add(f, line, "plugins", false, "the plugin id \"%s\" is used twice",
                          json_text(plugin, "id", ""));
        json_array_append_new(plugins, plugin);
    }
    return plugins;
}
