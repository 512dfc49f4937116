#include "channel/baselinker_lookup.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/loose.h"

static json_t *add_row(json_t *rows, const char *id, const char *name)
{
    json_t *row = json_object();
    json_set_text(row, "id", id);
    json_set_text(row, "name", name);
    json_array_append_new(rows, row);
    return row;
}

static void add_inventories(const json_t *answer, json_t *rows)
{
    json_t *list = loose_list(answer, "inventories"), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        json_t *row = add_row(rows, loose_text(item, "inventory_id"), loose_text(item, "name"));
        json_t *warehouses = loose_list(item, "warehouses"),
               *groups = loose_list(item, "price_groups");
        json_object_set_new(row, "warehouses", warehouses);
        json_object_set_new(row, "price_groups", groups);
        json_set_flag(row, "reservations", loose_flag(item, "reservations"));
    }
    json_decref(list);
}

static void add_warehouses(const json_t *answer, json_t *rows)
{
    json_t *list = loose_list(answer, "warehouses"), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        char id[BASELINKER_PLACE];
        text_format(id, sizeof id, "%.20s_%.30s", loose_text(item, "warehouse_type"),
                    loose_text(item, "warehouse_id"));
        json_t *row = add_row(rows, id, loose_text(item, "name"));
        json_set_flag(row, "writable", baselinker_shop_writable(id));
    }
    json_decref(list);
}

static void add_price_groups(const json_t *answer, json_t *rows)
{
    json_t *list = loose_list(answer, "price_groups"), *item;
    size_t i;
    json_array_foreach (list, i, item) {
        json_t *row = add_row(rows, loose_text(item, "price_group_id"), loose_text(item, "name"));
        json_set_text(row, "currency", loose_text(item, "currency"));
    }
    json_decref(list);
}

static void add_statuses(const json_t *answer, json_t *rows)
{
    json_t *list = loose_list(answer, "statuses"), *item;
    size_t i;
    json_array_foreach (list, i, item)
        add_row(rows, loose_text(item, "id"), loose_text(item, "name"));
    json_decref(list);
}

/* {"allegro": {"7341": "name"}, "personal": []} */
static void add_sources(const json_t *answer, json_t *rows)
{
    const char *kind, *account;
    json_t *accounts, *name;
    json_object_foreach (loose_object(answer, "sources"), kind, accounts)
        json_object_foreach (accounts, account, name) {
            char id[160];
            text_format(id, sizeof id, "%.100s/%.50s", kind, account);
            add_row(rows, id, loose_value(name));
        }
}

static void add_extra_fields(const json_t *answer, json_t *rows)
{
    json_t *list = loose_list(answer, "extra_fields"), *item;
    size_t i;
    add_row(rows, "extra_field_1", "extra_field_1");
    add_row(rows, "extra_field_2", "extra_field_2");
    json_array_foreach (list, i, item) {
        json_t *row = add_row(rows, loose_text(item, "extra_field_id"), loose_text(item, "name"));
        json_set_text(row, "editor", loose_text(item, "editor_type"));
    }
    json_decref(list);
}

static const struct {
    const char *list, *method;
    void (*add)(const json_t *answer, json_t *rows);
} lists[] = {
    {"inventories", "getInventories", add_inventories},
    {"warehouses", "getInventoryWarehouses", add_warehouses},
    {"price-groups", "getInventoryPriceGroups", add_price_groups},
    {"statuses", "getOrderStatusList", add_statuses},
    {"sources", "getOrderSources", add_sources},
    {"extra-fields", "getOrderExtraFields", add_extra_fields},
};

enum status baselinker_lookup(struct baselinker_shop *s, const char *list, json_t **rows,
                              int64_t *retry_after_ms, struct error *e)
{
    json_t *answer = NULL;
    *rows = NULL;
    *retry_after_ms = -1;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        if (!text_equal(lists[i].list, list))
            continue;
        enum status status =
            baselinker_call(&s->link, lists[i].method, "{}", &answer, retry_after_ms, e);
        if (status != STATUS_OK)
            return status;
        *rows = json_array();
        lists[i].add(answer, *rows);
        json_decref(answer);
        return STATUS_OK;
    }
    return error_set(e, STATUS_NOT_FOUND, "channel_no_list", "BaseLinker has no list \"%.60s\"",
                     list);
}

const json_t *baselinker_lookup_find(const json_t *rows, const char *id)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        if (text_equal(json_text(row, "id", ""), id))
            return row;
    return NULL;
}
