#include "daemon/intake.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "base/version.h"
#include "channel/channel.h"
#include "config/plugin.h"
#include "daemon/health.h"
#include "link/identity.h"
#include "link/link_cache.h"
#include "os/aside.h"
#include "os/log.h"
#include "os/path.h"

#define LOOKED_AT_MAX 10000 /* plugins of a list that are examined; the rest is refused */
#define REFUSED_KEPT  50    /* of them are shown */
#define REFUSED_TOLD  5     /* of the new ones get their own entry in the journal */

static const char check_code[] = "endpoint.cache",
                  check_title[] = "The panel's configuration, kept";

struct intake {
    bool known, unsaved;
    uint8_t seen[CRYPTO_HASH]; /* hash of the panel's list */
    int64_t rev;
    json_t *taken;
    json_t *refused;       /* [{"id","name","kind","enabled","error"}] */
    int64_t refused_count; /* with those that are not kept */
};

/* ---- judging ----------------------------------------------------------------------------------------- */

static enum status judge(const json_t *plugin, struct error *e)
{
    enum status status = plugin_validate(plugin, e);
    const char *type = json_text(json_object_get(plugin, "channel"), "type", "");
    if (status == STATUS_OK && !channel_find(type))
        status = error_set(e, STATUS_INVALID, "channel_unknown",
                           "plugin %s: there is no channel of type \"%.80s\"",
                           json_text(plugin, "id", ""), type);
    return status;
}

static json_t *by_id(const json_t *list, const char *id)
{
    size_t i;
    json_t *item;
    json_array_foreach ((json_t *)list, i, item)
        if (text_equal(json_text(item, "id", ""), id))
            return item;
    return NULL;
}

/* A text of the panel for people: bounded. */
static void copy_text(json_t *to, const char *name, const json_t *plugin, const char *otherwise)
{
    char text[121];
    text_copy(text, sizeof text, json_text(plugin, name, otherwise));
    json_set_text(to, name, *text ? text : otherwise);
}

static void refuse(struct intake *x, const json_t *plugin, size_t index, const struct error *e)
{
    char place[32];
    if (x->refused_count++ >= REFUSED_KEPT)
        return;
    json_t *r = json_object();
    text_format(place, sizeof place, "(number %zu)", index + 1);
    copy_text(r, "id", plugin, place);
    copy_text(r, "name", plugin, json_text(r, "id", ""));
    copy_text(r, "kind", plugin, "?");
    json_set_flag(r, "enabled", json_flag(plugin, "enabled", true));
    struct error said = *e;
    error_remedy(&said,
                 "Correct the plugin in the panel; if it is correct, this version of Endpoint "
                 "(%s) does not know it: install a newer one.",
                 ENDPOINT_VERSION);
    json_object_set_new(r, "error", json_from_error(&said));
    json_array_append_new(x->refused, r);
}

/* The plugin's previous version goes on; only whether it should run comes from the panel's newest
 * version. */
static void go_on(struct intake *x, const json_t *before, const json_t *edited)
{
    const json_t *enabled = json_object_get(edited, "enabled");
    json_t *kept = json_copy((json_t *)before);
    if (json_is_boolean(enabled))
        json_object_set(kept, "enabled", (json_t *)enabled);
    json_array_append_new(x->taken, kept);
}

/* Sort the list into accepted and refused. before: the list accepted until now; may be NULL. */
static void sort(struct intake *x, const json_t *list, const json_t *before)
{
    json_t *ids = json_object(), *plugin;
    size_t i;
    x->taken = json_array();
    x->refused = json_array();
    x->refused_count = 0;
    json_array_foreach ((json_t *)list, i, plugin) {
        struct error e = {0};
        const char *id = json_text(plugin, "id", "");
        if (i == LOOKED_AT_MAX) {
            error_set(&e, STATUS_FULL, "plugins_many",
                      "the panel has %zu plugins; only the first %d are used",
                      json_array_size(list), LOOKED_AT_MAX);
            refuse(x, NULL, i, &e);
            x->refused_count += (int64_t)(json_array_size(list) - i - 1);
            break;
        }
        if (json_object_get(ids, id)) {
            error_set(&e, STATUS_EXISTS, "plugin_twice",
                      "plugin %.80s: its id is used twice; the first one is used", id);
            refuse(x, plugin, i, &e);
        } else if (judge(plugin, &e) == STATUS_OK) {
            json_array_append(x->taken, plugin);
            json_object_set_new(ids, id, json_true());
        } else {
            const json_t *good = before && *id ? by_id(before, id) : NULL;
            refuse(x, plugin, i, &e);
            if (good) {
                go_on(x, good, plugin);
                json_object_set_new(ids, id, json_true());
            }
        }
    }
    json_decref(ids);
}

/* ---- the cache --------------------------------------------------------------------------------------- */

static enum status cache_path(const struct daemon *d, char *path, size_t size)
{
    return path_join(path, size, d->paths.state_dir, "config-cache.json", NULL);
}

static enum status write_cache(struct daemon *d, struct error *e)
{
    const struct intake *x = d->intake;
    char path[PATH_MAX], kept[PATH_MAX];
    json_t *cached =
        json_pack("{s:I,s:O,s:O,s:I}", "rev", (json_int_t)x->rev, "plugins", x->taken, "refused",
                  x->refused, "refused_count", (json_int_t)x->refused_count);
    enum status status = link_cache_save(d->paths.state_dir, cached, e);
    if (status != STATUS_OK && cache_path(d, path, sizeof path) == STATUS_OK && aside_odd(path) &&
        aside_move(path, kept, sizeof kept, NULL) == STATUS_OK)
        status = link_cache_save(d->paths.state_dir, cached, e);
    json_decref(cached);
    return status;
}

static void save(struct daemon *d)
{
    struct error e = {0};
    d->intake->unsaved = write_cache(d, &e) != STATUS_OK;
    if (!d->intake->unsaved) {
        health_good(d, check_code, check_title, N_("works"));
        return;
    }
    if (!e.remedy[0])
        error_remedy(&e,
                     "%s/config-cache.json must be a file that endpointd can write; it is "
                     "tried again automatically. Until then a restart without the panel has "
                     "only old plugins or none.",
                     d->paths.state_dir);
    health_fail(d, check_code, check_title, &e);
}

/* The cache cannot be used: say so, and move it aside for the panel's next answer. */
static void drop_cache(struct daemon *d, enum status status, const struct error *why)
{
    char path[PATH_MAX], kept[PATH_MAX];
    struct error e = *why;
    if (status != STATUS_INVALID || cache_path(d, path, sizeof path) != STATUS_OK ||
        aside_move(path, kept, sizeof kept, NULL) != STATUS_OK) {
        error_remedy(&e, "%s/config-cache.json must be a file that endpointd can read and write.",
                     d->paths.state_dir);
    } else {
        error_set(&e, STATUS_INVALID, "cache_damaged",
                  "the kept configuration of the panel is damaged (%-s) and was moved to %s",
                  error_said(why), kept);
        error_remedy(&e, "The plugins are known again when the panel has answered: check "
                         "whether it can be reached.");
    }
    health_fail(d, check_code, check_title, &e);
}

void intake_open(struct daemon *d)
{
    struct error e = {0};
    json_t *cached = NULL;
    struct intake *x = d->intake = mem_alloc(sizeof *x);
    enum status status = link_cache_load(d->paths.state_dir, &cached, &e);
    const json_t *list = json_object_get(cached, "plugins");
    if (status == STATUS_OK && !json_is_array(list))
        status = error_set(&e, STATUS_INVALID, "cache_form", "it has no list of plugins");
    sort(x, status == STATUS_OK ? list : NULL, NULL);
    if (status == STATUS_OK) {
        const json_t *refused = json_object_get(cached, "refused");
        x->known = true;
        x->rev = json_number(cached, "rev", 0);
        if (x->refused_count == 0 && json_is_array(refused) &&
            json_array_size(refused) <= REFUSED_KEPT) {
            json_array_extend(x->refused, (json_t *)refused);
            x->refused_count = json_number(cached, "refused_count", 0);
        }
    } else if (status != STATUS_NOT_FOUND) {
        drop_cache(d, status, &e);
    }
    json_decref(cached);
}

void intake_close(struct daemon *d)
{
    struct intake *x = d->intake;
    if (!x)
        return;
    json_decref(x->taken);
    json_decref(x->refused);
    free(x);
    d->intake = NULL;
}

void intake_look(struct daemon *d)
{
    if (d->intake->unsaved)
        save(d);
}

/* ---- what the panel says ------------------------------------------------------------------------------ */

/* Was this refusal already there before, word for word? */
static bool was_refused(const json_t *before, const json_t *r)
{
    size_t i;
    json_t *item;
    json_array_foreach ((json_t *)before, i, item)
        if (json_equal(item, (json_t *)r))
            return true;
    return false;
}

/* Report each refusal once; if there are many, report their number. */
static void tell(struct daemon *d, const json_t *before, int64_t count_before)
{
    const struct intake *x = d->intake;
    char said[SAID_MAX], why[SAID_MAX];
    size_t i;
    int told = 0;
    json_t *r;
    json_array_foreach (x->refused, i, r) {
        const json_t *error = json_object_get(r, "error");
        if (was_refused(before, r) || told++ >= REFUSED_TOLD)
            continue;
        bool runs = by_id(x->taken, json_text(r, "id", "")) != NULL;
        said_get(error, "text", why, sizeof why);
        said_format(said, sizeof said, "a plugin of the panel is refused: %-s%-s", why,
                    runs ? N_("; its last good scenario goes on") : "");
        daemon_tell(d, "error", runs ? json_text(r, "id", NULL) : NULL, NULL, NULL,
                    json_text(error, "code", ""), said);
    }
    if (x->refused_count > REFUSED_TOLD && x->refused_count != count_before) {
        said_format(said, sizeof said, "%lld plugins of the panel are refused",
                    (long long)x->refused_count);
        daemon_tell(d, "error", NULL, NULL, NULL, "plugins_refused", said);
    }
    if (count_before && !x->refused_count)
        daemon_tell(d, "info", NULL, NULL, NULL, "recovered",
                    N_("no plugin of the panel is refused any more"));
}

static void hash(const json_t *list, uint8_t target[CRYPTO_HASH])
{
    char *text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
    crypto_sha256(text ? text : "", text ? strlen(text) : 0, target);
    mem_free_secret(text);
}

bool intake_take(struct daemon *d, const json_t *list, int64_t rev)
{
    struct intake *x = d->intake;
    uint8_t now[CRYPTO_HASH];
    if (!json_is_array(list))
        return false;
    hash(list, now);
    if (x->known && memcmp(now, x->seen, sizeof now) == 0)
        return false;
    json_t *taken = x->taken, *refused = x->refused;
    int64_t count = x->refused_count;
    memcpy(x->seen, now, sizeof now);
    x->rev = rev;
    x->known = true;
    sort(x, list, taken);
    tell(d, refused, count);
    save(d);
    json_decref(taken);
    json_decref(refused);
    return true;
}

/* ---- for everybody ------------------------------------------------------------------------------------ */

const json_t *intake_plugins(const struct daemon *d)
{
    return d->intake->taken;
}

bool intake_known(const struct daemon *d)
{
    return d->intake->known;
}

const json_t *intake_reason(const struct daemon *d, const char *name)
{
    size_t i;
    json_t *r;
    json_array_foreach (d->intake->refused, i, r)
        if (text_equal(json_text(r, "id", ""), name) || text_equal(json_text(r, "name", ""), name))
            return json_object_get(r, "error");
    return NULL;
}

static void add(json_t *plugins, const json_t *r, json_t *error)
{
    json_t *p = json_object();
    bool enabled = json_flag(r, "enabled", true);
    json_set_text(p, "id", json_text(r, "id", ""));
    json_set_text(p, "name", json_text(r, "name", ""));
    json_set_text(p, "kind", json_text(r, "kind", ""));
    json_set_text(p, "source", "panel");
    json_set_flag(p, "enabled", enabled);
    json_set_text(p, "state", "refused");
    json_object_set_new(p, "pid", json_null());
    json_set_number(p, "restarts", 0);
    json_object_set_new(p, "error", enabled ? error : json_null());
    if (!enabled)
        json_decref(error);
    json_object_set_new(p, "checks", json_array());
    json_array_append_new(plugins, p);
}

void intake_to_json(const struct daemon *d, json_t *plugins)
{
    size_t i;
    json_t *r;
    json_array_foreach (d->intake->refused, i, r)
        if (!by_id(d->intake->taken, json_text(r, "id", "")))
            add(plugins, r, json_incref(json_object_get(r, "error")));
    /* The plugin in endpoint.conf with the same id runs; the panel's one must not vanish silently. */
    json_array_foreach (d->intake->taken, i, r) {
        struct error e = {0};
        const char *id = json_text(r, "id", "");
        if (!by_id(config_plugins(d->config), id))
            continue;
        error_set(&e, STATUS_EXISTS, "plugin_twice",
                  "plugin %s from the panel: endpoint.conf has a plugin with this id, which runs "
                  "instead",
                  id);
        error_remedy(&e, "Give one of the two another id, or remove it.");
        add(plugins, r, json_from_error(&e));
    }
}

void intake_checks(const struct daemon *d, json_t *checks)
{
    const struct intake *x = d->intake;
    struct check c = {.code = "endpoint.plugins", .title = "The panel's plugins"};
    if (x->refused_count <= REFUSED_KEPT)
        return;
    c.result = check_answer(&c, CHECK_FAIL,
                            "%lld plugins of the panel are refused; the first %d are shown",
                            (long long)x->refused_count, REFUSED_KEPT);
    check_remedy(&c, "Remove from the panel what should not be there.");
    json_array_append_new(checks, check_to_json(&c));
}
