#include "channel/woocommerce_create.h"

#include <inttypes.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/woocommerce_value.h"

#define SKU_MAX 100

struct creating {
    struct woocommerce *w;
    const struct channel_record *r;
    size_t index;
    const json_t *data;
    const char *sku;
    channel_answer *answer;
    void *user;
    int64_t *retry_after_ms;
};

bool woocommerce_create_findable(const char *sku)
{
    size_t length = strlen(sku);
    return length > 0 && length <= SKU_MAX && !strpbrk(sku, "<>%,&\"\\") &&
           sku[strspn(sku, " \t")] && !text_equal(sku, "0");
}

static enum status refuse(const struct creating *c, enum channel_result result,
                          const struct error *why)
{
    c->answer(c->user, c->index, result, NULL, NULL, 0, why);
    return STATUS_OK;
}

static enum status made(const struct creating *c, const json_t *product)
{
    char item[CHANNEL_ID];
    struct buf value;
    int64_t parent = woocommerce_http_number(product, "parent_id"),
            id = woocommerce_http_number(product, "id");
    buf_init(&value, CHANNEL_VALUE);
    bool said = woocommerce_value_shown(c->w, product, &value);
    if (parent > 0 && text_equal(woocommerce_http_text(product, "type"), "variation"))
        text_format(item, sizeof item, "%" PRId64 "/%" PRId64, parent, id);
    else
        text_format(item, sizeof item, "%" PRId64, id);
    c->answer(c->user, c->index, CHANNEL_SENT, said ? buf_text(&value) : NULL, item, 0, NULL);
    buf_free(&value);
    return STATUS_OK;
}

/* The products with this SKU: those in any state but the trash, or only those in the trash.
 * json_decref *found, an array. */
static enum status find(const struct creating *c, bool trash, json_t **found, struct error *e)
{
    struct buf path;
    json_t *rows = NULL, *row;
    size_t i;
    buf_init(&path, 4096);
    buf_printf(&path, "/products?orderby=id&order=asc&per_page=%d&" WOOCOMMERCE_FIELDS "%s&sku=",
               WOOCOMMERCE_PAGE, trash ? "&status=trash" : "");
    text_percent(&path, c->sku);
    enum status status = woocommerce_http_get(c->w, buf_text(&path), &rows, c->retry_after_ms, e);
    buf_free(&path);
    if (status != STATUS_OK)
        return status;
    *found = json_array();
    json_array_foreach (rows, i, row)
        if (woocommerce_value_same_sku(woocommerce_http_text(row, "sku"), c->sku))
            json_array_append(*found, row);
    json_decref(rows);
    return STATUS_OK;
}

/* Is it there already? END: no, it may be made. */
static enum status find_first(const struct creating *c, struct error *e)
{
    struct error why;
    json_t *found = NULL;
    enum status status = find(c, false, &found, e);
    if (status != STATUS_OK)
        return status;
    size_t count = json_array_size(found);
    if (count > 1) {
        error_set(&why, STATUS_REFUSED, "shop_ambiguous",
                  "%.200s: the shop has the SKU \"%.100s\" %zu times: products %lld and %lld",
                  c->sku, c->sku, count,
                  (long long)woocommerce_http_number(json_array_get(found, 0), "id"),
                  (long long)woocommerce_http_number(json_array_get(found, 1), "id"));
        refuse(c, CHANNEL_AMBIGUOUS, &why);
    } else if (count == 1) {
        made(c, json_array_get(found, 0));
    }
    json_decref(found);
    return count ? STATUS_OK : STATUS_END;
}

/* The tax class for the record's VAT rate. The shop silently replaces an unknown class by the
 * standard rate. */
static const char *tax_class(const struct creating *c)
{
    const char *rate = woocommerce_http_text(c->data, "vat_rate");
    const json_t *map = json_object_get(c->w->place->settings, "tax_classes");
    const char *class = json_string_value(json_object_get(map, rate));
    return class ? class : text_equal(rate, "23") && !json_object_size(map) ? "standard" : NULL;
}

static json_t *product_of(const struct creating *c, const char *create, const char *class)
{
    json_t *body = json_object();
    const char *ean = woocommerce_http_text(c->data, "ean");
    json_set_text(body, "type", "simple");
    json_set_text(body, "status", create);
    json_set_text(body, "sku", c->sku);
    json_set_text(body, "name", woocommerce_http_text(c->data, "name"));
    json_set_text(body, "tax_class", text_equal(class, "standard") ? "" : class);
    if (*ean)
        json_set_text(body, "global_unique_id", ean);
    return body;
}

/* The shop said no: the product exists after all, it is in the trash, or the shop has another
 * reason. */
static enum status not_made(const struct creating *c, const struct woocommerce_call *call,
                            struct error *why, struct error *e)
{
    json_t *found = NULL;
    enum status status;
    if (text_equal(call->code, "product_invalid_sku") ||
        text_equal(call->code, "woocommerce_rest_product_not_created")) {
        if ((status = find_first(c, e)) != STATUS_END)
            return status;
        if ((status = find(c, true, &found, e)) != STATUS_OK)
            return status;
        if (json_array_size(found))
            error_set(why, STATUS_REFUSED, "shop_trash",
                      "%.200s: the product with the SKU \"%.100s\" is in the shop's trash", c->sku,
                      c->sku);
        json_decref(found);
    }
    why->status = STATUS_REFUSED;
    return refuse(c, CHANNEL_REFUSED, why);
}

/* There is no usable answer, so nobody knows whether the product was made: search for it. */
static enum status look_after(const struct creating *c, enum status status, const struct error *why,
                              struct error *e)
{
    int64_t retry = *c->retry_after_ms;
    if (woocommerce_http_unclear(status, why) && find_first(c, NULL) == STATUS_OK)
        return STATUS_OK;
    *c->retry_after_ms = retry;
    if (e)
        *e = *why;
    return status;
}

static enum status make(const struct creating *c, const char *create, const char *class,
                        struct error *e)
{
    struct error why = {0};
    json_t *answer = NULL;
    json_t *body = product_of(c, create, class);
    struct woocommerce_call call = {.method = "POST", .path = "/products", .body = body};
    enum status status = woocommerce_http_call(c->w, &call, &answer, c->retry_after_ms, &why);
    if (status == STATUS_OK &&
        woocommerce_value_same_sku(woocommerce_http_text(answer, "sku"), c->sku))
        made(c, answer);
    else if (status == STATUS_OK)
        status = look_after(c,
                            error_set(&why, STATUS_UNREACHABLE, "shop_answer",
                                      "the shop's answer to a new product does not match what was "
                                      "sent"),
                            &why, e);
    else if (status == STATUS_REFUSED)
        status = not_made(c, &call, &why, e);
    else
        status = look_after(c, status, &why, e);
    json_decref(call.problem);
    json_decref(answer);
    json_decref(body);
    return status;
}

enum status woocommerce_create(struct woocommerce *w, const struct channel_record *r, size_t index,
                               const json_t *data, channel_answer *answer, void *user,
                               int64_t *retry_after_ms, struct error *e)
{
    const struct creating c = {
        w, r, index, data, woocommerce_http_text(data, "sku"), answer, user, retry_after_ms};
    const char *create = json_text(w->place->settings, "create", "off"), *class = tax_class(&c);
    struct error why = {0};
    if (text_equal(create, "off")) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                  "%.200s: the shop does not have it, and new products are not made (create)",
                  *c.sku ? c.sku : r->key);
        return refuse(&c, CHANNEL_UNKNOWN, &why);
    }
    if (!woocommerce_create_findable(c.sku) || !*woocommerce_http_text(data, "name")) {
        error_set(&why, STATUS_REFUSED, "shop_sku",
                  "%.200s: the shop would change the SKU \"%.100s\", or the product has no name",
                  *c.sku ? c.sku : r->key, c.sku);
        return refuse(&c, CHANNEL_REFUSED, &why);
    }
    if (!class) {
        error_set(&why, STATUS_REFUSED, "shop_tax_class",
                  "%.200s: no setting names the shop's tax class for the VAT rate \"%.20s\" "
                  "(tax_classes)",
                  *c.sku ? c.sku : r->key, woocommerce_http_text(data, "vat_rate"));
        return refuse(&c, CHANNEL_REFUSED, &why);
    }
    enum status status = find_first(&c, e);
    return status == STATUS_END ? make(&c, create, class, e) : status;
}
