#include "channel/files_orders.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "channel/files_tree.h"
#include "model/stream.h"
#include "net/upload.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/part.h"
#include "os/path.h"

#define FILE_MAX (16 << 20)
#define REST_MS  2000 /* a file that changed later than this ago may be unfinished */
#define SETTLED_MS \
    60000 /* how long an unreadable file may stay: a slow program may still write it */
#define NAME_MAX_ 200
#define WHOLE     (-1) /* in a cursor: all orders of the file were given */

/* ---- opening -------------------------------------------------------------------------------------- */

static enum status read_map(struct files_orders *o, const json_t *settings, struct error *e)
{
    o->map.paths = json_object_get(settings, "order_map");
    o->map.decimal_comma = o->layout.decimal_comma;
    enum status status = files_map_check(o->map.paths, e);
    if (status == STATUS_OK)
        status = zone_load(json_text(settings, "zone", "Europe/Warsaw"), &o->zone, e);
    o->map.zone = o->zone;
    return status;
}

enum status files_orders_open(struct files_orders *o, const struct channel_place *place,
                              struct error *e)
{
    const char *directory = json_text(place->settings, "place", "");
    *o = (struct files_orders){
        .remove = text_equal(json_text(place->settings, "taken", "keep"), "remove")};
    if (directory[0] != '/' || !text_copy(o->directory, sizeof o->directory, directory)) {
        error_set(e, STATUS_INVALID, "files_place", "\"place\" is \"%.200s\"", directory);
        return error_remedy(e, "Orders are read from a directory: give its full path.");
    }
    text_copy(o->account, sizeof o->account, json_text(place->settings, "shop", place->plugin_id));
    /* Only separator, encoding and decimal sign of the layout are used here. */
    enum status status = files_layout_read(&o->layout, place->settings, stream_at(0), false, e);
    return status == STATUS_OK ? read_map(o, place->settings, e) : status;
}

void files_orders_close(struct files_orders *o)
{
    zone_free(o->zone);
    o->zone = NULL;
}

/* ---- which file is next --------------------------------------------------------------------------- */

/* Where the last call ended. */
struct cursor {
    char name[NAME_MAX_];
    int64_t size, changed_ms,
        next; /* next: the index of the first order that was not given, or WHOLE */
};

static void cursor_read(struct cursor *c, const char *text)
{
    json_t *json = *text ? json_parse(text, strlen(text), NULL) : NULL;
    *c = (struct cursor){.next = 0};
    text_copy(c->name, sizeof c->name, json_text(json, "file", ""));
    c->size = json_number(json, "size", -1);
    c->changed_ms = json_number(json, "changed", -1);
    c->next = json_number(json, "next", 0);
    json_decref(json);
}

static void cursor_write(const struct cursor *c, struct buf *b)
{
    json_t *json = json_object();
    json_set_text(json, "file", c->name);
    json_set_number(json, "size", c->size);
    json_set_number(json, "changed", c->changed_ms);
    json_set_number(json, "next", c->next);
    buf_reset(b);
    json_add(b, json);
    json_decref(json);
}

static const char *suffix_of(const char *name)
{
    static const char *const suffixes[] = {"json", "xml", "csv"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < COUNT_OF(suffixes); i++)
        if (text_equal_nocase(dot + 1, suffixes[i]))
            return suffixes[i];
    return NULL;
}

static bool look_at(const struct files_orders *o, struct cursor *c)
{
    char path[PATH_MAX];
    struct file_look look;
    if (path_join(path, sizeof path, o->directory, c->name, NULL) != STATUS_OK ||
        !file_look_itself(path, &look) || look.kind != FILE_REGULAR)
        return false;
    c->size = look.size;
    c->changed_ms = look.changed_ns / 1000000;
    return true;
}

static bool same_file(const struct cursor *a, const struct cursor *b)
{
    return text_equal(a->name, b->name) && a->size == b->size && a->changed_ms == b->changed_ms;
}

/* The first file by name after `after` that is ours and is no longer being written. END: there is
 * none. */
static enum status next_file(const struct files_orders *o, const char *after, int64_t now_ms,
                             struct cursor *found, struct error *e)
{
    struct dir *d = dir_open(o->directory);
    const char *name;
    *found = (struct cursor){.next = 0};
    if (!d) {
        error_set(e, STATUS_UNREACHABLE, "files_directory", "the directory %s cannot be read",
                  o->directory);
        return error_remedy(
            e, "Does it exist, and may the service's user read it? endpointctl test says which "
               "user that is.");
    }
    while ((name = dir_next(d)) != NULL) {
        struct cursor c = {.next = 0};
        if (name[0] == '.' || !suffix_of(name) || strcmp(name, after) <= 0 ||
            (found->name[0] && strcmp(name, found->name) >= 0))
            continue;
        if (text_copy(c.name, sizeof c.name, name) && look_at(o, &c) &&
            now_ms - c.changed_ms >= REST_MS)
            *found = c;
    }
    dir_close(d);
    return found->name[0] ? STATUS_OK : STATUS_END;
}

/* ---- taken files ---------------------------------------------------------------------------------- */

static enum status below(const struct files_orders *o, const char *sub, char *path, size_t size,
                         struct error *e)
{
    enum status status = path_join(path, size, o->directory, sub, e);
    return status == STATUS_OK ? dir_ensure(path, 0750, e) : status;
}

/* Put away a file, as all its orders are in the ledger. If the file has changed since, it is a new
 * one. */
static enum status put_away(const struct files_orders *o, const struct cursor *taken,
                            int64_t now_ms, struct error *e)
{
    struct cursor now = *taken;
    char path[PATH_MAX], dir[PATH_MAX], kept[PATH_MAX + 60], time[CLOCK_TEXT];
    if (!taken->name[0] || taken->next != WHOLE || !look_at(o, &now) || !same_file(taken, &now))
        return STATUS_OK;
    enum status status = path_join(path, sizeof path, o->directory, taken->name, e);
    if (status == STATUS_OK && o->remove)
        return file_remove(path)
                   ? STATUS_OK
                   : error_set(e, STATUS_IO, "files_taken", "%s cannot be removed", path);
    if (status == STATUS_OK)
        status = below(o, "taken", dir, sizeof dir, e);
    if (status != STATUS_OK)
        return status;
    clock_format(time, now_ms);
    for (int i = 0; i < 100; i++) {
        if (i == 0)
            text_format(kept, sizeof kept, "%s/%s", dir, taken->name);
        else
            text_format(kept, sizeof kept, "%s/%s.%s.%d", dir, taken->name, time, i);
        if (file_rename_new(path, kept))
            return STATUS_OK;
    }
    return error_set(e, STATUS_IO, "files_taken", "%s cannot be moved to %s", path, dir);
}

/* ---- reading -------------------------------------------------------------------------------------- */

/* An order that stands for an unreadable file: it is rejected with the reason, and a corrected file
 * becomes its new revision. */
static json_t *unreadable(const struct cursor *c, const struct error *why)
{
    json_t *order = json_object(), *list = json_array();
    char id[NAME_MAX_ + 8];
    text_format(id, sizeof id, "file:%s", c->name);
    json_set_text(order, "id", id);
    json_set_text(order, "number", c->name);
    json_set_number(order, "revision", c->changed_ms / 1000);
    said_set_text(order, "unreadable", why->text, error_said(why));
    json_array_append_new(list, order);
    return list;
}

/* All orders of a file. BUSY: it may not be complete yet. */
static enum status read_file(const struct files_orders *o, const struct cursor *c, int64_t now_ms,
                             json_t **orders, struct error *e)
{
    char path[PATH_MAX];
    struct buf bytes;
    struct error why = {0};
    json_t *tree = NULL;
    buf_init(&bytes, FILE_MAX);
    enum status status = path_join(path, sizeof path, o->directory, c->name, e);
    if (status == STATUS_OK)
        status = file_read(path, &bytes, NULL, &why);
    if (status == STATUS_OK)
        status = files_tree_read(buf_text(&bytes), bytes.length, suffix_of(c->name), &o->layout,
                                 &tree, &why);
    buf_free(&bytes);
    if (status == STATUS_OK)
        *orders = files_map_orders(&o->map, tree, text_equal(suffix_of(c->name), "csv"));
    else if ((status == STATUS_INVALID || status == STATUS_FULL) &&
             now_ms - c->changed_ms >= SETTLED_MS)
        *orders = unreadable(c, &why), status = STATUS_OK;
    else if (status == STATUS_INVALID || status == STATUS_FULL)
        status = STATUS_BUSY;
    else if (e)
        *e = why;
    json_decref(tree);
    return status;
}

/* Give the orders of a file from an index on; c gets the position for the next call. */
static void give(json_t *all, int limit, struct cursor *c, json_t **orders)
{
    size_t from = c->next > 0 ? (size_t)c->next : 0, count = json_array_size(all);
    for (size_t i = from; i < count && json_array_size(*orders) < (size_t)limit; i++)
        json_array_append(*orders, json_array_get(all, i));
    c->next = from + (size_t)limit >= count ? WHOLE : (int64_t)from + limit;
}

enum status files_orders_fetch(struct files_orders *o, const char *text, int limit, int64_t now_ms,
                               json_t **orders, struct buf *next, struct error *e)
{
    struct cursor last, c, now;
    cursor_read(&last, text);
    *orders = NULL;
    enum status status = put_away(o, &last, now_ms, e);
    if (status != STATUS_OK)
        return status;
    now = last;
    bool within = last.name[0] && last.next > 0 && look_at(o, &now) && same_file(&last, &now);
    const char *after = "";
    json_t *all = NULL;
    buf_reset(next);
    for (c = last;; after = c.name) {
        char behind[NAME_MAX_];
        text_copy(behind, sizeof behind, after);
        if (!within && (status = next_file(o, behind, now_ms, &c, e)) != STATUS_OK)
            break;
        within = false;
        status = read_file(o, &c, now_ms, &all, e);
        if (status != STATUS_BUSY)
            break;
    }
    if (status == STATUS_OK) {
        *orders = json_array();
        give(all, limit, &c, orders);
        cursor_write(&c, next);
    } else if (status == STATUS_END) { /* nothing new */
        *orders = json_array();
        buf_add_text(next, text);
        status = STATUS_OK;
    }
    json_decref(all);
    return status;
}

/* ---- results and checks --------------------------------------------------------------------------- */

enum status files_orders_outcome(struct files_orders *o, const char *order_id,
                                 const json_t *outcome, struct error *e)
{
    char dir[PATH_MAX];
    struct buf path, text;
    json_t *result = json_copy((json_t *)outcome);
    buf_init(&path, PATH_MAX);
    buf_init(&text, 1 << 20);
    enum status status = below(o, "results", dir, sizeof dir, e);
    json_set_text(result, "order", order_id);
    json_add(&text, result);
    buf_add_byte(&text, '\n');
    buf_printf(&path, "%s/", dir);
    text_percent(&path, order_id);
    buf_add_text(&path, ".json");
    if (status == STATUS_OK && path.failed)
        status = error_set(e, STATUS_REFUSED, "files_result",
                           "the id of the order is too long for a file's name");
    if (status == STATUS_OK)
        status = file_replace(buf_text(&path), text.data, text.length, 0640, NULL, e);
    buf_free(&path);
    buf_free(&text);
    json_decref(result);
    return status;
}

enum check_result files_orders_try(struct files_orders *o, struct check *c)
{
    char dir[PATH_MAX], path[PATH_MAX + 40];
    struct error e = {0};
    struct part *part = NULL;
    struct dir *d = dir_open(o->directory);
    dir_close(d);
    if (!d) {
        check_answer(c, CHECK_FAIL, "the directory %s cannot be read", o->directory);
        check_remedy(c, "Make it, and let the service's user read and write there.");
        return CHECK_FAIL;
    }
    enum status status = below(o, "taken", dir, sizeof dir, &e);
    if (status == STATUS_OK) {
        text_format(path, sizeof path, "%s/endpoint-test", dir);
        status = part_open(path, 0600, &part, &e);
        part_drop(part);
    }
    if (status != STATUS_OK)
        return check_failed(c, &e);
    return check_answer(c, CHECK_OK, "order files are read from %s", o->directory);
}
