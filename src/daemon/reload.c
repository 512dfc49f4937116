/* Reading the settings again while everything runs: on SIGHUP, and when the control socket asks. */
#include "daemon/reload.h"

#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/good.h"
#include "config/sealed.h"
#include "config/settings.h"
#include "daemon/claim.h"
#include "daemon/daemon.h"
#include "daemon/health.h"
#include "daemon/metrics.h"
#include "daemon/news.h"
#include "daemon/panel_link.h"
#include "daemon/supervisor.h"
#include "erp/checks_database.h"
#include "os/clock.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/log.h"
#include "os/notify.h"

#define MAPPING_MAX  (1 << 20)
#define MAPPINGS_MAX (8 << 20)

/* The settings in force; of a secret only its hash, because it may change behind its reference.
 * NULL: the secrets cannot be read. */
static json_t *settings_of(const struct config *c)
{
    json_t *all = NULL;
    if (config_to_json(c, true, &all, NULL) != STATUS_OK)
        return NULL;
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        uint8_t hash[CRYPTO_HASH];
        char hex[2 * CRYPTO_HASH + 1];
        const char *secret = json_text(all, s->path, "");
        if (s->type != SETTING_SECRET || !*secret)
            continue;
        crypto_sha256(secret, strlen(secret), hash);
        crypto_hex(hex, hash, sizeof hash);
        json_set_text(all, s->path, hex);
    }
    return all;
}

static bool is_mapping(const char *name)
{
    return text_ends(name, ".conf");
}

/* Name and content of every mapping in a directory. */
static void add_mappings(const char *directory, struct buf *all)
{
    char **names;
    int count = dir_names(directory, is_mapping, &names);
    for (int i = 0; i < count; i++) {
        char path[1024];
        struct buf content;
        buf_init(&content, MAPPING_MAX);
        if (text_format(path, sizeof path, "%s/%s", directory, names[i]) &&
            file_read(path, &content, NULL, NULL) == STATUS_OK) {
            buf_printf(all, "%s %zu ", path, content.length);
            buf_add(all, content.data, content.length);
        }
        buf_free(&content);
    }
    dir_names_free(names, count);
}

/* A worker reads its ERP's mapping when it starts, so an edited mapping is a change like that of a
 * setting. */
static void hash_mappings(const struct daemon *d, char hex[2 * CRYPTO_HASH + 1])
{
    uint8_t hash[CRYPTO_HASH];
    char own[600];
    struct buf all;
    buf_init(&all, MAPPINGS_MAX);
    add_mappings(d->paths.erp_dir, &all);
    if (text_format(own, sizeof own, "%s/erp", d->paths.config_dir))
        add_mappings(own, &all);
    crypto_sha256(buf_text(&all), all.length, hash);
    crypto_hex(hex, hash, sizeof hash);
    buf_free(&all);
}

/* The same holds for its channel's secrets. */
static void hash_sealed(const struct daemon *d, char hex[2 * CRYPTO_HASH + 1])
{
    uint8_t hash[CRYPTO_HASH];
    struct buf store;
    sealed_keep(d->paths.state_dir, &store, NULL);
    crypto_sha256(buf_text(&store), store.length, hash);
    crypto_hex(hex, hash, sizeof hash);
    buf_free(&store);
}

void reload_settings_taken(struct daemon *d)
{
    hash_sealed(d, d->sealed);
    hash_mappings(d, d->mappings);
    json_decref(d->settings);
    d->settings = settings_of(d->config);
}

/* The names of the settings that differ, and of those that wait for a restart. */
static void compare(const json_t *before, const json_t *after, json_t *changed, json_t *restart)
{
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        if (text_equal(json_text(before, s->path, ""), json_text(after, s->path, "")))
            continue;
        json_array_append_new(changed, json_string(s->path));
        if (s->change == CHANGE_RESTART)
            json_array_append_new(restart, json_string(s->path));
    }
}

static void log_changes(const json_t *changed, bool mapped)
{
    struct buf names;
    size_t i;
    json_t *name;
    buf_init(&names, 8192);
    json_array_foreach (changed, i, name)
        buf_printf(&names, "%s%s", i ? ", " : ": ", json_string_value(name));
    log_info("the configuration was read again%s%s",
             names.length ? buf_text(&names) : "; no setting changed",
             mapped ? "; an ERP's mapping changed" : "");
    buf_free(&names);
}

static void take(struct daemon *d, struct config *fresh, json_t *report)
{
    struct check *c = &d->config_check;
    json_t *before = d->settings, *changed = json_array(), *restart = json_array();
    char mappings[2 * CRYPTO_HASH + 1], sealed[2 * CRYPTO_HASH + 1];
    bool plugins = !json_equal(config_plugins(d->config), config_plugins(fresh));
    config_free(d->config);
    d->config = fresh;
    d->settings = settings_of(fresh);
    compare(before, d->settings, changed, restart);
    /* A worker gets its settings when it starts: restart it with the changed ones. */
    hash_mappings(d, mappings);
    bool mapped = !text_equal(mappings, d->mappings);
    text_copy(d->mappings, sizeof d->mappings, mappings);
    hash_sealed(d, sealed);
    bool anew = !before || !d->settings || json_array_size(changed) > 0 || mapped ||
                !text_equal(sealed, d->sealed);
    text_copy(d->sealed, sizeof d->sealed, sealed);
    c->result = check_answer(c, CHECK_OK, "%s is in order", d->paths.config_file);
    daemon_log_settings(fresh);
    log_changes(changed, mapped);
    news_settings(d, changed, mapped);
    if (anew) { /* perhaps another database: the workers will report whose it is */
        json_decref(d->checks_about);
        d->checks_about = NULL;
    }
    for (struct plugin *p = d->plugins; p && anew; p = p->next) {
        json_decref(p->definition);
        p->definition = NULL;
    }
    claim_reload(d);
    supervisor_apply(d);
    panel_link_reload(d->link);
    metrics_listen(d);
    json_object_set(report, "changed", changed);
    json_object_set(report, "restart", restart);
    json_set_flag(report, "plugins", plugins);
    json_set_flag(report, "mappings", mapped);
    json_decref(changed);
    json_decref(restart);
    json_decref(before);
}

static void refuse(struct daemon *d, const struct error *e)
{
    d->config_check.result = check_failed(&d->config_check, e);
    log_problem(LOG_ERROR, "the new configuration is refused, the old one stays", e);
    daemon_journal(d, "error", NULL, e->code, error_said(e));
}

static json_t *faults_to_json(const struct config_fault *faults, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *fault = json_object();
        json_set_text(fault, "file", faults[i].file);
        json_set_number(fault, "line", faults[i].line);
        json_set_text(fault, "setting", faults[i].setting);
        said_set_text(fault, "text", faults[i].text, faults[i].said);
        json_set_flag(fault, "warning", faults[i].warning);
        json_array_append_new(list, fault);
    }
    return list;
}

void reload_keep_settings(struct daemon *d)
{
    struct error e = {0};
    static const char code[] = "endpoint.kept", title[] = "Settings: last good copy";
    if (good_keep(&d->paths, d->config, &e) != STATUS_OK) {
        error_prefix(&e, "the configuration in force could not be kept");
        if (!e.remedy[0])
            error_remedy(
                &e,
                "Without the copy an emptied endpoint.conf stops everything at the next start. Let "
                "endpointd's user write in the state directory.");
        health_warn(d, code, title, &e);
    } else if (json_object_get(d->health, code)) {
        health_good(d, code, title, N_("kept"));
    }
}

enum status reload_refuse_lost(const struct daemon *d, const struct config *before,
                               const struct config *fresh, struct error *e)
{
    char names[400];
    if (!good_lost(before, fresh, names, sizeof names))
        return STATUS_OK;
    error_set(e, STATUS_REFUSED, "config_lost",
              "%s no longer sets %s; endpointd continues with the previous settings",
              d->paths.config_file, names);
    return error_remedy(e, "Put it back. If it is meant: endpointctl reload --accept.");
}

enum status reload_settings(struct daemon *d, bool accept, json_t *report, struct error *e)
{
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    struct config *fresh = NULL;
    size_t count = 0;
    char now[64];
    text_format(now, sizeof now, "RELOADING=1\nMONOTONIC_USEC=%lld",
                (long long)clock_mono_ms() * 1000);
    notify_send(now);
    enum status status = config_load(&d->paths, &fresh, faults, &count, e);
    check_remedy(&d->config_check, "%s", "");
    if (status == STATUS_OK && !accept)
        status = reload_refuse_lost(d, d->config, fresh, e);
    if (status == STATUS_OK) {
        take(d, fresh, report);
        reload_keep_settings(d);
    } else {
        config_free(fresh); /* the file is missing: these are the defaults, which nobody wanted */
        refuse(d, e);
    }
    json_set_text(report, "file", d->paths.config_file);
    json_object_set_new(report, "faults", faults_to_json(faults, count));
    free(faults);
    notify_send("READY=1");
    health_look(d); /* a person may have fixed something */
    daemon_changed(d);
    return status;
}
