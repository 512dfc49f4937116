#include "sync/mass.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "model/decimal.h"
#include "store/ledger_outbox.h"
#include "sync/match.h"

#define LOOK_ROWS  2000
#define LOOK_BYTES (1 << 20)
#define LOOK_MAX   (16 << 20)
#define FEW        10 /* so many are no mass, whatever their share */
#define TENFOLD    "10"

/* Keys whose newest queued change is a bad one; by their hashes, as there may be many. */
struct key_set {
    uint64_t *slots; /* EMPTY, GONE, or a hash */
    size_t size, used, count;
};

#define EMPTY 0
#define GONE  1

struct judging {
    struct flow *f;
    const struct channel_ops *ops;
    struct channel *channel;
    struct items *items;
    struct ledger_changes changes;
    struct buf value;
    struct key_set bad;
    int64_t compared;
    char first[400]; /* of the bad ones, as a said text */
};

static uint64_t hash_of(const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (; *key; key++)
        hash = (hash ^ (uint8_t)*key) * UINT64_C(1099511628211);
    return hash > GONE ? hash : hash + 2;
}

/* Where a hash is, or where it may go. */
static uint64_t *slot_of(const struct key_set *s, uint64_t hash)
{
    uint64_t *free_one = NULL;
    for (size_t i = (size_t)hash & (s->size - 1);; i = (i + 1) & (s->size - 1)) {
        uint64_t *slot = &s->slots[i];
        if (*slot == hash)
            return slot;
        if (*slot == EMPTY)
            return free_one ? free_one : slot;
        if (*slot == GONE && !free_one)
            free_one = slot;
    }
}

static void grow(struct key_set *s)
{
    struct key_set old = *s;
    s->size = old.size ? 2 * old.size : 1024;
    s->slots = mem_array(s->size, sizeof *s->slots);
    s->used = s->count;
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i] > GONE)
            *slot_of(s, old.slots[i]) = old.slots[i];
    free(old.slots);
}

static void note(struct key_set *s, const char *key, bool bad)
{
    uint64_t hash = hash_of(key);
    if (2 * s->used >= s->size)
        grow(s);
    uint64_t *slot = slot_of(s, hash);
    bool there = *slot == hash;
    if (bad && !there) {
        s->used += *slot == EMPTY;
        *slot = hash;
        s->count++;
    } else if (!bad && there) {
        *slot = GONE;
        s->count--;
    }
}

/* The number of a value of one word, "12" or "place=12". */
static bool number_of(const char *value, struct decimal *d)
{
    const char *equals = strrchr(value, '=');
    const char *text = equals ? equals + 1 : value;
    return *text && !strchr(value, ' ') && decimal_parse(text, strlen(text), d, NULL) == STATUS_OK;
}

static bool is_above(const struct decimal *a, const struct decimal *b, const struct decimal *times)
{
    struct decimal product;
    return decimal_multiply(b, times, b->scale, &product, NULL) == STATUS_OK &&
           decimal_compare(a, &product) > 0;
}

static void judge(struct judging *j, const char *key, const char *before_text,
                  const char *after_text)
{
    struct decimal before, after, none, ten;
    if (!number_of(before_text, &before) || !number_of(after_text, &after))
        return;
    decimal_parse("0", 1, &none, NULL);
    decimal_parse(TENFOLD, strlen(TENFOLD), &ten, NULL);
    j->compared++;
    bool had = decimal_compare(&before, &none) > 0, has = decimal_compare(&after, &none) > 0;
    bool zero = had && !has;
    bool jump = text_equal(j->f->stream->name, "prices") && had && has &&
                (is_above(&after, &before, &ten) || is_above(&before, &after, &ten));
    if ((zero || jump) && j->bad.count == 0)
        said_format(j->first, sizeof j->first, "%.80s: %.40s, was %.40s", key, after_text,
                    before_text);
    note(&j->bad, key, zero || jump);
}

static enum status look_at(struct judging *j, const struct ledger_change *c, struct error *e)
{
    struct match m;
    struct items_sent sent;
    struct error why;
    enum status status = match_change(j->f, j->items, c, &m, &why);
    if (status != STATUS_OK) {
        if (e)
            *e = why;
        return status;
    }
    if (m.result != MATCH_ITEM)
        return STATUS_OK;
    status = items_sent(j->items, c->key, &sent, e);
    if (status != STATUS_OK)
        return status;
    const char *before = sent.has_value ? sent.value : m.has_value ? m.value : NULL;
    if (!before)
        return STATUS_OK;
    const struct channel_record r = {.stream = c->stream,
                                     .op = c->op,
                                     .key = c->key,
                                     .data = c->data,
                                     .length = c->length,
                                     .item = m.item};
    buf_reset(&j->value);
    if (text_equal(c->op, "delete"))
        judge(j, c->key, before, "0");
    else if (j->ops->express(j->channel, &r, &j->value, &why) == STATUS_OK)
        judge(j, c->key, before, buf_text(&j->value));
    return STATUS_OK;
}

static enum status look_at_all(struct judging *j, uint64_t *last, struct error *e)
{
    enum status status;
    while ((status = ledger_look(j->f->ledger, *last, LOOK_ROWS, LOOK_BYTES, &j->changes, e)) ==
           STATUS_OK) {
        for (size_t i = 0; i < j->changes.count && status == STATUS_OK; i++) {
            status = look_at(j, &j->changes.rows[i], e);
            *last = j->changes.rows[i].seq;
        }
        if (status == STATUS_OK && j->f->tick)
            status = j->f->tick(j->f->user, "send", 0);
        if (status != STATUS_OK)
            return status;
    }
    return status == STATUS_END ? STATUS_OK : status;
}

static enum status verdict(const struct judging *j, struct error *e)
{
    int64_t known = 0, there = 0, bad = (int64_t)j->bad.count;
    enum status status = items_count_sent(j->items, &known, e);
    if (status == STATUS_OK)
        status = items_count(j->items, &there, e);
    if (there >
        j->compared) /* at a first sync little was sent; and a key may be queued several times */
        there = j->compared;
    known = known > there ? known : there;
    if (status != STATUS_OK || bad <= FEW || bad * 100 <= known * j->f->shrink_percent ||
        j->f->accept_mass)
        return status;
    error_set(e, STATUS_GUARD, "mass_change",
              "of %lld products in the shop, the stock of %lld would become 0 or their price would "
              "change more than tenfold, which is more than limits.shrink_percent allows (%-s); "
              "nothing was sent",
              (long long)known, (long long)bad, j->first);
    return error_remedy(
        e, "Look into the ERP and at endpointctl sync PLUGIN --simulate. If it is right: "
           "endpointctl sync PLUGIN --accept-deletions");
}

enum status mass_judge(struct flow *f, const struct channel_ops *ops, struct channel *channel,
                       struct items *items, struct error *e)
{
    struct judging j = {.f = f, .ops = ops, .channel = channel, .items = items};
    struct ledger_state state;
    int64_t judged = 0;
    enum status status = ledger_fact(f->ledger, "mass_judged", &judged, e);
    if (status == STATUS_OK)
        status = ledger_state(f->ledger, &state, e);
    if (status != STATUS_OK || state.queued == 0)
        return status;
    uint64_t last = (uint64_t)judged;
    ledger_changes_init(&j.changes, LOOK_MAX);
    buf_init(&j.value, 4096);
    status = look_at_all(&j, &last, e);
    if (status == STATUS_OK)
        status = verdict(&j, e);
    if (status == STATUS_OK && last != (uint64_t)judged)
        status = ledger_set_fact(f->ledger, "mass_judged", (int64_t)last, e);
    ledger_changes_free(&j.changes);
    buf_free(&j.value);
    free(j.bad.slots);
    return status;
}
