#include "channel/baselinker_products.h"

#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/baselinker_catalogue.h"
#include "channel/loose.h"
#include "model/decimal.h"
#include "model/gtin.h"
#include "model/vat.h"

#define LOOKED_AT 100 /* products whose data one call asks for */
#define SKU_MOST \
    50 /* characters, by the documentation of addInventoryProduct; the next two as well */
#define EAN_MOST  32
#define NAME_MOST 200

/* ---- VAT ----------------------------------------------------------------------------------------- */

/* Source: documentation of addInventoryProduct, tax_rate. */
static const struct {
    const char *vat, *rate;
} special[] = {{"zw", "-1"}, {"np", "-0.02"}, {"oo", "-0.03"}};

const char *baselinker_products_rate(const char *vat)
{
    const struct vat_rate *known = vat_find(vat);
    if (!known)
        return NULL;
    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (text_equal(special[i].vat, known->symbol))
            return special[i].rate;
    return known->symbol;
}

void baselinker_products_vat(const json_t *rate, char *target, size_t size)
{
    struct decimal d;
    char text[DECIMAL_TEXT];
    *target = '\0';
    if (!*loose_value(rate) || !loose_decimal_of(rate, &d))
        return;
    decimal_print(&d, text);
    text_copy(target, size, text);
    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (text_equal(special[i].rate, text))
            text_copy(target, size, special[i].vat);
}

/* ---- one product --------------------------------------------------------------------------------- */

struct sending {
    struct baselinker_shop *s;
    const struct channel_record *records;
    channel_answer *answer;
    void *user;
    json_t *shown; /* id → the shop's data of products that may need a change */
    int64_t *retry_after_ms;
};

static void tell(const struct sending *x, size_t index, enum channel_result result,
                 const char *item, const struct error *why)
{
    x->answer(x->user, index, result, NULL, item, -1, why);
}

static bool wants(const struct baselinker_shop *s, const char *field)
{
    const json_t *list = json_object_get(s->settings, "update");
    size_t i;
    json_t *word;
    json_array_foreach (list, i, word)
        if (text_equal(json_string_value(word), field))
            return true;
    return false;
}

static enum status too_long(struct error *e, const char *what, const char *text, int most)
{
    return error_set(e, STATUS_INVALID, "shop_value",
                     "the %s %.60s is longer than the %d characters that BaseLinker takes", what,
                     text, most);
}

/* The fields of a product to be made. INVALID: the shop has no place for one of them. */
static enum status fields_of(const json_t *data, json_t *fields, struct error *e)
{
    const char *sku = json_text(data, "sku", ""), *ean = json_text(data, "ean", ""),
               *name = json_text(data, "name", ""), *vat = json_text(data, "vat_rate", "");
    const char *rate = *vat ? baselinker_products_rate(vat) : "";
    if (!*sku)
        return error_set(e, STATUS_INVALID, "shop_value",
                         "the product has no SKU to find it again");
    if (text_points(sku, strlen(sku)) > SKU_MOST)
        return too_long(e, "SKU", sku, SKU_MOST);
    if (text_points(ean, strlen(ean)) > EAN_MOST)
        return too_long(e, "EAN", ean, EAN_MOST);
    if (text_points(name, strlen(name)) > NAME_MOST)
        return too_long(e, "name", name, NAME_MOST);
    if (!rate)
        return error_set(e, STATUS_INVALID, "shop_value", "BaseLinker has no VAT rate \"%.40s\"",
                         vat);
    json_set_text(fields, "sku", sku);
    if (*ean)
        json_set_text(fields, "ean", ean);
    if (*rate)
        json_set_text(fields, "tax_rate", rate);
    json_object_set_new(fields, "text_fields", json_pack("{s:s}", "name", *name ? name : sku));
    return STATUS_OK;
}

static enum status add_product(struct sending *x, json_t *fields, char item[CHANNEL_ID],
                               struct error *e)
{
    json_t *answer = NULL;
    json_set_text(fields, "inventory_id", x->s->inventory);
    enum status status = baselinker_call_json(&x->s->link, "addInventoryProduct", fields, &answer,
                                              x->retry_after_ms, e);
    if (status == STATUS_OK)
        text_copy(item, CHANNEL_ID, loose_text(answer, "product_id"));
    json_decref(answer);
    return status;
}

/* Products that the shop finds by this SKU. They are compared again here, because the shop's
 * comparison is not documented. */
struct found {
    const char *sku;
    size_t count;
    char ids[200]; /* "5, 17", for people */
    char first[CHANNEL_ID];
};

static void on_found(void *user, const struct channel_item *item)
{
    struct found *f = user;
    if (!text_equal_nocase(item->sku, f->sku))
        return;
    if (f->count++ == 0)
        text_copy(f->first, sizeof f->first, item->id);
    size_t length = strlen(f->ids);
    text_format(f->ids + length, sizeof f->ids - length, "%s%s", length ? ", " : "", item->id);
}

static enum status find(struct sending *x, const char *sku, struct found *f, struct error *e)
{
    json_t *answer = NULL;
    char first[CHANNEL_ID];
    *f = (struct found){.sku = sku};
    json_t *parameters = json_pack("{s:s,s:s,s:b}", "inventory_id", x->s->inventory, "filter_sku",
                                   sku, "include_variants", 1);
    enum status status = baselinker_call_json(&x->s->link, "getInventoryProductsList", parameters,
                                              &answer, x->retry_after_ms, e);
    if (status == STATUS_OK)
        baselinker_catalogue_items(x->s, answer, on_found, f, first);
    json_decref(answer);
    return status;
}

/* Find the product, or make it. */
static enum status create(struct sending *x, size_t index, const json_t *data, struct error *e)
{
    struct found f;
    struct error why = {0};
    char item[CHANNEL_ID] = "";
    json_t *fields = json_object();
    enum status status = fields_of(data, fields, &why);
    if (status == STATUS_OK)
        status = find(x, json_text(data, "sku", ""), &f, e);
    if (status == STATUS_OK && f.count == 0) {
        status = add_product(x, json_incref(fields), item, e);
        if (status == STATUS_OK)
            tell(x, index, CHANNEL_SENT, *item ? item : NULL, NULL);
    } else if (status == STATUS_OK && f.count == 1) {
        tell(x, index, CHANNEL_SAME, f.first, NULL);
    } else if (status == STATUS_OK) {
        error_set(&why, STATUS_INVALID, "shop_ambiguous",
                  "BaseLinker has %zu products with the SKU %.60s: %s", f.count, f.sku, f.ids);
        tell(x, index, CHANNEL_AMBIGUOUS, NULL, &why);
    }
    json_decref(fields);
    if (status == STATUS_INVALID || status == STATUS_REFUSED) {
        tell(x, index, CHANNEL_REFUSED, NULL, status == STATUS_REFUSED ? e : &why);
        return STATUS_OK;
    }
    return status;
}

/* Add to `fields` the wanted values that differ. */
static void compare(const struct sending *x, const json_t *data, const json_t *shown,
                    json_t *fields)
{
    const char *ean = json_text(data, "ean", ""), *name = json_text(data, "name", ""),
               *rate = baselinker_products_rate(json_text(data, "vat_rate", ""));
    const json_t *texts = loose_object(shown, "text_fields"),
                 *their_rate = json_object_get(shown, "tax_rate");
    const char *their_name =
        loose_text(texts ? texts : shown, "name"); /* a variant has its name beside its SKU */
    char vat[DECIMAL_TEXT];
    baselinker_products_vat(their_rate, vat, sizeof vat);
    if (wants(x->s, "ean") && *ean && !text_equal(ean, loose_text(shown, "ean")) &&
        !gtin_same(ean, loose_text(shown, "ean")))
        json_set_text(fields, "ean", ean);
    if (wants(x->s, "vat_rate") && rate && their_rate &&
        !text_equal_nocase(vat, json_text(data, "vat_rate", "")))
        json_set_text(fields, "tax_rate", rate);
    if (wants(x->s, "name") && *name && !text_equal(name, their_name))
        json_object_set_new(fields, "text_fields", json_pack("{s:s}", "name", name));
}

/* Update a product: send only the differences, and nothing if there are none. */
static enum status update(struct sending *x, size_t index, const json_t *data, struct error *e)
{
    const char *item = x->records[index].item, *id = baselinker_catalogue_id(item);
    const json_t *shown = json_object_get(x->shown, id);
    struct error why = {0};
    char made[CHANNEL_ID];
    if (!shown) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone", "BaseLinker has no product %.60s any more",
                  id);
        tell(x, index, CHANNEL_UNKNOWN, NULL, &why);
        return STATUS_OK;
    }
    json_t *all = json_object(), *fields = json_object();
    enum status status = fields_of(data, all, &why);
    json_decref(all);
    if (status == STATUS_OK)
        compare(x, data, shown, fields);
    if (status == STATUS_OK && json_object_size(fields)) {
        json_set_text(fields, "product_id", id);
        if (id != item) { /* a variant */
            char parent[CHANNEL_ID];
            text_copy(parent, sizeof parent, item);
            parent[strcspn(parent, "/")] = '\0';
            json_set_text(fields, "parent_id", parent);
        }
        status = add_product(x, json_incref(fields), made, e);
        if (status == STATUS_OK)
            tell(x, index, CHANNEL_SENT, NULL, NULL);
        else if (status == STATUS_REFUSED)
            why = *e;
    } else if (status == STATUS_OK) {
        tell(x, index, CHANNEL_SAME, NULL, NULL);
    }
    json_decref(fields);
    if (status == STATUS_INVALID || status == STATUS_REFUSED) {
        tell(x, index, CHANNEL_REFUSED, NULL, &why);
        return STATUS_OK;
    }
    return status;
}

/* ---- all of them --------------------------------------------------------------------------------- */

/* Read the shop's data of the next products, as many as one call gives; *until is the index after
 * them. */
static enum status look(struct sending *x, size_t from, size_t count, size_t *until,
                        struct error *e)
{
    json_t *ids = json_array(), *answer = NULL, *product, *variant;
    const char *key, *inner;
    size_t i = from;
    for (; i < count && json_array_size(ids) < LOOKED_AT; i++) {
        char id[CHANNEL_ID];
        if (!x->records[i].item)
            continue;
        text_copy(id, sizeof id, x->records[i].item);
        id[strcspn(id, "/")] = '\0'; /* a variant is inside its parent */
        json_array_append_new(ids, json_string(id));
    }
    *until = i;
    json_object_clear(x->shown);
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        return STATUS_OK;
    }
    json_t *parameters = json_pack("{s:s,s:o}", "inventory_id", x->s->inventory, "products", ids);
    enum status status = baselinker_call_json(&x->s->link, "getInventoryProductsData", parameters,
                                              &answer, x->retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    json_object_foreach (loose_object(answer, "products"), key, product) {
        json_object_set(x->shown, key, product);
        json_object_foreach (loose_object(product, "variants"), inner, variant)
            json_object_set(x->shown, inner, variant);
    }
    json_decref(answer);
    return STATUS_OK;
}

static enum status send_one(struct sending *x, size_t index, bool updates, struct error *e)
{
    const struct channel_record *r = &x->records[index];
    struct error why = {0};
    if (text_equal(r->op, "delete") || (r->item && !updates)) {
        tell(x, index, CHANNEL_SAME, NULL, NULL);
        return STATUS_OK;
    }
    if (!r->item && !text_equal(json_text(x->s->settings, "create", "off"), "on")) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                  "BaseLinker's catalogue has no such product");
        tell(x, index, CHANNEL_UNKNOWN, NULL, &why);
        return STATUS_OK;
    }
    json_t *data = json_parse(r->data, r->length, &why);
    if (!data) {
        tell(x, index, CHANNEL_REFUSED, NULL, &why);
        return STATUS_OK;
    }
    enum status status = r->item ? update(x, index, data, e) : create(x, index, data, e);
    json_decref(data);
    return status;
}

enum status baselinker_products_send(struct baselinker_shop *s,
                                     const struct channel_record *records, size_t count,
                                     channel_answer *answer, void *user, int64_t *retry_after_ms,
                                     struct error *e)
{
    bool updates = wants(s, "ean") || wants(s, "vat_rate") || wants(s, "name");
    struct error own = {0};
    struct sending x = {.s = s,
                        .records = records,
                        .answer = answer,
                        .user = user,
                        .retry_after_ms = retry_after_ms};
    enum status status = STATUS_OK;
    e = e ? e : &own;
    *retry_after_ms = -1;
    x.shown = json_object();
    for (size_t i = 0, looked = updates ? 0 : count; i < count && status == STATUS_OK; i++) {
        if (updates && i == looked)
            status = look(&x, i, count, &looked, e);
        if (status == STATUS_OK)
            status = send_one(&x, i, updates, e);
    }
    json_decref(x.shown);
    return status;
}
