#include "channel/prestashop_create.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/prestashop_goods.h"
#include "channel/prestashop_value.h"
#include "os/clock.h"

#define REFERENCE_MAX 64
#define AGAIN_MS      900000 /* how long to wait after a fault of the shop with one product */

static const struct prestashop_resource languages = {"languages", "language"};

bool prestashop_create_findable(const char *reference)
{
    size_t length = strlen(reference);
    return length > 0 && length <= REFERENCE_MAX && !strpbrk(reference, "[]|,%<>;={}\"\\&#") &&
           reference[strspn(reference, " \t")];
}

void prestashop_create_link(char *target, size_t size, const char *name)
{
    static const struct {
        const char *letter, plain;
    } letters[] = {{"ą", 'a'}, {"ć", 'c'}, {"ę", 'e'}, {"ł", 'l'}, {"ń", 'n'},
                   {"ó", 'o'}, {"ś", 's'}, {"ź", 'z'}, {"ż", 'z'}};
    struct buf small;
    size_t used = 0;
    buf_init(&small, 4096);
    text_case(&small, name, strlen(name), false);
    for (const char *s = buf_text(&small); *s && used + 2 < size; s++) {
        char letter = (*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') ? *s : '-';
        for (size_t i = 0; i < COUNT_OF(letters); i++) {
            if (text_starts(s, letters[i].letter)) {
                letter = letters[i].plain;
                s++; /* all of them have two bytes */
                break;
            }
        }
        if (letter != '-' || (used > 0 && target[used - 1] != '-'))
            target[used++] = letter;
    }
    while (used > 0 && target[used - 1] == '-')
        used--;
    target[used] = '\0';
    if (!used)
        text_copy(target, size, "p");
    buf_free(&small);
}

static enum status tell(const struct prestashop_creating *c, enum channel_result result,
                        const struct error *why)
{
    c->answer(c->user, c->index, result, NULL, NULL,
              result == CHANNEL_LATER ? clock_wall_ms() + AGAIN_MS : 0, why);
    return STATUS_OK;
}

/* Add products or combinations with this reference to found: {"7": …} or {"7/12": …}. */
static enum status find_among(const struct prestashop_creating *c,
                              const struct prestashop_resource *r, json_t *found, struct error *e)
{
    const char *reference = json_text(c->data, "sku", "");
    bool combinations = r == &prestashop_rows_combinations;
    struct buf query;
    json_t *rows, *row;
    size_t i;
    buf_init(&query, 4096);
    buf_printf(&query, "display=%%5Bid%%2Creference%s%%5D&filter%%5Breference%%5D=%%5B",
               combinations ? "%2Cid_product" : "");
    text_percent(&query, reference);
    buf_add_text(&query, "%5D");
    enum status status =
        prestashop_rows_get(c->p, r, buf_text(&query), &rows, c->retry_after_ms, e);
    buf_free(&query);
    if (status != STATUS_OK)
        return status;
    json_array_foreach (rows, i, row) {
        char item[CHANNEL_ID];
        struct prestashop_id id = {prestashop_rows_number(row, combinations ? "id_product" : "id"),
                                   combinations ? prestashop_rows_number(row, "id") : 0};
        prestashop_goods_name(&id, item);
        if (prestashop_value_same(prestashop_rows_text(row, "reference"), reference))
            json_object_set_new(found, item, json_true());
    }
    json_decref(rows);
    return STATUS_OK;
}

/* Does it exist already, once or more often? Then this has answered. END: no. */
static enum status find(const struct prestashop_creating *c, struct error *e)
{
    struct error why;
    json_t *found = json_object();
    enum status status = find_among(c, &prestashop_rows_products, found, e);
    if (status == STATUS_OK)
        status = find_among(c, &prestashop_rows_combinations, found, e);
    void *one = json_object_iter(found), *two = one ? json_object_iter_next(found, one) : NULL;
    if (status == STATUS_OK && two) {
        error_set(&why, STATUS_REFUSED, "shop_ambiguous",
                  "the shop has the SKU \"%.100s\" %zu times: products %s and %s",
                  json_text(c->data, "sku", ""), json_object_size(found), json_object_iter_key(one),
                  json_object_iter_key(two));
        tell(c, CHANNEL_AMBIGUOUS, &why);
    } else if (status == STATUS_OK && one) {
        c->answer(c->user, c->index, CHANNEL_SENT, NULL, json_object_iter_key(one), 0, NULL);
    } else if (status == STATUS_OK) {
        status = STATUS_END;
    }
    json_decref(found);
    return status;
}

/* A text in all languages of the shop: the shop refuses a product that lacks one. */
static json_t *in_all(const json_t *rows, const char *text)
{
    json_t *value = json_object(), *list = json_array();
    const json_t *row;
    size_t i;
    json_array_foreach (rows, i, row) {
        json_t *one = json_object();
        json_set_text(one, "@id", prestashop_rows_text(row, "id"));
        json_set_text(one, "#", text);
        json_array_append_new(list, one);
    }
    json_object_set_new(value, "language", list);
    return value;
}

static json_t *product_of(const struct prestashop_creating *c, const json_t *rows,
                          const char *group)
{
    char link[120];
    const json_t *settings = c->p->place->settings;
    const char *name = json_text(c->data, "name", ""), *ean = json_text(c->data, "ean", ""),
               *category = json_text(settings, "category", "2");
    json_t *product = json_object();
    prestashop_create_link(link, sizeof link, name);
    json_set_text(product, "id_category_default", category);
    json_set_text(product, "id_tax_rules_group", group);
    json_set_text(product, "reference", json_text(c->data, "sku", ""));
    if (*ean)
        json_set_text(product, "ean13", ean);
    json_set_text(product, "state", "1");  /* without it the product exists but nobody sees it */
    json_set_text(product, "active", "0"); /* it has no price yet: it would be sold for nothing */
    json_set_text(product, "price", "0.00");
    json_object_set_new(product, "name", in_all(rows, name));
    json_object_set_new(product, "link_rewrite", in_all(rows, link));
    json_object_set_new(product, "associations",
                        json_pack("{s:{s:{s:s}}}", "categories", "category", "id", category));
    return product;
}

/* Handle the answer to the POST. Whatever it was, search whether the product exists. */
static enum status after(const struct prestashop_creating *c, enum status status,
                         const struct error *why, struct error *e)
{
    int64_t retry = *c->retry_after_ms;
    bool unclear = status == STATUS_OK || prestashop_http_unclear(status, why);
    enum status found = unclear ? find(c, e) : STATUS_END;
    if (found == STATUS_OK)
        return STATUS_OK;
    if (found == STATUS_END && text_equal(why->code, "shop_error"))
        return tell(c, CHANNEL_LATER, why);
    if (status == STATUS_REFUSED)
        return tell(c, CHANNEL_REFUSED, why);
    *c->retry_after_ms = retry;
    if (status == STATUS_OK)
        return found == STATUS_END ? error_set(e, STATUS_UNREACHABLE, "shop_answer",
                                               "the shop made a product and does not show it")
                                   : found;
    if (e)
        *e = *why;
    return status;
}

static enum status make(const struct prestashop_creating *c, const char *group, struct error *e)
{
    struct error why = {0};
    json_t *rows, *answer = NULL, *body;
    enum status status =
        prestashop_rows_get(c->p, &languages, "display=full", &rows, c->retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    body = json_object();
    json_object_set_new(body, "product", product_of(c, rows, group));
    struct prestashop_call call = {.method = "POST", .path = "/products", .body = body};
    status = prestashop_http_call(c->p, &call, &answer, c->retry_after_ms, &why);
    json_decref(answer);
    json_decref(body);
    json_decref(rows);
    return after(c, status, &why, e);
}

enum status prestashop_create(const struct prestashop_creating *c, struct error *e)
{
    const json_t *settings = c->p->place->settings;
    const char *sku = json_text(c->data, "sku", ""), *rate = json_text(c->data, "vat_rate", ""),
               *group = json_text(json_object_get(settings, "tax_groups"), rate, "");
    struct error why = {0};
    if (text_equal(json_text(settings, "create", "off"), "off")) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                  "%.200s: the shop does not have it, and new products are not made (create)",
                  *sku ? sku : c->r->key);
        return tell(c, CHANNEL_UNKNOWN, &why);
    }
    if (!prestashop_create_findable(sku) || !*json_text(c->data, "name", "")) {
        error_set(&why, STATUS_REFUSED, "shop_sku",
                  "the shop would not take or find the SKU \"%.100s\", or the product has no name",
                  sku);
        return tell(c, CHANNEL_REFUSED, &why);
    }
    if (!*group) {
        error_set(&why, STATUS_REFUSED, "shop_tax_class",
                  "%.200s: the shop's group of taxes for the VAT rate \"%.20s\" is not said "
                  "(tax_groups)",
                  sku, rate);
        return tell(c, CHANNEL_REFUSED, &why);
    }
    enum status status = find(c, e);
    return status == STATUS_END ? make(c, group, e) : status;
}
