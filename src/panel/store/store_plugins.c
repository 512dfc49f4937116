#include "panel/store/store_plugins.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "config/plugin.h"
#include "os/clock.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_sql.h"

enum status store_plugin_put(struct store *s, const char *endpoint, const char *id, json_t *plugin,
                             bool add, struct error *e)
{
    char now[CLOCK_TEXT];
    enum status status = plugin_validate(plugin, e);
    if (status != STATUS_OK)
        return status;
    const char *enabled = json_flag(plugin, "enabled", true) ? "1" : "0";
    char *text = json_dumps(plugin, JSON_COMPACT);
    int changed = 0;
    clock_format(now, clock_wall_ms());
    status = store_begin(s, e);
    if (status == STATUS_OK) {
        const char *values[] = {id, endpoint, enabled, text};
        status = store_run(
            s,
            add ? "INSERT INTO plugins(id,endpoint_id,enabled,version,scenario) VALUES(?1,?2,"
                  "CAST(?3 AS INTEGER),1,?4)"
                : "UPDATE plugins SET enabled=CAST(?3 AS INTEGER),version=version+1,scenario=?4 "
                  "WHERE id=?1 AND endpoint_id=?2",
            values, 4, &changed, e);
    }
    if (status == STATUS_EXISTS)
        error_set(e, status, "plugin_exists", "there is a plugin %s already (or no such endpoint)",
                  id);
    if (status == STATUS_OK && !changed)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin %s", id);
    if (status == STATUS_OK)
        status = store_run(
            s, "INSERT INTO plugin_versions SELECT id,version,scenario,?2 FROM plugins WHERE id=?1",
            (const char *[]){id, now}, 2, NULL, e);
    if (status == STATUS_OK)
        status = store_rev_raise(s, endpoint, e);
    status = store_end(s, status, e);
    free(text);
    return status;
}

enum status store_plugin_enable(struct store *s, const char *id, bool on, struct error *e)
{
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    json_t *row = store_first(s, "SELECT endpoint_id FROM plugins WHERE id=?", &id, 1, &status, e);
    if (status == STATUS_OK && !row)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin %s", id);
    if (status == STATUS_OK)
        status = store_run(s, "UPDATE plugins SET enabled=CAST(?2 AS INTEGER) WHERE id=?1",
                           (const char *[]){id, on ? "1" : "0"}, 2, NULL, e);
    if (status == STATUS_OK)
        status = store_rev_raise(s, json_text(row, "endpoint_id", ""), e);
    json_decref(row);
    return store_end(s, status, e);
}

enum status store_plugin_endpoint(struct store *s, const char *id, char endpoint[CRYPTO_ID_TEXT],
                                  struct error *e)
{
    enum status status;
    json_t *row = store_first(s, "SELECT endpoint_id FROM plugins WHERE id=?", &id, 1, &status, e);
    text_copy(endpoint, CRYPTO_ID_TEXT, json_text(row, "endpoint_id", ""));
    if (status == STATUS_OK && !row)
        status = error_set(e, STATUS_NOT_FOUND, "plugin_unknown", "there is no plugin %s", id);
    json_decref(row);
    return status;
}

enum status store_plugins_list(struct store *s, json_t **plugins, struct error *e)
{
    json_t *row;
    size_t i;
    enum status status = store_list(s,
                                    "SELECT id,endpoint_id,json_extract(scenario,'$.kind') AS "
                                    "kind,enabled,version,acked,scenario FROM plugins ORDER BY id",
                                    NULL, 0, plugins, e);
    json_array_foreach (*plugins, i, row)
        store_flag(row, "enabled");
    return status;
}

enum status store_plugins_of_kind(struct store *s, const char *kind, json_t **ids, struct error *e)
{
    return store_list(s, "SELECT id FROM plugins WHERE json_extract(scenario,'$.kind')=?1", &kind,
                      1, ids, e);
}
