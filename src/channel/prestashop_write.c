#include "channel/prestashop_write.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define NOT_WRITABLE 93 /* the shop's code: "parameter "X" not writable" */
#define STRIPS       8  /* the most members that are left out because the shop says so */

/* A copy without attributes: links, and names of lists. */
static json_t *bare(const json_t *value, bool language)
{
    const char *name;
    json_t *member, *copy;
    size_t i;
    if (json_is_array(value)) {
        copy = json_array();
        json_array_foreach (value, i, member)
            json_array_append_new(copy, bare(member, language));
        return copy;
    }
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    copy = json_object();
    json_object_foreach ((json_t *)value, name, member) {
        if (*name != '@')
            json_object_set_new(copy, name, bare(member, text_equal(name, "language")));
        else if (language && text_equal(name, "@id"))
            json_object_set(copy, name, member);
    }
    const json_t *text = json_object_get(copy, "#");
    if (json_object_size(copy) == 0 || (text && json_object_size(copy) == 1)) {
        json_t *only = text ? json_incref((json_t *)text) : json_string("");
        json_decref(copy);
        return only;
    }
    return copy;
}

json_t *prestashop_write_whole(const struct prestashop_resource *r, const json_t *row,
                               const json_t *changes)
{
    static const char *const fixed[] = {"manufacturer_name", "quantity"};
    json_t *whole = bare(row, false);
    if (!json_is_object(whole)) {
        json_decref(whole);
        whole = json_object();
    }
    for (size_t i = 0; r == &prestashop_rows_products && i < COUNT_OF(fixed); i++)
        json_object_del(whole, fixed[i]);
    json_object_update(whole, (json_t *)changes);
    return whole;
}

static enum status send_once(struct prestashop *p, const struct prestashop_resource *r, int64_t id,
                             const char *method, json_t *content, struct prestashop_call *call,
                             int64_t *retry_after_ms, struct error *e)
{
    char path[120], number[24];
    json_t *body = json_object(), *answer;
    text_format(path, sizeof path, "/%s/%" PRId64, r->many, id);
    text_format(number, sizeof number, "%" PRId64, id);
    json_set_text(content, "id", number); /* it takes precedence over the one in the path */
    json_object_set(body, r->one, content);
    *call = (struct prestashop_call){.method = method, .path = path, .body = body};
    enum status status = prestashop_http_call(p, call, &answer, retry_after_ms, e);
    call->path = NULL;
    call->body = NULL;
    json_decref(answer);
    json_decref(body);
    return status;
}

/* The member that the shop's words name in quotes; "": none. */
static void quoted(const char *message, char *target, size_t size)
{
    const char *start = strpbrk(message, "\"'");
    size_t length = start ? strcspn(start + 1, "\"'") : 0;
    text_format(target, size, "%.*s", (int)(length < 60 ? length : 0), start ? start + 1 : "");
}

/* Leave out the member that the shop's answer names as not writable, from now on. False: it names
 * none. */
static bool learn(struct prestashop *p, const struct prestashop_call *call, const json_t *changes,
                  json_t *whole)
{
    char name[64];
    quoted(call->message, name, sizeof name);
    if (call->code != NOT_WRITABLE || json_object_get(changes, name) ||
        json_object_del(whole, name) != 0)
        return false;
    json_object_set_new(p->fixed, name, json_true());
    return true;
}

static enum status put(struct prestashop *p, const struct prestashop_resource *r, int64_t id,
                       const json_t *row, const json_t *changes, int64_t *retry_after_ms,
                       struct error *e)
{
    struct prestashop_call call = {0};
    const char *name;
    json_t *known;
    json_t *whole = prestashop_write_whole(r, row, changes);
    enum status status = STATUS_OK;
    json_object_foreach (p->fixed, name, known)
        if (!json_object_get(changes, name))
            json_object_del(whole, name);
    if (r == &prestashop_rows_stock && !json_object_get(whole, "id_shop"))
        status = error_set(e, STATUS_REFUSED, "shop_refused",
                           "the shop does not say whose stock %lld is", (long long)id);
    for (int i = 0; status == STATUS_OK && i <= STRIPS; i++) {
        status = send_once(p, r, id, "PUT", whole, &call, retry_after_ms, e);
        if (status != STATUS_REFUSED || !learn(p, &call, changes, whole))
            break;
        error_clear(e);
        status = STATUS_OK;
    }
    json_decref(whole);
    return status;
}

enum status prestashop_write(struct prestashop *p, const struct prestashop_resource *r, int64_t id,
                             const json_t *whole, const json_t *changes, int64_t *retry_after_ms,
                             struct error *e)
{
    struct prestashop_call call = {0};
    struct error own = {0}, *told = e ? e : &own;
    json_t *read = NULL;
    if (p->dialect != PRESTASHOP_PUT) {
        json_t *content = json_copy((json_t *)changes);
        enum status status = send_once(p, r, id, "PATCH", content, &call, retry_after_ms, told);
        json_decref(content);
        if (status == STATUS_OK)
            p->dialect = PRESTASHOP_PATCH;
        if (p->dialect != PRESTASHOP_ASK || (call.http != 405 && call.http != 501))
            return status;
        p->dialect = PRESTASHOP_PUT;
        error_clear(told);
    }
    enum status status =
        whole ? STATUS_OK : prestashop_rows_one(p, r, id, &read, retry_after_ms, told);
    if (status == STATUS_OK)
        status = put(p, r, id, whole ? whole : read, changes, retry_after_ms, told);
    json_decref(read);
    return status;
}
