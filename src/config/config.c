#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/erp_names.h"
#include "config/faults.h"
#include "config/internal.h"
#include "config/proxy_login.h"
#include "config/scan.h"
#include "config/sealed.h"
#include "config/wellformed.h"
#include "config/setting_value.h"
#include "config/settings.h"
#include "config/plugin_file.h"

#define SETTINGS_MAX 128

struct config {
    char *values[SETTINGS_MAX]; /* as entered, in the table's order; NULL: not set */
    json_t *plugins;
    char state_dir[512];
    bool secrets_inline; /* values came over the worker's pipe: secrets are in plain text */
    struct file_stamp stamp;
};

static size_t index_of(const char *path)
{
    for (size_t i = 0; setting_at(i); i++)
        if (strcmp(setting_at(i)->path, path) == 0)
            return i;
    fprintf(stderr, "no setting is called %s\n", path);
    abort();
}

/* The value of a libconfig scalar as one would type it; NULL for groups and lists. */
static char *scalar_text(const config_setting_t *s)
{
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64: return mem_format("%lld", config_setting_get_int64(s));
    case CONFIG_TYPE_BOOL: return mem_string(config_setting_get_bool(s) ? "true" : "false");
    case CONFIG_TYPE_STRING: return mem_string(config_setting_get_string(s));
    case CONFIG_TYPE_FLOAT: return mem_format("%g", config_setting_get_float(s));
    default: return NULL;
    }
}

static bool type_fits(const struct setting *s, int type)
{
    switch (s->type) {
    case SETTING_INTEGER: return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
    case SETTING_BOOL: return type == CONFIG_TYPE_BOOL;
    case SETTING_DURATION:
        return type == CONFIG_TYPE_STRING || type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
    default: return type == CONFIG_TYPE_STRING;
    }
}

/* Show the value visibly: a line feed as \n. */
static void refuse_value(struct faults *f, int line, const struct setting *s,
                         const config_setting_t *member, const char *text, const char *expected,
                         bool quotes)
{
    struct buf shown;
    const char *quote = config_setting_type(member) == CONFIG_TYPE_STRING ? "\"" : "";
    buf_init(&shown, CONFIG_FILE_MAX);
    if (text)
        text_printable(&shown, text, strlen(text));
    if (s->type == SETTING_SECRET)
        fault_add(f, line, s->path, false, "the value (not shown) is not %-s", expected);
    else if (text)
        fault_add(f, line, s->path, false, "%s%.100s%s is not %-s%-s", quote, buf_text(&shown),
                  quote, expected, quotes ? N_(" (mind the quotes)") : "");
    else
        fault_add(f, line, s->path, false, "a group or list is not %-s", expected);
    mem_wipe(shown.data, shown.length);
    buf_free(&shown);
}

/* Split an address with a login into its three settings. */
static void take_proxy(struct config *c, const char *address, int line, struct faults *f)
{
    static const char *const paths[] = {"panel.proxy", "panel.proxy_user", "panel.proxy_password"};
    struct buf parts[3];
    for (size_t i = 0; i < 3; i++)
        buf_init(&parts[i], 1000);
    proxy_login_split(address, &parts[0], &parts[1], &parts[2]);
    for (size_t i = 0; i < 3; i++) {
        char **value = &c->values[index_of(paths[i])];
        if (i == 0 || !*value) {
            mem_free_secret(*value);
            *value = mem_string(buf_text(&parts[i]));
        }
        mem_wipe(parts[i].data, parts[i].length);
        buf_free(&parts[i]);
    }
    fault_add(f, line, "panel.proxy", true,
              "contains a login, which others can read here; put it into panel.proxy_user and "
              "panel.proxy_password");
}

static void take_setting(struct config *c, const config_setting_t *member, const char *path,
                         struct faults *f)
{
    int line = (int)config_setting_source_line(member);
    const struct setting *s = setting_find(path);
    if (!s) {
        const char *nearest = setting_nearest(path);
        fault_add(f, line, path, true, "there is no setting with this name%-s%s%s",
                  nearest ? N_("; did you mean ") : "", nearest ? nearest : "", nearest ? "?" : "");
        return;
    }
    char *text = scalar_text(member);
    char expected[SETTING_EXPECTED];
    bool fits = text && type_fits(s, config_setting_type(member));
    bool accepted = setting_accepts(s, text ? text : "", expected);
    if (!fits || !accepted) {
        refuse_value(f, line, s, member, text, expected, accepted && !fits);
        mem_free_secret(text);
        return;
    }
    if (text_equal(path, "panel.proxy") && proxy_login_in(text)) {
        take_proxy(c, text, line, f);
        mem_free_secret(text);
        return;
    }
    if (s->type != SETTING_SECRET && *text && (strchr(" \t", text[0]) || text_ends(text, " ")))
        fault_add(f, line, path, true, "\"%.100s\" begins or ends with a blank", text);
    size_t i = index_of(path);
    mem_free_secret(c->values[i]);
    c->values[i] = text;
}

static void take_group(struct config *c, const config_setting_t *group, struct faults *f)
{
    const char *name = config_setting_name(group);
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        char path[160];
        text_format(path, sizeof path, "%s.%s", name, config_setting_name(member));
        take_setting(c, member, path, f);
    }
}

static bool pin_ok(const char *pin)
{
    size_t digits = 0;
    for (; *pin; pin++) {
        if (strchr("0123456789abcdefABCDEF", *pin))
            digits++;
        else if (*pin != ':')
            return false;
    }
    return digits == 64;
}

bool config_is_https(const char *url)
{
    return text_starts(url, "https://") && url[8] && url[8] != '/';
}

/* The line of a setting; if it is missing, the line on which its group ends. */
static int line_of(const struct faults *f, const char *path)
{
    char group[64];
    struct scan_place place;
    text_copy(group, sizeof group, path);
    char *dot = strchr(group, '.');
    *dot = '\0';
    if (!scan_find(f->text, f->length, group, dot + 1, &place))
        return 0;
    size_t at = place.found ? place.setting_start : place.group_found ? place.group_end : 0;
    int line = 1;
    for (size_t i = 0; i < at; i++)
        line += f->text[i] == '\n';
    return line;
}

static void check_tls(const struct config *c, struct faults *f)
{
    const char *verify = config_text(c, "erp.tls_verify"), *pin = config_text(c, "erp.tls_pin");
    if (text_equal(verify, "ca") && !*config_text(c, "erp.tls_ca"))
        fault_add(f, line_of(f, "erp.tls_verify"), "erp.tls_ca", false,
                  "is empty, but erp.tls_verify = \"ca\" needs a PEM file of authorities");
    if (text_equal(verify, "pin") && !pin_ok(pin))
        fault_add(f, line_of(f, *pin ? "erp.tls_pin" : "erp.tls_verify"), "erp.tls_pin", false,
                  "erp.tls_verify = \"pin\" needs a SHA-256 fingerprint of 64 hex digits, not "
                  "\"%.80s\"",
                  pin);
}

static void check_erp_name(const struct config *c, const struct paths *p, struct faults *f)
{
    struct buf names;
    const char *name = config_text(c, "erp.type");
    buf_init(&names, 400);
    if (p && *name && !erp_names_has(p, name, &names))
        fault_add(f, line_of(f, "erp.type"), "erp.type", false, "unknown ERP \"%.60s\"; one of: %s",
                  name, buf_text(&names));
    buf_free(&names);
}

/* Rules between settings. */
static void check_together(const struct config *c, const struct paths *p, struct faults *f)
{
    const char *url = config_text(c, "panel.url");
    check_tls(c, f);
    check_erp_name(c, p, f);
    if (*url && !config_is_https(url))
        fault_add(f, line_of(f, "panel.url"), "panel.url", false,
                  "\"%.100s\" is not a URL that begins with https://", url);
    bool any = config_is_set(c, "erp.type") || config_is_set(c, "erp.server") ||
               json_array_size(c->plugins) > 0;
    f->begun = any;
    for (size_t i = 0; any && setting_at(i); i++)
        if (setting_at(i)->required && text_empty(c->values[i])) {
            const char *path = setting_at(i)->path;
            fault_add(f, line_of(f, path), path, false, "is missing: %s", setting_at(i)->help);
            f->missing++;
        }
}

static struct config *config_new(const struct paths *p)
{
    struct config *c = mem_alloc(sizeof *c);
    c->plugins = json_array();
    if (p)
        text_copy(c->state_dir, sizeof c->state_dir, p->state_dir);
    return c;
}

static enum status sum_up(const struct faults *f, struct error *e)
{
    const struct config_fault *first = f->list;
    for (size_t i = 0; f->list && i < f->count; i++) {
        if (!f->list[i].warning) {
            first = &f->list[i];
            break;
        }
    }
    char line[16] = "";
    if (first && first->line)
        text_format(line, sizeof line, "%d:", first->line);
    if (first)
        error_set(e, STATUS_INVALID, "config_invalid", "%s:%s %s%s%-s%-s", first->file, line,
                  first->setting, first->setting[0] ? ": " : "", first->said,
                  f->fatal > 1 ? N_(" (and more)") : "");
    else
        error_set(e, STATUS_INVALID, "config_invalid", "%s has %zu faults", f->file, f->fatal);
    error_remedy(e, "`endpointctl config check` lists every fault with its line.");
    return STATUS_INVALID;
}

enum status config_load_text(const struct paths *p, const char *text, size_t length,
                             struct config **config, struct faults *f, struct error *e)
{
    struct config *c = config_new(p);
    struct wellformed_fault form;
    config_t file;
    f->text = text;
    f->length = length;
    config_init(&file);
    *config = NULL;
    if (!wellformed_check(text, length, &form)) {
        fault_add(f, form.line, "", false, "%-s", form.said);
    } else if (config_read_string(&file, text + wellformed_mark(text, length)) != CONFIG_TRUE) {
        fault_add(f, config_error_line(&file), "", false,
                  "%s (settings look like: name = \"value\"; )", config_error_text(&file));
    } else {
        const config_setting_t *root = config_root_setting(&file);
        for (int i = 0; i < config_setting_length(root); i++) {
            const config_setting_t *s = config_setting_get_elem(root, (unsigned)i);
            const char *name = config_setting_name(s);
            if (text_equal(name, "plugins")) {
                json_decref(c->plugins);
                c->plugins = plugin_file_read(s, f);
            } else if (config_setting_is_group(s)) {
                take_group(c, s, f);
            } else {
                take_setting(c, s, name, f);
            }
        }
        check_together(c, p, f);
    }
    config_destroy(&file);
    if (f->fatal && !f->anyway) {
        config_free(c);
        return sum_up(f, e);
    }
    *config = c;
    return f->fatal ? sum_up(f, e) : STATUS_OK;
}

static enum status load(const struct paths *p, bool anyway, struct config **config,
                        struct config_fault *faults, size_t *count, struct error *e)
{
    struct config_fault *own = faults ? faults : mem_array(CONFIG_FAULTS, sizeof *own);
    struct faults f = {.list = own, .file = p->config_file, .anyway = anyway};
    struct file_stamp stamp;
    struct buf text;
    buf_init(&text, CONFIG_FILE_MAX);
    *config = NULL;
    enum status status = file_read(p->config_file, &text, &stamp, e);
    if (status == STATUS_OK) {
        status = config_load_text(p, buf_text(&text), text.length, config, &f, e);
    } else if (status == STATUS_NOT_FOUND) {
        error_remedy(e, "Write it: endpoint.conf(5) explains every setting.");
        *config = config_new(p);
    }
    if (*config)
        (*config)->stamp = stamp;
    if (count)
        *count = f.count;
    if (!faults)
        free(own);
    mem_wipe(text.data, text.length);
    buf_free(&text);
    return status;
}

enum status config_load(const struct paths *p, struct config **config,
                        struct config_fault faults[CONFIG_FAULTS], size_t *count, struct error *e)
{
    return load(p, false, config, faults, count, e);
}

enum status config_load_anyway(const struct paths *p, struct config **config,
                               struct config_fault faults[CONFIG_FAULTS], size_t *count,
                               struct error *e)
{
    enum status status = load(p, true, config, faults, count, e);
    if (!*config)
        *config = config_new(p);
    return status;
}

void config_free(struct config *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < SETTINGS_MAX; i++)
        mem_free_secret(c->values[i]);
    json_decref(c->plugins);
    free(c);
}

const char *config_text(const struct config *c, const char *path)
{
    size_t i = index_of(path);
    return c->values[i] ? c->values[i] : setting_at(i)->fallback;
}

int64_t config_integer(const struct config *c, const char *path)
{
    const char *text = config_text(c, path);
    int64_t value = 0;
    if (setting_find(path)->type == SETTING_DURATION)
        text_to_duration(text, &value);
    else
        text_to_i64(text, &value);
    return value;
}

bool config_flag(const struct config *c, const char *path)
{
    return text_equal(config_text(c, path), "true");
}

bool config_is_set(const struct config *c, const char *path)
{
    return c->values[index_of(path)] != NULL;
}

enum status config_secret(const struct config *c, const char *path, char *target, size_t size,
                          struct error *e)
{
    const char *text = config_text(c, path);
    target[0] = '\0';
    if (!c->secrets_inline && text_starts(text, SEALED_PREFIX)) {
        enum status status =
            sealed_get(c->state_dir, text + strlen(SEALED_PREFIX), target, size, e);
        if (status == STATUS_NOT_FOUND) {
            error_set(e, STATUS_DENIED, "secret_missing",
                      "the sealed store has no %s, which %s refers to", text, path);
            return error_remedy(e, "Enter it again: endpointctl config set %s", path);
        }
        return status;
    }
    if (!text_copy(target, size, text))
        return error_set(e, STATUS_INVALID, "secret_long", "the value of %s is too long", path);
    return STATUS_OK;
}

const json_t *config_plugins(const struct config *c)
{
    return c->plugins;
}

const struct file_stamp *config_stamp(const struct config *c)
{
    return &c->stamp;
}

enum status config_to_json(const struct config *c, bool with_secrets, json_t **object,
                           struct error *e)
{
    *object = json_object();
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        if (s->type != SETTING_SECRET) {
            json_set_text(*object, s->path, config_text(c, s->path));
            continue;
        }
        char secret[512] = "";
        if (with_secrets) {
            enum status status = config_secret(c, s->path, secret, sizeof secret, e);
            if (status != STATUS_OK) {
                json_decref(*object);
                *object = NULL;
                return status;
            }
        } else if (*config_text(c, s->path)) {
            text_copy(secret, sizeof secret, "***");
        }
        json_set_text(*object, s->path, secret);
        mem_wipe(secret, sizeof secret);
    }
    return STATUS_OK;
}

enum status config_from_json(const json_t *object, struct config **config, struct error *e)
{
    struct config *c = config_new(NULL);
    c->secrets_inline = true;
    *config = NULL;
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        const char *text = json_text(object, s->path, NULL);
        char expected[SETTING_EXPECTED];
        if (!text || (text_equal(text, s->fallback)))
            continue;
        if (!setting_accepts(s, text, expected)) {
            config_free(c);
            return error_set(e, STATUS_INVALID, "config_invalid", "%s is not %-s", s->path,
                             expected);
        }
        c->values[i] = mem_string(text);
    }
    *config = c;
    return STATUS_OK;
}
