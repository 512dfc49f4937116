#include "sync/preview.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/dir.h"
#include "sync/match.h"
#include "sync/sweep.h"

struct preview {
    struct flow f; /* with the ledger that has the catalogue */
    const struct channel_ops *ops;
    struct channel *channel;
    struct items *items;
    struct ledger *own; /* with a catalogue that was read for this */
    char dir[600];      /* where it is; "": nowhere */
};

/* Read the whole catalogue into a ledger of our own. */
static enum status read_now(struct preview *p, const char *dir, struct error *e)
{
    struct sweep *sweep = NULL;
    int64_t retry = -1;
    if (!text_copy(p->dir, sizeof p->dir, dir))
        return error_set(e, STATUS_INVALID, "path_long", "the state directory's path is too long");
    dir_remove(p->dir, NULL);
    enum status status = dir_ensure(p->dir, 0700, e);
    if (status == STATUS_OK)
        status = ledger_open(p->dir, "catalogue", &p->own, e);
    p->f.ledger = p->own;
    if (status == STATUS_OK)
        status = items_open(p->own, &p->items, e);
    if (status == STATUS_OK)
        status = sweep_open(&p->f, p->ops, p->channel, p->items, &sweep, e);
    while (status == STATUS_OK && !sweep_done_once(sweep)) {
        status = sweep_step(sweep, &retry, e);
        if (status == STATUS_OK && p->f.tick)
            status = p->f.tick(p->f.user, "read", 0);
    }
    sweep_close(sweep);
    return status;
}

/* Does this ledger have a catalogue that is not due to be read again? */
static bool is_fresh(const struct flow *f, struct ledger *known)
{
    struct flow with = *f;
    int64_t at = 0;
    with.ledger = known;
    return known && sweep_next(&with, &at, NULL) == STATUS_OK && at > 0;
}

enum status preview_open(const struct flow *f, struct ledger *known, const char *dir,
                         const struct channel_ops *ops, struct channel *channel,
                         struct preview **out, struct error *e)
{
    *out = NULL;
    if (!ops->has_catalogue || !match_needed(f))
        return STATUS_END;
    struct preview *p = mem_alloc(sizeof *p);
    p->f = *f;
    p->f.swept = NULL;
    p->f.ledger = known;
    p->ops = ops;
    p->channel = channel;
    enum status status = is_fresh(f, known) ? items_open(known, &p->items, e) : read_now(p, dir, e);
    if (status != STATUS_OK) {
        preview_close(p);
        return status;
    }
    *out = p;
    return STATUS_OK;
}

void preview_close(struct preview *p)
{
    if (!p)
        return;
    items_close(p->items);
    ledger_close(p->own);
    if (p->dir[0])
        dir_remove(p->dir, NULL);
    free(p);
}

static void set_would(const struct preview *p, const struct ledger_change *c, const struct match *m,
                      json_t *shop)
{
    const struct channel_record r = {.stream = c->stream,
                                     .op = c->op,
                                     .key = c->key,
                                     .data = c->data,
                                     .length = c->length,
                                     .item = m->item[0] ? m->item : NULL};
    struct buf value;
    struct error why = {0};
    buf_init(&value, CHANNEL_VALUE);
    enum status status = p->ops->express(p->channel, &r, &value, &why);
    if (status == STATUS_OK)
        json_set_text(shop, "would", buf_text(&value));
    if (why.code[0]) /* it cannot be, or it is rounded */
        json_object_set_new(shop, "why", json_from_error(&why));
    buf_free(&value);
}

void preview_add(struct preview *p, json_t *row)
{
    json_t *data = json_object_get(row, "data"), *shop = json_object();
    char *text = json_is_object(data) ? json_dumps(data, JSON_COMPACT) : mem_string("");
    const struct ledger_change c = {.stream = p->f.stream->name,
                                    .op = json_text(row, "op", ""),
                                    .key = json_text(row, "key", ""),
                                    .data = text,
                                    .length = strlen(text)};
    struct match m;
    struct error why = {0};
    if (!text_equal(c.op, "held") && match_change(&p->f, p->items, &c, &m, &why) == STATUS_OK) {
        json_set_text(shop, "item", m.item[0] ? m.item : NULL);
        json_set_text(shop, "there", m.has_value ? m.value : NULL);
        if (m.result == MATCH_UNKNOWN || m.result == MATCH_AMBIGUOUS || m.result == MATCH_OBSTACLE)
            json_object_set_new(shop, "why", json_from_error(&why));
        else if (text_equal(c.op, "upsert"))
            set_would(p, &c, &m, shop);
        json_object_set(row, "shop", shop);
    }
    json_decref(shop);
    free(text);
}
