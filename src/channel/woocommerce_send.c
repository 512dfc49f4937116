#include "channel/woocommerce_send.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "channel/woocommerce_create.h"
#include "channel/woocommerce_value.h"

/* A record that needs a write to an item. */
struct task {
    size_t index;       /* of the record */
    int64_t id, parent; /* parent: of a variation, else 0 */
    json_t *data;
    char wanted[CHANNEL_VALUE + 1];
    bool done;
};

struct sending {
    struct woocommerce *w;
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
    s->answer(s->user, t->index, result, value, NULL, 0, why);
}

/* Answer with the error just made: UNKNOWN or REFUSED, depending on its status. */
static void tell_why(struct sending *s, struct task *t, const struct error *why)
{
    tell(s, t, why->status == STATUS_NOT_FOUND ? CHANNEL_UNKNOWN : CHANNEL_REFUSED, NULL, why);
}

static const char *key_of(const struct sending *s, const struct task *t)
{
    return s->records[t->index].key;
}

/* The item's name for people. */
static const char *name_of(const struct sending *s, const struct task *t)
{
    const char *sku = woocommerce_http_text(t->data, "sku");
    return *sku ? sku : key_of(s, t);
}

/* ---- preparing --------------------------------------------------------------------------- */

/* "123" or "456/123", a variation of product 456. */
static bool take_item(const char *item, struct task *t)
{
    char text[CHANNEL_ID], *slash;
    if (!text_copy(text, sizeof text, item))
        return false;
    if ((slash = strchr(text, '/'))) {
        *slash = '\0';
        return text_to_i64(text, &t->parent) && text_to_i64(slash + 1, &t->id) && t->id > 0 &&
               t->parent > 0;
    }
    return text_to_i64(text, &t->id) && t->id > 0;
}

/* A record that is about an item. */
static void take_record(struct sending *s, struct task *t)
{
    const struct channel_record *r = &s->records[t->index];
    struct buf value;
    struct error why = {0};
    buf_init(&value, CHANNEL_VALUE);
    enum status status = woocommerce_value_express(s->w, r, &value, &why);
    text_copy(t->wanted, sizeof t->wanted, buf_text(&value));
    buf_free(&value);
    if (status == STATUS_END) {
        tell(s, t, CHANNEL_SAME, NULL, NULL); /* nothing in it concerns the shop */
    } else if (status != STATUS_OK) {
        why.status = STATUS_REFUSED;
        tell_why(s, t, &why);
    } else if (!r->item || !take_item(r->item, t)) {
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
    if (!r->item && s->w->kind == KIND_PRODUCTS && t->data) {
        status =
            woocommerce_create(s->w, r, index, t->data, s->answer, s->user, s->retry_after_ms, e);
        t->done = true;
    } else {
        take_record(s, t);
    }
    if (t->done)
        json_decref(t->data);
    return status;
}

/* Read the shop's present terms: prices cannot be sent without knowing whether they include tax. */
static enum status take_terms(struct woocommerce *w, int64_t *retry_after_ms, struct error *e)
{
    enum status status = woocommerce_terms_load(w, retry_after_ms, e);
    if (status != STATUS_OK || w->kind != KIND_PRICES || woocommerce_terms_gross(w) >= 0)
        return status;
    error_set(e, STATUS_DENIED, "shop_settings",
              "the shop does not say whether its prices include tax");
    return error_remedy(
        e, "Set the channel's prices to gross or net, or allow the key's user to see the shop's "
           "settings.");
}

static int compare_tasks(const void *a, const void *b)
{
    const struct task *x = a, *y = b;
    if (x->parent != y->parent)
        return x->parent < y->parent ? -1 : 1;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Find two records that want two values for one product: neither is right until a person decides. */
static void find_twice(struct sending *s)
{
    for (size_t i = 1; i < s->count; i++) {
        struct task *a = &s->tasks[i - 1], *b = &s->tasks[i];
        if (a->id != b->id || a->parent != b->parent)
            continue;
        if (text_equal(key_of(s, a), key_of(s, b)) || text_equal(a->wanted, b->wanted)) {
            tell(s, a, CHANNEL_SAME, NULL, NULL); /* the later one of the same key counts */
            continue;
        }
        const char *one = key_of(s, a), *two = key_of(s, b);
        struct error why;
        error_set(&why, STATUS_REFUSED, "shop_twice",
                  "%.200s and %.200s want different values for one product of the shop", one, two);
        tell_why(s, a, &why);
        tell_why(s, b, &why);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

/* Read the chunk's products from the shop: {"id": row}. The product of these variations may be
 * gone: {}. */
static enum status read_chunk(struct sending *s, const struct task *tasks, size_t count,
                              json_t **found, struct error *e)
{
    struct buf path;
    json_t *rows = NULL, *row;
    size_t i;
    struct error own = {0}, *told = e ? e : &own;
    buf_init(&path, 16384);
    if (tasks->parent)
        buf_printf(&path, "/products/%" PRId64 "/variations", tasks->parent);
    else
        buf_add_text(&path, "/products");
    buf_printf(&path, "?per_page=%d&" WOOCOMMERCE_FIELDS "&include=", WOOCOMMERCE_PAGE);
    for (i = 0; i < count; i++)
        buf_printf(&path, "%s%" PRId64, i ? "," : "", tasks[i].id);
    enum status status =
        woocommerce_http_get(s->w, buf_text(&path), &rows, s->retry_after_ms, told);
    buf_free(&path);
    if (status == STATUS_NOT_FOUND && tasks->parent && text_equal(told->code, "shop_gone")) {
        error_clear(told);
        status = STATUS_OK;
    }
    if (status != STATUS_OK)
        return status;
    *found = json_object();
    json_array_foreach (rows, i, row) {
        char id[24];
        text_format(id, sizeof id, "%" PRId64, woocommerce_http_number(row, "id"));
        if (tasks->parent && !*woocommerce_http_text(row, "type"))
            json_set_text(row, "type", "variation");
        json_object_set(*found, id, row);
    }
    json_decref(rows);
    return STATUS_OK;
}

static const json_t *row_of(const json_t *found, const struct task *t)
{
    char id[24];
    text_format(id, sizeof id, "%" PRId64, t->id);
    return json_object_get(found, id);
}

/* Does this product show the value that the task wants? shown gets the present value; "": it does
 * not say. */
static bool shows(const struct sending *s, const json_t *row, const struct task *t, char *shown,
                  size_t size)
{
    struct buf value;
    buf_init(&value, CHANNEL_VALUE);
    bool said = woocommerce_value_shown(s->w, row, &value);
    text_copy(shown, size, buf_text(&value));
    buf_free(&value);
    return said && text_equal(shown, t->wanted);
}

/* Answer the tasks that need no write: the product is gone, is another one, cannot be written, or
 * is right already. */
static void sift(struct sending *s, struct task *tasks, size_t count, const json_t *found)
{
    char shown[CHANNEL_VALUE + 1];
    for (size_t i = 0; i < count; i++) {
        struct task *t = &tasks[i];
        const json_t *row = row_of(found, t);
        const char *obstacle = row ? woocommerce_value_obstacle(s->w, row) : NULL;
        struct error why;
        if (t->done)
            continue;
        if (!row) {
            error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                      "%.200s: the shop does not have its product %lld any more", name_of(s, t),
                      (long long)t->id);
            tell_why(s, t, &why);
        } else if (!woocommerce_value_meant(s->w, t->data, row)) {
            error_set(&why, STATUS_NOT_FOUND, "shop_gone",
                      "%.200s: the shop's product %lld has the SKU \"%.100s\" now", name_of(s, t),
                      (long long)t->id, woocommerce_http_text(row, "sku"));
            tell_why(s, t, &why);
        } else if (obstacle) {
            woocommerce_value_refused(obstacle, name_of(s, t), &why);
            tell(s, t, CHANNEL_REFUSED, NULL, &why);
        } else if (shows(s, row, t, shown, sizeof shown)) {
            tell(s, t, CHANNEL_SAME, t->wanted, NULL);
        }
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static void shown_otherwise(const struct sending *s, const struct task *t, const char *shown,
                            struct error *why)
{
    if (s->w->kind == KIND_PRODUCTS) /* whose values are hashes */
        error_set(why, STATUS_REFUSED, "shop_other_value",
                  "%.200s: the shop shows another name or EAN than it was given", name_of(s, t));
    else
        error_set(why, STATUS_REFUSED, "shop_other_value",
                  "%.200s: the shop was given %s and shows %s", name_of(s, t), t->wanted, shown);
}

/* Judge the shop's answer for one item of a batch. */
static void judge(struct sending *s, struct task *t, const json_t *row)
{
    char shown[CHANNEL_VALUE + 1], message[300];
    const json_t *error = json_object_get(row, "error");
    const char *obstacle = error ? NULL : woocommerce_value_obstacle(s->w, row),
               *code = woocommerce_http_text(error, "code");
    struct error why;
    if (error) {
        bool gone = strstr(code, "_invalid_id") || strstr(code, "invalid_product_id");
        woocommerce_http_plain(message, sizeof message, woocommerce_http_text(error, "message"));
        error_set(&why, STATUS_REFUSED, "shop_refused", "%.200s: the shop refuses: %.300s (%.60s)",
                  name_of(s, t), message, code);
        if (gone)
            error_set(&why, STATUS_NOT_FOUND, "shop_gone", "%.200s: the shop does not have it",
                      name_of(s, t));
        tell_why(s, t, &why);
    } else if (shows(s, row, t, shown, sizeof shown)) {
        tell(s, t, CHANNEL_SENT, shown, NULL);
    } else if (obstacle || !*shown) {
        woocommerce_value_refused(obstacle ? obstacle : "shop_stock_off", name_of(s, t), &why);
        tell(s, t, CHANNEL_REFUSED, NULL, &why);
    } else {
        shown_otherwise(s, t, shown, &why);
        tell(s, t, CHANNEL_REFUSED, shown, &why);
    }
}

/* A batch's answer must have as many items as were sent, in the same order. Otherwise nothing is
 * known about any of them. */
static bool judge_all(struct sending *s, struct task *tasks, size_t count, const json_t *answer)
{
    const json_t *rows = json_object_get(answer, "update");
    size_t sent = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        if (!tasks[i].done &&
            woocommerce_http_number(json_array_get(rows, sent), "id") != tasks[i].id)
            return false;
        sent += !tasks[i].done;
    }
    if (json_array_size(rows) != sent)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done)
            judge(s, &tasks[i], json_array_get(rows, at++));
    return true;
}

/* Nobody knows what the shop did: read the present values. Tasks that are not done stay to be sent.
 * True: all are done. */
static bool look_after(struct sending *s, struct task *tasks, size_t count)
{
    char shown[CHANNEL_VALUE + 1];
    json_t *found = NULL;
    int64_t retry = *s->retry_after_ms;
    size_t done = 0;
    if (read_chunk(s, tasks, count, &found, NULL) == STATUS_OK) {
        for (size_t i = 0; i < count; i++) {
            const json_t *row = row_of(found, &tasks[i]);
            if (!tasks[i].done && row && shows(s, row, &tasks[i], shown, sizeof shown))
                tell(s, &tasks[i], CHANNEL_SENT, shown, NULL);
            done += tasks[i].done;
        }
        json_decref(found);
    }
    *s->retry_after_ms = retry;
    return done == count;
}

static enum status write_chunk(struct sending *s, struct task *tasks, size_t count, struct error *e)
{
    json_t *body = json_object(), *update = json_array(), *answer = NULL;
    char path[64] = "/products/batch";
    struct error own = {0}, *told = e ? e : &own;
    for (size_t i = 0; i < count; i++)
        if (!tasks[i].done)
            json_array_append_new(update, woocommerce_value_change(s->w, tasks[i].id, tasks[i].data,
                                                                   tasks[i].wanted));
    bool any = json_array_size(update) > 0;
    json_object_set_new(body, "update", update);
    if (tasks->parent)
        text_format(path, sizeof path, "/products/%" PRId64 "/variations/batch", tasks->parent);
    struct woocommerce_call call = {.method = "POST", .path = path, .body = body};
    enum status status =
        any ? woocommerce_http_call(s->w, &call, &answer, s->retry_after_ms, told) : STATUS_OK;
    if (any && status == STATUS_OK && !judge_all(s, tasks, count, answer))
        status = error_set(told, STATUS_UNREACHABLE, "shop_answer",
                           "the shop's answer to a batch does not match what was sent");
    if (woocommerce_http_unclear(status, told) && look_after(s, tasks, count)) {
        error_clear(told);
        status = STATUS_OK;
    }
    json_decref(call.problem);
    json_decref(answer);
    json_decref(body);
    return status;
}

/* Send tasks for variations of one product, or for products without variations; at most a batch. */
static enum status send_chunk(struct sending *s, struct task *tasks, size_t count, struct error *e)
{
    json_t *found = NULL;
    enum status status = read_chunk(s, tasks, count, &found, e);
    if (status != STATUS_OK)
        return status;
    sift(s, tasks, count, found);
    json_decref(found);
    return write_chunk(s, tasks, count, e);
}

static enum status send_tasks(struct sending *s, struct error *e)
{
    enum status status = STATUS_OK;
    struct error own = {0}, *told = e ? e : &own;
    for (size_t i = 0; i < s->count && status == STATUS_OK;) {
        size_t count = 0;
        while (i + count < s->count && s->tasks[i + count].parent == s->tasks[i].parent &&
               count < (size_t)s->w->batch)
            count++;
        status = send_chunk(s, &s->tasks[i], count, told);
        if (status == STATUS_FULL && s->w->batch > 1) {
            s->w->batch =
                (int)(count > 1 ? count / 2
                                : 1); /* this shop takes fewer at once, or its answers are long */
            status = count > 1 ? STATUS_OK : status;
            continue;
        }
        i += count;
    }
    return status;
}

enum status woocommerce_send(struct woocommerce *w, const struct channel_record *records,
                             size_t count, channel_answer *answer, void *user,
                             int64_t *retry_after_ms, struct error *e)
{
    struct sending s = {
        w, records, answer, user, retry_after_ms, mem_array(count + 1, sizeof *s.tasks), 0};
    *retry_after_ms = -1;
    enum status status = take_terms(w, retry_after_ms, e);
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = prepare(&s, i, e);
    if (status == STATUS_OK) {
        qsort(s.tasks, s.count, sizeof *s.tasks, compare_tasks);
        find_twice(&s);
        status = send_tasks(&s, e);
    }
    for (size_t i = 0; i < s.count; i++)
        json_decref(s.tasks[i].data);
    free(s.tasks);
    return status;
}
