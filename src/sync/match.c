#include "sync/match.h"

#include <string.h>

#include "base/codes.h"
#include "base/json.h"
#include "base/text.h"

enum items_by match_by(const struct flow *f)
{
    return text_equal(json_text(f->channel, "match_in_shop", "sku"), "ean") ? ITEMS_BY_EAN
                                                                            : ITEMS_BY_SKU;
}

bool match_needed(const struct flow *f)
{
    const char *name = f->stream->name;
    return text_equal(name, "stock") || text_equal(name, "prices") || text_equal(name, "products");
}

/* What was sent under this key says where it went, also when the ERP calls it otherwise since. */
static enum status match_deletion(struct items *it, const char *key, struct match *m,
                                  struct error *e)
{
    struct items_sent sent;
    enum status status = items_sent(it, key, &sent, e);
    m->result = sent.found ? MATCH_ITEM : MATCH_NOTHING;
    text_copy(m->item, sizeof m->item, sent.item);
    text_copy(m->value, sizeof m->value, sent.value);
    m->has_value = sent.has_value;
    return status;
}

static const char *what(const struct flow *f)
{
    return match_by(f) == ITEMS_BY_EAN ? "EAN" : "SKU";
}

static void say_unknown(const struct flow *f, const struct match *m, struct error *e)
{
    error_set(e, STATUS_NOT_FOUND, "item_unknown", "the shop has no product with the %s \"%s\"",
              what(f), m->sought);
    error_remedy(e,
                 "Make the product in the shop, or give it this %s there; then it is sent by "
                 "itself.",
                 what(f));
}

static void say_several(const struct flow *f, const struct match *m,
                        const struct items_found *found, struct error *e)
{
    error_set(e, STATUS_NOT_FOUND, "item_ambiguous",
              "the shop has several products with the %s \"%s\": %s", what(f), m->sought,
              found->several);
    error_remedy(e, "Leave it to one of them in the shop; then it is sent by itself.");
}

static void say_obstacle(const struct items_found *found, struct error *e)
{
    const struct code *code = codes_find(found->obstacle);
    error_set(e, STATUS_REFUSED, found->obstacle, "the shop's product %s cannot be written: %-s",
              found->several, code ? code->text : found->obstacle);
}

enum status match_change(const struct flow *f, struct items *it, const struct ledger_change *change,
                         struct match *m, struct error *e)
{
    struct items_found found;
    memset(m, 0, sizeof *m);
    if (text_equal(change->op, "delete"))
        return match_deletion(it, change->key, m, e);
    json_t *data = json_parse(change->data, change->length, NULL);
    text_copy(m->sought, sizeof m->sought, json_text(data, "sku", ""));
    json_decref(data);
    enum status status = items_find(it, match_by(f), m->sought, &found, e);
    if (status != STATUS_OK)
        return status;
    text_copy(m->item, sizeof m->item, found.count == 1 ? found.id : "");
    text_copy(m->value, sizeof m->value, found.value);
    m->has_value = found.count == 1 && found.has_value;
    m->result = found.count > 1 ? MATCH_AMBIGUOUS : found.count == 1 ? MATCH_ITEM : MATCH_UNKNOWN;
    if (found.count == 1 && found.obstacle[0])
        m->result = MATCH_OBSTACLE;
    if (m->result == MATCH_UNKNOWN && text_equal(f->stream->name, "products"))
        m->result = MATCH_NEW;
    if (m->result == MATCH_UNKNOWN)
        say_unknown(f, m, e);
    else if (m->result == MATCH_AMBIGUOUS)
        say_several(f, m, &found, e);
    else if (m->result == MATCH_OBSTACLE)
        say_obstacle(&found, e);
    return STATUS_OK;
}
