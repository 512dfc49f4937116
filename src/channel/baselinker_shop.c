#include "channel/baselinker_shop.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"

static bool is_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 20 && text[digits] == '\0';
}

/* "bl_123", "shop_15", "warehouse_9". */
static bool is_warehouse(const char *text)
{
    const char *line = strrchr(text, '_');
    return line && strlen(text) < BASELINKER_PLACE && is_number(line + 1) &&
           (text_starts(text, "bl_") || text_starts(text, "shop_") ||
            text_starts(text, "warehouse_"));
}

bool baselinker_shop_writable(const char *warehouse)
{
    return text_starts(warehouse, "bl_");
}

/* Does the ERP give one row a product? Then a setting may say where all the rows go. */
static bool is_one_warehouse(const json_t *options)
{
    return json_object_get(options, "sum_as") ||
           json_array_size(json_object_get(options, "warehouses")) == 1;
}

static bool is_one_level(const json_t *options)
{
    return json_array_size(json_object_get(options, "levels")) == 1;
}

/* The only value of a map of texts; "": none, or several. */
static const char *only_value(const json_t *map)
{
    const char *key, *only = "";
    json_t *value;
    json_object_foreach ((json_t *)map, key, value) {
        const char *text = json_string_value(value);
        if (*only && !text_equal(only, text))
            return "";
        only = text ? text : "";
    }
    return only;
}

static const char *stock_target(const struct baselinker_shop *s)
{
    const json_t *map = json_object_get(s->options, "warehouse_map");
    const char *sum = json_text(s->options, "sum_as", ""),
               *own = json_text(s->settings, "warehouse", "");
    const char *only = map ? only_value(map) : is_warehouse(sum) ? sum : own;
    return is_warehouse(only) ? only : "";
}

static const char *price_target(const struct baselinker_shop *s)
{
    const json_t *map = json_object_get(s->settings, "price_groups");
    return map ? only_value(map) : json_text(s->settings, "price_group", "");
}

enum status baselinker_shop_settings(struct baselinker_shop *s, struct error *e)
{
    const char *shop = json_text(s->settings, "shop", "");
    text_copy(s->inventory, sizeof s->inventory, json_text(s->settings, "inventory", ""));
    text_copy(s->account, sizeof s->account, shop);
    text_copy(s->target, sizeof s->target,
              s->kind == KIND_STOCK    ? stock_target(s)
              : s->kind == KIND_PRICES ? price_target(s)
                                       : "");
    if (s->kind != KIND_ORDERS && !is_number(s->inventory)) {
        error_set(e, STATUS_INVALID, "shop_settings",
                  "the channel's setting \"inventory\" is not the number of a catalogue");
        return error_remedy(e, "Set it to the number that BaseLinker's list of catalogues shows.");
    }
    return STATUS_OK;
}

static enum status nowhere(struct error *e, const char *erp)
{
    error_set(e, STATUS_INVALID, "shop_settings",
              "no setting says which BaseLinker warehouse has the stock of \"%.60s\"", erp);
    return error_remedy(
        e,
        "Give the scenario's option warehouse_map ({\"MAG\": \"bl_123\"}), or the channel's setting "
        "warehouse together with sum_as or exactly one of warehouses.");
}

enum status baselinker_shop_warehouse(const struct baselinker_shop *s, const json_t *data,
                                      char place[BASELINKER_PLACE], struct error *e)
{
    const char *given = json_text(data, "warehouse", ""),
               *own = json_text(s->settings, "warehouse", "");
    const char *chosen = is_warehouse(given)                                 ? given
                         : is_warehouse(own) && is_one_warehouse(s->options) ? own
                                                                             : NULL;
    *place = '\0';
    if (!chosen)
        return nowhere(e, given);
    if (!baselinker_shop_writable(chosen)) {
        error_set(e, STATUS_INVALID, "shop_settings",
                  "BaseLinker fills the warehouse %s by itself; nothing can be written into it",
                  chosen);
        return error_remedy(e, "Choose a warehouse of BaseLinker's own: its key begins with bl_.");
    }
    text_copy(place, BASELINKER_PLACE, chosen);
    return STATUS_OK;
}

enum status baselinker_shop_price_group(const struct baselinker_shop *s, const json_t *data,
                                        char place[BASELINKER_PLACE], struct error *e)
{
    const json_t *map = json_object_get(s->settings, "price_groups");
    const char *level = json_text(data, "level", ""),
               *own = json_text(s->settings, "price_group", "");
    const char *chosen = map ? json_text(map, level, "") : is_one_level(s->options) ? own : "";
    *place = '\0';
    if (!is_number(chosen) || strlen(chosen) >= BASELINKER_PLACE) {
        error_set(e, STATUS_INVALID, "shop_settings",
                  "no setting says which BaseLinker price group has the prices of level \"%.60s\"",
                  level);
        return error_remedy(
            e,
            "Give the channel's setting price_groups ({\"1\": \"105\"}), or price_group together with "
            "exactly one of the scenario's levels.");
    }
    text_copy(place, BASELINKER_PLACE, chosen);
    return STATUS_OK;
}
