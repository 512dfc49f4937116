#include "config/channel_types.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/channel_settings.h"
#include "config/sealed.h"
#include "model/kind.h"

static const char *const match_words[] = {"sku", "ean", NULL};

/* ---- settings that many types have ---- */

static const struct option_def of_catalogue[] = {
    {"match_in_shop", FOR_STOCK | FOR_PRICES | FOR_PRODUCTS, OPTION_CHOICE, "sku", 0, 0,
     match_words, NULL,
     N_("How to find the shop's products: by SKU or by EAN. It must contain what the option "
        "match sends.")},
    {0}};

static const struct option_def of_web[] = {
    {"ca", FOR_OUTWARD | FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("A file with the authority that signed the shop's certificate, for a shop with a "
        "self-made certificate.")},
    {0}};

/* ---- settings of each type ---- */

static const struct option_def of_panel[] = {
    {"shop", FOR_ORDERS, OPTION_TEXT, "", 0, 0, NULL, NULL,
     N_("A name to distinguish two shops of one account, whose orders may have the same ids.")},
    {0}};

#define ALL_KINDS (FOR_OUTWARD | FOR_ORDERS)

static const struct channel_type types[] = {
    {.name = "panel",
     .label = N_("Panel"),
     .kinds = ALL_KINDS,
     .is_lax = true, /* older panels may say more */
     .settings = of_panel},
    {.name = "baselinker",
     .label = "BaseLinker",
     .kinds = FOR_STOCK | FOR_PRICES | FOR_PRODUCTS | FOR_ORDERS,
     .has_catalogue = true,
     .is_web = true,
     .settings = channel_settings_baselinker},
    {.name = "file",
     .label = N_("Files"),
     .kinds = ALL_KINDS,
     .is_web = true,
     .settings = channel_settings_file},
    {.name = "prestashop",
     .label = "PrestaShop",
     .kinds = FOR_STOCK | FOR_PRICES | FOR_PRODUCTS | FOR_ORDERS | FOR_ORDER_STATES,
     .has_catalogue = true,
     .is_web = true,
     .settings = channel_settings_prestashop},
    {.name = "woocommerce",
     .label = "WooCommerce",
     .kinds = FOR_STOCK | FOR_PRICES | FOR_PRODUCTS | FOR_ORDERS | FOR_ORDER_STATES,
     .has_catalogue = true,
     .is_web = true,
     .settings = channel_settings_woocommerce},
};

const struct channel_type *channel_type_at(size_t index)
{
    return index < COUNT_OF(types) ? &types[index] : NULL;
}

const struct channel_type *channel_type_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(types); i++)
        if (text_equal(types[i].name, name))
            return &types[i];
    return NULL;
}

const struct option_def *channel_type_setting(const struct channel_type *t, size_t index)
{
    const struct option_def *const lists[] = {t->settings, t->has_catalogue ? of_catalogue : NULL,
                                              t->is_web ? of_web : NULL};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct option_def *o = lists[i]; o && o->name; o++)
            if (index-- == 0)
                return o;
    return NULL;
}

const struct option_def *channel_type_find_setting(const struct channel_type *t, const char *name)
{
    const struct option_def *o = NULL;
    for (size_t i = 0; (o = channel_type_setting(t, i)) != NULL; i++)
        if (text_equal(o->name, name))
            return o;
    return NULL;
}

/* ---- is a channel well-formed? ---- */

static unsigned kind_bit(const char *kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (text_equal(kind_at(i)->name, kind))
            return 1U << i;
    return 0;
}

static enum status no_such_type(const char *id, const char *name, struct error *e)
{
    struct buf list;
    buf_init(&list, 1000);
    for (size_t i = 0; i < COUNT_OF(types); i++)
        buf_printf(&list, "%s%s", i ? ", " : "", types[i].name);
    error_set(e, STATUS_INVALID, "channel_unknown",
              "plugin %s: there is no channel of type \"%.80s\"", id, name);
    enum status status = error_remedy(e, "There are: %s.", buf_text(&list));
    buf_free(&list);
    return status;
}

static enum status no_such_kind(const char *id, const char *kind, const struct channel_type *t,
                                struct error *e)
{
    struct buf list;
    buf_init(&list, 1000);
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (t->kinds & 1U << i)
            buf_printf(&list, "%s%s", list.length ? ", " : "", kind_at(i)->name);
    error_set(e, STATUS_INVALID, "channel_kind",
              "plugin %s: a channel of type %s does not carry %s", id, t->name, kind);
    enum status status = error_remedy(e, "It carries: %s.", buf_text(&list));
    buf_free(&list);
    return status;
}

static enum status no_such_setting(const char *id, const struct channel_type *t, unsigned bit,
                                   const char *name, struct error *e)
{
    const char *nearest = NULL;
    const struct option_def *o;
    size_t best = 4; /* further away than this is no misspelling */
    for (size_t i = 0; (o = channel_type_setting(t, i)) != NULL; i++) {
        size_t distance = o->kinds & bit ? text_distance(o->name, name) : best;
        if (distance < best) {
            best = distance;
            nearest = o->name;
        }
    }
    error_set(e, STATUS_INVALID, "plugin_invalid",
              "plugin %s: a channel of type %s has no setting \"%.60s\" for this kind", id, t->name,
              name);
    return nearest ? error_remedy(e, "Did you mean \"%s\"?", nearest)
                   : error_remedy(e, "`endpointctl channel list` shows the existing ones.");
}

static enum status bad_value(const char *id, const struct option_def *o, const json_t *value,
                             struct error *e)
{
    char wanted[OPTION_EXPECTED];
    if (o->type == OPTION_SECRET) { /* and it is not shown */
        error_set(e, STATUS_INVALID, "channel_secret",
                  "plugin %s: channel.%s is a secret and must not be in the scenario", id, o->name);
        return error_remedy(e,
                            "Remove it, make a new one in the shop, and type that with: "
                            "endpointctl channel set %s %s",
                            id, o->name);
    }
    char *shown = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    option_expected(o, wanted);
    enum status status =
        error_set(e, STATUS_INVALID, "plugin_invalid",
                  "plugin %s: channel.%s is %.80s, expected %-s", id, o->name, shown, wanted);
    free(shown);
    return status;
}

static enum status all_there(const char *id, const struct channel_type *t, unsigned bit,
                             const json_t *channel, struct error *e)
{
    const struct option_def *o;
    char wanted[OPTION_EXPECTED];
    for (size_t i = 0; (o = channel_type_setting(t, i)) != NULL; i++) {
        if (o->fallback || o->type == OPTION_SECRET || !(o->kinds & bit) ||
            json_object_get(channel, o->name))
            continue;
        option_expected(o, wanted);
        return error_set(e, STATUS_INVALID, "plugin_invalid",
                         "plugin %s: channel.%s is missing, expected %-s", id, o->name, wanted);
    }
    return STATUS_OK;
}

enum status channel_type_validate(const char *id, const char *kind, const json_t *channel,
                                  struct error *e)
{
    const char *type = json_text(channel, "type", ""), *name;
    const struct channel_type *t = channel_type_find(type);
    unsigned bit = kind_bit(kind);
    json_t *value;
    if (!t)
        return no_such_type(id, type, e);
    if (!(t->kinds & bit))
        return no_such_kind(id, kind, t, e);
    json_object_foreach ((json_t *)channel, name, value) {
        const struct option_def *o = channel_type_find_setting(t, name);
        if (t->is_lax || text_equal(name, "type"))
            continue;
        if (!o || !(o->kinds & bit))
            return no_such_setting(id, t, bit, name, e);
        if (!option_accepts(o, value))
            return bad_value(id, o, value, e);
    }
    return all_there(id, t, bit, channel, e);
}

/* ---- for those who show them ---- */

static json_t *kinds_of(const struct channel_type *t)
{
    json_t *list = json_array();
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (t->kinds & 1U << i)
            json_array_append_new(list, json_string(kind_at(i)->name));
    return list;
}

json_t *channel_types_describe(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const struct option_def *o;
        json_t *settings = json_array(), *row = json_object();
        for (size_t k = 0; (o = channel_type_setting(&types[i], k)) != NULL; k++)
            json_array_append_new(settings, option_describe(o));
        json_set_text(row, "name", types[i].name);
        json_set_text(row, "label", types[i].label);
        json_object_set_new(row, "kinds", kinds_of(&types[i]));
        json_object_set_new(row, "settings", settings);
        json_array_append_new(list, row);
    }
    return list;
}

void channel_type_print_mdoc(const struct channel_type *t, struct buf *b)
{
    const struct option_def *o;
    buf_add_text(b, ".Bl -tag -width Ds\n");
    for (size_t i = 0; (o = channel_type_setting(t, i)) != NULL; i++) {
        option_print_mdoc(o, b);
        buf_add_text(b, "For:");
        for (size_t k = 0, n = 0; k < KIND_COUNT; k++)
            if (t->kinds & o->kinds & 1U << k)
                buf_printf(b, "%s %s", n++ ? "," : "", kind_at(k)->name);
        buf_add_text(b, ".\n");
    }
    buf_add_text(b, ".El\n");
}

void channel_types_print_kinds(struct buf *b)
{
    buf_add_text(b, ".Bl -column \"order-states\"");
    for (size_t i = 0; i < COUNT_OF(types); i++)
        buf_printf(b, " \"%s\"", types[i].name);
    buf_add_text(b, "\n.It Em kind");
    for (size_t i = 0; i < COUNT_OF(types); i++)
        buf_printf(b, " Ta Em %s", types[i].name);
    for (size_t k = 0; k < KIND_COUNT; k++) {
        buf_printf(b, "\n.It %s", kind_at(k)->name);
        for (size_t i = 0; i < COUNT_OF(types); i++)
            buf_printf(b, " Ta %s", types[i].kinds & 1U << k ? "yes" : "\\(en");
    }
    buf_add_text(b, "\n.El\n");
}

/* ---- secrets ---- */

void channel_type_sealed_name(char *target, size_t size, const char *plugin, const char *setting)
{
    text_format(target, size, "channel/%s/%s", plugin, setting);
}

enum status channel_type_secrets(const char *state_dir, const json_t *plugin, json_t **secrets,
                                 struct error *e)
{
    const char *id = json_text(plugin, "id", "");
    const struct channel_type *t =
        channel_type_find(json_text(json_object_get(plugin, "channel"), "type", ""));
    const struct option_def *o;
    *secrets = json_object();
    for (size_t i = 0; t && (o = channel_type_setting(t, i)) != NULL; i++) {
        char name[200], value[CHANNEL_TYPE_SECRET + 1];
        if (o->type != OPTION_SECRET)
            continue;
        channel_type_sealed_name(name, sizeof name, id, o->name);
        enum status status = sealed_get(state_dir, name, value, sizeof value, e);
        if (status == STATUS_OK)
            json_set_text(*secrets, o->name, value);
        mem_wipe(value, sizeof value);
        if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
            json_decref(*secrets);
            *secrets = NULL;
            return status;
        }
    }
    return STATUS_OK;
}
