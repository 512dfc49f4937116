#include "channel/baselinker_send.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "channel/baselinker_catalogue.h"
#include "channel/loose.h"
#include "model/decimal.h"

#define LOOKED_AT  100 /* ids whose existence one call asks for */
#define CALLS_MOST 40  /* of one send: halving a refused batch must not use up the budget */
#define VALUE      64

/* A record that can be sent. */
struct change {
    size_t index;                 /* of the record */
    const char *item;             /* the record's */
    char place[BASELINKER_PLACE]; /* warehouse or price group */
    char value[VALUE];
    const char *warning; /* the shop's words about its product, while an answer is read */
};

struct sending {
    struct baselinker_shop *s;
    const struct channel_record *records;
    channel_answer *answer;
    void *user;
    struct change *changes;
    size_t count;
    bool judged; /* a call was refused, and the settings are in order */
    unsigned calls;
    int64_t *retry_after_ms;
};

static void tell(const struct sending *x, const struct change *c, enum channel_result result,
                 const struct error *why)
{
    x->answer(x->user, c->index, result, NULL, NULL, -1, why);
}

/* ---- records become changes ---------------------------------------------------------------------- */

/* The ERP no longer has it: its stock becomes 0. A price stays as it is. */
static enum status gone(const struct baselinker_shop *s, struct change *c)
{
    if (s->kind != KIND_STOCK || !s->target[0] || !c->item)
        return STATUS_END;
    text_copy(c->place, sizeof c->place, s->target);
    text_copy(c->value, sizeof c->value, "0");
    return STATUS_OK;
}

/* The currency of a price group, if the shop has that group. The shop is asked once. */
static enum status currency_of(struct sending *x, const char *group, const char **currency,
                               struct error *e)
{
    struct baselinker_shop *s = x->s;
    if (!s->price_groups) {
        json_t *answer = NULL, *list, *row;
        size_t i;
        enum status status = baselinker_call(&s->link, "getInventoryPriceGroups", "{}", &answer,
                                             x->retry_after_ms, e);
        if (status != STATUS_OK)
            return status;
        s->price_groups = json_object();
        list = loose_list(answer, "price_groups");
        json_array_foreach (list, i, row)
            json_set_text(s->price_groups, loose_text(row, "price_group_id"),
                          loose_text(row, "currency"));
        json_decref(list);
        json_decref(answer);
    }
    *currency = json_text(s->price_groups, group, NULL);
    return STATUS_OK;
}

static enum status judge_currency(struct sending *x, const json_t *data, const struct change *c,
                                  struct error *e)
{
    const char *ours = json_text(data, "currency", ""), *theirs = NULL;
    if (x->s->kind != KIND_PRICES)
        return STATUS_OK;
    enum status status = currency_of(x, c->place, &theirs, e);
    if (status != STATUS_OK)
        return status;
    if (!theirs)
        return error_set(e, STATUS_INVALID, "shop_settings", "BaseLinker has no price group %s",
                         c->place);
    if (!*ours || !*theirs || text_equal_nocase(ours, theirs))
        return STATUS_OK;
    error_set(e, STATUS_INVALID, "shop_price",
              "the price is in %.10s, BaseLinker's price group %s in %.10s", ours, c->place,
              theirs);
    return error_remedy(
        e,
        "Choose another price group in the channel's settings, or only this currency in the scenario's "
        "option currencies.");
}

/* END: there is nothing to send. INVALID: this record cannot be sent. */
static enum status prepare(struct sending *x, size_t index, struct change *c, struct error *e)
{
    const struct channel_record *r = &x->records[index];
    struct buf value;
    *c = (struct change){.index = index, .item = r->item};
    if (text_equal(r->op, "delete"))
        return gone(x->s, c);
    if (!r->item)
        return error_set(e, STATUS_NOT_FOUND, "shop_gone",
                         "BaseLinker's catalogue has no such product");
    json_t *data = json_parse(r->data, r->length, e);
    if (!data)
        return STATUS_INVALID;
    buf_init(&value, VALUE - 1);
    enum status status = baselinker_catalogue_value(x->s, data, c->place, &value, e);
    if (status == STATUS_OK && value.failed)
        status = error_set(e, STATUS_INVALID, "shop_value", "the value is too long");
    if (status == STATUS_OK) {
        text_copy(c->value, sizeof c->value, buf_text(&value));
        status = judge_currency(x, data, c, e);
    }
    buf_free(&value);
    json_decref(data);
    return status;
}

static int by_product(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    int order = strcmp(baselinker_catalogue_id(x->item), baselinker_catalogue_id(y->item));
    order = order ? order : strcmp(x->place, y->place);
    return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static bool is_same_product(const struct change *a, const struct change *b)
{
    return strcmp(baselinker_catalogue_id(a->item), baselinker_catalogue_id(b->item)) == 0;
}

/* If two records write the same place, the later one counts. */
static void drop_replaced(struct sending *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < x->count; i++) {
        const struct change *c = &x->changes[i], *after = c + 1;
        if (i + 1 < x->count && is_same_product(c, after) && strcmp(c->place, after->place) == 0)
            tell(x, c, CHANNEL_SAME, NULL);
        else
            x->changes[kept++] = *c;
    }
    x->count = kept;
}

static enum status take_records(struct sending *x, size_t count, struct error *e)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        struct change *c = &x->changes[x->count];
        struct error why = {0};
        status = prepare(x, i, c, &why);
        if (status == STATUS_OK)
            x->count++;
        else if (status == STATUS_END)
            tell(x, c, CHANNEL_SAME, NULL);
        else if (status == STATUS_NOT_FOUND)
            tell(x, c, CHANNEL_UNKNOWN, &why);
        else if (status == STATUS_INVALID)
            tell(x, c, CHANNEL_REFUSED, &why);
        else {
            if (e)
                *e = why;
            return status;
        }
        status = STATUS_OK;
    }
    qsort(x->changes, x->count, sizeof *x->changes, by_product);
    drop_replaced(x);
    return status;
}

/* ---- a call -------------------------------------------------------------------------------------- */

/* {"inventory_id": 307, "products": {"5": {"bl_206": 7}}}: numbers as they are, none through a double. */
static void write_call(struct buf *b, const struct baselinker_shop *s, const struct change *changes,
                       size_t count)
{
    buf_printf(b, "{\"inventory_id\":%s,\"products\":{", s->inventory);
    for (size_t i = 0; i < count; i++) {
        bool first = i == 0 || !is_same_product(&changes[i - 1], &changes[i]);
        if (first)
            buf_printf(b, "%s\"%s\":{", i ? "}," : "", baselinker_catalogue_id(changes[i].item));
        buf_printf(b, "%s\"%s\":%s", first ? "" : ",", changes[i].place, changes[i].value);
    }
    buf_add_text(b, "}}}");
}

/* Which products with a warning still exist: they are in *found. */
static void look_for(struct sending *x, const struct change *changes, size_t count, json_t **found)
{
    int64_t retry_after_ms;
    json_t *ids = json_array(), *answer = NULL, *product;
    const char *key, *variant;
    for (size_t i = 0; i < count && json_array_size(ids) < LOOKED_AT; i++) {
        char id[CHANNEL_ID];
        if (!changes[i].warning)
            continue;
        text_copy(id, sizeof id, changes[i].item);
        id[strcspn(id, "/")] = '\0'; /* a variant is inside its parent */
        json_array_append_new(ids, json_string(id));
    }
    x->calls++;
    json_t *parameters = json_pack("{s:s,s:o}", "inventory_id", x->s->inventory, "products", ids);
    if (baselinker_call_json(&x->s->link, "getInventoryProductsData", parameters, &answer,
                             &retry_after_ms, NULL) != STATUS_OK)
        return;
    *found = json_object();
    json_object_foreach (loose_object(answer, "products"), key, product) {
        json_t *value;
        json_set_flag(*found, key, true);
        json_object_foreach (loose_object(product, "variants"), variant, value)
            json_set_flag(*found, variant, true);
    }
    json_decref(answer);
}

/* Report which records the shop took, and which it warned about. */
static void tell_answer(struct sending *x, struct change *changes, size_t count,
                        const json_t *answer)
{
    const json_t *warnings = loose_object(answer, "warnings");
    json_t *found = NULL;
    size_t warned = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *words = json_object_get(warnings, baselinker_catalogue_id(changes[i].item));
        changes[i].warning = words ? loose_value(words) : NULL;
        warned += words != NULL;
    }
    if (warned)
        look_for(x, changes, count, &found); /* without an answer all count as refused */
    for (size_t i = 0, asked = 0; i < count; i++) {
        struct change *c = &changes[i];
        const char *id = baselinker_catalogue_id(c->item);
        struct error why = {0};
        if (!c->warning) {
            tell(x, c, CHANNEL_SENT, NULL);
            continue;
        }
        char said[500];
        bool missing = found && asked++ < LOOKED_AT && !json_object_get(found, id);
        if (missing)
            error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                      "BaseLinker has no product %.60s any more: %.300s", id, c->warning);
        else
            error_set(&why, STATUS_REFUSED, "shop_refused",
                      "BaseLinker says about product %.60s: %-s", id,
                      said_value_or(said, sizeof said, c->warning, N_("no reason given")));
        tell(x, c, missing ? CHANNEL_UNKNOWN : CHANNEL_REFUSED, &why);
        c->warning = NULL;
    }
    json_decref(found);
}

/* The whole call was refused. Are the channel's settings the reason, so that every record fails?
 * Asked once a send. */
static enum status judge_refusal(struct sending *x, struct error *e)
{
    json_t *answer = NULL, *list, *row;
    size_t i;
    bool known = false;
    if (x->judged)
        return STATUS_OK;
    x->calls++;
    enum status status =
        baselinker_call(&x->s->link, "getInventories", "{}", &answer, x->retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    list = loose_list(answer, "inventories");
    json_array_foreach (list, i, row)
        known |= text_equal(loose_text(row, "inventory_id"), x->s->inventory);
    json_decref(list);
    json_decref(answer);
    x->judged = known;
    return known ? STATUS_OK
                 : error_set(e, STATUS_REFUSED, "shop_settings", "BaseLinker has no catalogue %s",
                             x->s->inventory);
}

static enum status deliver(struct sending *x, struct change *changes, size_t count,
                           struct error *e);

/* The whole call was refused: send it by halves, so that one record does not block the others. */
static enum status halve(struct sending *x, struct change *changes, size_t count, struct error *e)
{
    size_t half = count > 1 ? count / 2 : 1;
    while (half > 1 && half < count && is_same_product(&changes[half - 1], &changes[half]))
        half--;
    if (half < count && is_same_product(&changes[half - 1], &changes[half]))
        for (half = count > 1 ? count / 2 : 1;
             half < count && is_same_product(&changes[half - 1], &changes[half]);)
            half++;
    if (half == count) { /* one product */
        for (size_t i = 0; i < count; i++)
            tell(x, &changes[i], CHANNEL_REFUSED, e);
        return STATUS_OK;
    }
    enum status status = deliver(x, changes, half, e);
    return status == STATUS_OK ? deliver(x, changes + half, count - half, e) : status;
}

static enum status deliver(struct sending *x, struct change *changes, size_t count, struct error *e)
{
    struct buf call;
    json_t *answer = NULL;
    if (count == 0 || x->calls >= CALLS_MOST)
        return STATUS_OK; /* the rest stays queued */
    buf_init(&call, 4 << 20);
    write_call(&call, x->s, changes, count);
    x->calls++;
    enum status status = baselinker_call(&x->s->link,
                                         x->s->kind == KIND_STOCK ? "updateInventoryProductsStock"
                                                                  : "updateInventoryProductsPrices",
                                         buf_text(&call), &answer, x->retry_after_ms, e);
    buf_free(&call);
    if (status == STATUS_OK)
        tell_answer(x, changes, count, answer);
    json_decref(answer);
    if (status != STATUS_REFUSED)
        return status;
    struct error why;
    status = judge_refusal(x, &why);
    if (status == STATUS_OK)
        return halve(x, changes, count, e);
    *e = why;
    return status;
}

enum status baselinker_send(struct baselinker_shop *s, const struct channel_record *records,
                            size_t count, channel_answer *answer, void *user,
                            int64_t *retry_after_ms, struct error *e)
{
    struct error own = {0};
    struct sending x = {.s = s,
                        .records = records,
                        .answer = answer,
                        .user = user,
                        .retry_after_ms = retry_after_ms};
    e = e ? e : &own;
    *retry_after_ms = -1;
    x.changes = mem_array(count + 1, sizeof *x.changes);
    enum status status = take_records(&x, count, e);
    if (status == STATUS_OK)
        status = deliver(&x, x.changes, x.count, e);
    free(x.changes);
    return status;
}
