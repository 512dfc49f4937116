#include "channel/prestashop_send.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/prestashop_create.h"
#include "channel/prestashop_goods.h"
#include "channel/prestashop_value.h"
#include "channel/prestashop_write.h"
#include "os/clock.h"

#define AGAIN_MS 900000 /* how long to wait after a fault of the shop with one object */

/* A record that needs a write to an item. */
struct task {
    size_t index; /* of the record */
    struct prestashop_id id;
    json_t *data;
    char wanted[CHANNEL_VALUE + 1];
    struct error why; /* why its own write failed */
    bool done, written;
};

struct sending {
    struct prestashop *p;
    const struct channel_record *records;
    channel_answer *answer;
    void *user;
    int64_t *retry_after_ms;
    struct task *tasks;
    size_t count;
};

static void tell(struct sending *s, struct task *t, enum channel_result result, const char *value,
                 const struct error *why)
{
    if (t->done)
        return;
    t->done = true;
    s->answer(s->user, t->index, result, value, NULL,
              result == CHANNEL_LATER ? clock_wall_ms() + AGAIN_MS : 0, why);
}

/* Answer with the error just made: UNKNOWN or REFUSED, depending on its status. */
static void tell_why(struct sending *s, struct task *t, const struct error *why)
{
    tell(s, t, why->status == STATUS_NOT_FOUND ? CHANNEL_UNKNOWN : CHANNEL_REFUSED, NULL, why);
}

/* The item's name for people. */
static const char *name_of(const struct sending *s, const struct task *t)
{
    const char *sku = json_text(t->data, "sku", "");
    return *sku ? sku : s->records[t->index].key;
}

/* ---- preparing --------------------------------------------------------------------------- */

/* A record that is about an item. */
static void take_record(struct sending *s, struct task *t)
{
    const struct channel_record *r = &s->records[t->index];
    struct buf value;
    struct error why = {0};
    buf_init(&value, CHANNEL_VALUE);
    enum status status = prestashop_value_express(s->p, r, &value, &why);
    text_copy(t->wanted, sizeof t->wanted, buf_text(&value));
    buf_free(&value);
    if (status == STATUS_END) {
        tell(s, t, CHANNEL_SAME, NULL, NULL); /* nothing in it concerns the shop */
    } else if (status != STATUS_OK) {
        why.status = STATUS_REFUSED;
        tell_why(s, t, &why);
    } else if (!prestashop_goods_id(r->item, &t->id)) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone", "%.200s: the shop does not have it",
                  name_of(s, t));
        tell_why(s, t, &why);
    }
    s->count += !t->done;
}

/* Prepare one record. Not OK: the fault concerns all records. */
static enum status prepare(struct sending *s, size_t index, struct error *e)
{
    const struct channel_record *r = &s->records[index];
    struct task *t = &s->tasks[s->count];
    enum status status = STATUS_OK;
    *t = (struct task){.index = index,
                       .data = r->length ? json_parse(r->data, r->length, NULL) : NULL};
    if (!r->item && s->p->kind == KIND_PRODUCTS && t->data) {
        const struct prestashop_creating c = {
            s->p, r, index, t->data, s->answer, s->user, s->retry_after_ms};
        status = prestashop_create(&c, e);
        t->done = true;
    } else {
        take_record(s, t);
    }
    if (t->done)
        json_decref(t->data);
    return status;
}

static int compare_tasks(const void *a, const void *b)
{
    const struct task *x = a, *y = b;
    if (x->id.product != y->id.product)
        return x->id.product < y->id.product ? -1 : 1;
    if (x->id.combination != y->id.combination)
        return x->id.combination < y->id.combination ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Find two records that want two values for one product: neither is right until a person decides. */
static void find_twice(struct sending *s)
{
    for (size_t i = 1; i < s->count; i++) {
        struct task *a = &s->tasks[i - 1], *b = &s->tasks[i];
        const char *one = s->records[a->index].key, *two = s->records[b->index].key;
        struct error why;
        if (a->id.product != b->id.product || a->id.combination != b->id.combination)
            continue;
        if (text_equal(one, two) || text_equal(a->wanted, b->wanted)) {
            tell(s, a, CHANNEL_SAME, NULL, NULL); /* the later one of the same key counts */
            continue;
        }
        error_set(&why, STATUS_REFUSED, "shop_twice",
                  "%.200s and %.200s want different values for one product of the shop",
                  name_of(s, a), name_of(s, b));
        tell_why(s, a, &why);
        tell_why(s, b, &why);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static enum status read_chunk(struct sending *s, const struct task *tasks, size_t count,
                              struct prestashop_goods *g, struct error *e)
{
    json_t *ids = json_object();
    for (size_t i = 0; i < count; i++) {
        char id[24];
        text_format(id, sizeof id, "%" PRId64, tasks[i].id.product);
        json_object_set_new(ids, id, json_true());
    }
    enum status status = prestashop_goods_read(s->p, ids, g, s->retry_after_ms, e);
    json_decref(ids);
    return status;
}

/* Does this product show the value that the task wants? shown gets the present value; "": it does
 * not say. */
static bool shows(const struct sending *s, const struct prestashop_goods *g, const struct task *t,
                  char *shown, size_t size)
{
    struct buf value;
    buf_init(&value, CHANNEL_VALUE);
    bool said = prestashop_value_shown(s->p, g, &t->id, &value);
    text_copy(shown, size, buf_text(&value));
    buf_free(&value);
    return said && text_equal(shown, t->wanted);
}

/* Answer the tasks that need no write: the product is gone, is another one, cannot be written, or
 * is right already. */
static void sift(struct sending *s, struct task *t, const struct prestashop_goods *g)
{
    char shown[CHANNEL_VALUE + 1], item[CHANNEL_ID];
    const json_t *row = prestashop_goods_row(g, &t->id);
    const char *obstacle = row ? prestashop_value_obstacle(s->p, g, &t->id) : NULL;
    struct error why;
    prestashop_goods_name(&t->id, item);
    if (!row) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                  "%.200s: the shop does not have its product %s any more", name_of(s, t), item);
        tell_why(s, t, &why);
    } else if (!prestashop_value_meant(s->p, t->data, row)) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                  "%.200s: the shop's product %s has the SKU \"%.100s\" now", name_of(s, t), item,
                  prestashop_rows_text(row, "reference"));
        tell_why(s, t, &why);
    } else if (obstacle) {
        prestashop_value_refused(obstacle, name_of(s, t), &why);
        tell_why(s, t, &why);
    } else if (shows(s, g, t, shown, sizeof shown)) {
        tell(s, t, CHANNEL_SAME, t->wanted, NULL);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Does the error concern this one object only, so that the others may continue? */
static bool is_own(const struct error *why)
{
    return why->status == STATUS_REFUSED || text_equal(why->code, "shop_gone") ||
           text_equal(why->code, "shop_error");
}

static enum status write_one(struct sending *s, struct task *t, const struct prestashop_goods *g,
                             struct error *e)
{
    const struct prestashop_resource *r =
        t->id.combination > 0 ? &prestashop_rows_combinations : &prestashop_rows_products;
    int64_t number = t->id.combination > 0 ? t->id.combination : t->id.product;
    const json_t *whole = NULL;
    bool several;
    json_t *change = prestashop_value_change(s->p, g, &t->id, t->data, t->wanted);
    if (s->p->kind == KIND_STOCK) {
        whole = prestashop_goods_stock(s->p, g, &t->id, &several);
        r = &prestashop_rows_stock;
        number = prestashop_rows_number(whole, "id");
    }
    error_clear(&t->why);
    enum status status =
        change
            ? prestashop_write(s->p, r, number, whole, change, s->retry_after_ms, &t->why)
            : error_set(&t->why, STATUS_REFUSED, "shop_price",
                        "%.200s: what the shop shows of its price cannot be read", name_of(s, t));
    json_decref(change);
    t->written = true;
    if (status == STATUS_OK || is_own(&t->why))
        return STATUS_OK;
    if (e)
        *e = t->why;
    return status;
}

/* The values that the shop shows after the writes decide. */
static void judge(struct sending *s, struct task *t, const struct prestashop_goods *g)
{
    char shown[CHANNEL_VALUE + 1];
    struct error why;
    if (shows(s, g, t, shown, sizeof shown)) {
        tell(s, t, CHANNEL_SENT, shown, NULL);
    } else if (text_equal(t->why.code, "shop_error")) {
        tell(s, t, CHANNEL_LATER, NULL, &t->why); /* over this thing or for a while: nobody knows */
    } else if (t->why.status == STATUS_REFUSED || text_equal(t->why.code, "shop_gone")) {
        error_prefix(&t->why, "product %.200s", name_of(s, t));
        tell_why(s, t, &t->why);
    } else if (t->why.status == STATUS_OK && !prestashop_goods_row(g, &t->id)) {
        error_set(&why, STATUS_NOT_FOUND, "shop_gone", "%.200s: the shop does not have it",
                  name_of(s, t));
        tell_why(s, t, &why);
    } else if (t->why.status == STATUS_OK) {
        error_set(&why, STATUS_REFUSED, "shop_other_value",
                  "%.200s: the shop was given %s and shows %s", name_of(s, t), t->wanted, shown);
        tell(s, t, CHANNEL_REFUSED, shown, &why);
    } /* else the way to the shop broke: it is still to be sent */
}

/* Send the tasks of at most a page of products. */
static enum status send_chunk(struct sending *s, struct task *tasks, size_t count, struct error *e)
{
    struct prestashop_goods g;
    bool any = false;
    enum status status = read_chunk(s, tasks, count, &g, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        if (!tasks[i].done)
            sift(s, &tasks[i], &g);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (tasks[i].done)
            continue;
        any = true;
        status = write_one(s, &tasks[i], &g, e);
    }
    prestashop_goods_free(&g);
    if (!any)
        return status;
    int64_t retry = *s->retry_after_ms;
    struct error unread = {0};
    enum status read = read_chunk(s, tasks, count, &g, &unread);
    for (size_t i = 0; i < count && read == STATUS_OK; i++)
        if (tasks[i].written && !tasks[i].done)
            judge(s, &tasks[i], &g);
    prestashop_goods_free(&g);
    if (status == STATUS_OK && read != STATUS_OK) {
        status = read;
        if (e)
            *e = unread;
    } else {
        *s->retry_after_ms = retry;
    }
    return status;
}

enum status prestashop_send(struct prestashop *p, const struct channel_record *records,
                            size_t count, channel_answer *answer, void *user,
                            int64_t *retry_after_ms, struct error *e)
{
    struct sending s = {
        p, records, answer, user, retry_after_ms, mem_array(count + 1, sizeof *s.tasks), 0};
    *retry_after_ms = -1;
    enum status status = prestashop_value_terms(p, retry_after_ms, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = prepare(&s, i, e);
    if (status == STATUS_OK) {
        qsort(s.tasks, s.count, sizeof *s.tasks, compare_tasks);
        find_twice(&s);
        for (size_t i = 0, n; i < s.count && status == STATUS_OK; i += n) {
            n = s.count - i < PRESTASHOP_PAGE ? s.count - i : PRESTASHOP_PAGE;
            status = send_chunk(&s, &s.tasks[i], n, e);
        }
    }
    for (size_t i = 0; i < s.count; i++)
        json_decref(s.tasks[i].data);
    free(s.tasks);
    return status;
}
