#include "config/plugin.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/channel_types.h"
#include "config/options.h"
#include "config/schedule.h"
#include "model/kind.h"

#define PERIOD_MIN_MS 200
#define HOURS_MAX     24

static bool id_ok(const char *id)
{
    size_t length =
        id ? strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") : 0;
    return length > 0 && length <= 64 && id[length] == '\0';
}

static enum status bad(struct error *e, const char *id, const char *member, const json_t *value,
                       const char *expected)
{
    char *shown = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    enum status status = shown ? error_set(e, STATUS_INVALID, "plugin_invalid",
                                           "plugin %s: %s is %.80s, expected %-s",
                                           id_ok(id) ? id : "?", member, shown, expected)
                               : error_set(e, STATUS_INVALID, "plugin_invalid",
                                           "plugin %s: %s is missing, expected %-s",
                                           id_ok(id) ? id : "?", member, expected);
    free(shown);
    return status;
}

static enum status bad_kind(struct error *e, const char *id, const json_t *kind)
{
    char expected[1200];
    struct buf list;
    buf_init(&list, 1000);
    kind_list(&list);
    said_format(expected, sizeof expected, "one of %s", buf_text(&list));
    enum status status = bad(e, id, "kind", kind, expected);
    buf_free(&list);
    return status;
}

static enum status validate_schedule(const char *id, const json_t *schedule, struct error *e)
{
    if (!json_is_object(schedule))
        return bad(e, id, "schedule", schedule, N_("an object with \"every\" or \"manual\""));
    if (json_is_true(json_object_get(schedule, "manual")))
        return STATUS_OK;
    const json_t *every = json_object_get(schedule, "every");
    int64_t ms;
    if (!json_is_string(every) || !text_to_duration(json_string_value(every), &ms) ||
        ms < PERIOD_MIN_MS || ms > INT64_C(7) * 86400000)
        return bad(e, id, "schedule.every", every,
                   N_("a time like \"60s\" or \"5min\", at most 7d"));
    const json_t *hours = json_object_get(schedule, "hours");
    size_t i;
    json_t *item;
    if (hours) {
        if (!json_is_array(hours) || json_array_size(hours) > HOURS_MAX)
            return bad(e, id, "schedule.hours", hours, "a list like [\"07:00-19:00\"]");
        json_array_foreach (hours, i, item) {
            int from, to;
            if (!schedule_hours(json_string_value(item), &from, &to))
                return bad(e, id, "schedule.hours", item, "hours like \"07:00-19:00\"");
        }
    }
    const json_t *days = json_object_get(schedule, "weekdays");
    if (days) {
        if (!json_is_array(days) || json_array_size(days) > 7 || json_array_size(days) == 0)
            return bad(e, id, "schedule.weekdays", days, N_("a list of 1 (Monday) to 7 (Sunday)"));
        json_array_foreach (days, i, item) {
            json_int_t day = json_integer_value(item);
            if (!json_is_integer(item) || day < 1 || day > 7)
                return bad(e, id, "schedule.weekdays", item, N_("1 (Monday) to 7 (Sunday)"));
        }
    }
    return STATUS_OK;
}

enum status plugin_validate(const json_t *plugin, struct error *e)
{
    if (!json_is_object(plugin))
        return bad(e, NULL, "the plugin", plugin, "an object");
    const char *id = json_text(plugin, "id", NULL);
    const json_t *kind = json_object_get(plugin, "kind");
    const json_t *options = json_object_get(plugin, "options");
    if (!id_ok(id))
        return bad(e, NULL, "id", json_object_get(plugin, "id"),
                   N_("1 to 64 letters, digits, '-' or '_'"));
    if (!kind_find(json_string_value(kind)))
        return bad_kind(e, id, kind);
    const json_t *name = json_object_get(plugin, "name");
    if (name && (!json_is_string(name) || json_string_length(name) > 200))
        return bad(e, id, "name", name, N_("a text of at most 200 bytes"));
    const json_t *enabled = json_object_get(plugin, "enabled");
    if (enabled && !json_is_boolean(enabled))
        return bad(e, id, "enabled", enabled, "true or false");
    const json_t *channel = json_object_get(plugin, "channel");
    if (!json_is_string(json_object_get(channel, "type")))
        return bad(e, id, "channel", channel, N_("an object with a \"type\", such as \"panel\""));
    if (options && !json_is_object(options))
        return bad(e, id, "options", options, "an object");
    enum status status = channel_type_validate(id, json_string_value(kind), channel, e);
    if (status == STATUS_OK)
        status = options_validate(id, json_string_value(kind), options, e);
    if (status == STATUS_OK)
        status = validate_schedule(id, json_object_get(plugin, "schedule"), e);
    return status;
}
