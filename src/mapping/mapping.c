#include "mapping/mapping_load.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "config/wellformed.h"
#include "mapping/mapping_read.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

#define FILE_MAX (1 << 20)

static void take_lookup(struct mapping_loader *l, const config_setting_t *group)
{
    const char *name = config_setting_name(group);
    char where[80];
    text_format(where, sizeof where, "lookups.%.40s", name);
    if (!config_setting_is_group(group)) {
        mapping_fault(l, mapping_line(group), where, "must be a group: { sql = …; }");
        return;
    }
    mapping_only(l, group, where, "sql", "database", NULL);
    struct mapping_sql *s = (struct mapping_sql *)mapping_lookup(l->m, name);
    if (!s && l->m->lookup_count == MAPPING_LOOKUPS) {
        mapping_fault(l, mapping_line(group), where, "there are more than %d lookups",
                      MAPPING_LOOKUPS);
        return;
    }
    struct mapping_sql *to = s ? s : &l->m->lookups[l->m->lookup_count];
    if (!mapping_take_sql(l, group, name, where, to))
        return;
    to->database = mapping_text(l, group, "database", where, false);
    if (!s)
        l->m->lookup_count++;
}

static void free_probes(struct mapping_probe *probes, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        mapping_sql_free(&probes[i].statement);
        free(probes[i].title);
        free(probes[i].expect);
    }
    *count = 0;
}

/* The list "probes" or "others". */
static void take_probes(struct mapping_loader *l, const config_setting_t *list, const char *where,
                        struct mapping_probe *probes, size_t *count)
{
    free_probes(probes, count);
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
        if (*count == MAPPING_PROBES || !config_setting_is_group(s)) {
            mapping_fault(l, mapping_line(s), where,
                          "must be at most %d groups { code, title, sql, expect }", MAPPING_PROBES);
            return;
        }
        struct mapping_probe *p = &probes[*count];
        memset(p, 0, sizeof *p);
        mapping_only(l, s, where, "code", "title", "sql", "expect", NULL);
        char *code = mapping_text(l, s, "code", where, true);
        if (mapping_take_sql(l, s, code ? code : "?", where, &p->statement)) {
            p->title = mapping_text(l, s, "title", where, true);
            p->expect = mapping_text(l, s, "expect", where, true);
            ++*count;
        }
        free(code);
    }
}

/* A statement of the root that gives one row: "version" or "company". */
static void take_root_sql(struct mapping_loader *l, const config_setting_t *root, const char *name,
                          struct mapping_sql *target)
{
    char *sql = mapping_text(l, root, name, "the file", false);
    if (!sql)
        return;
    mapping_sql_free(target);
    target->name = mem_string(name);
    target->sql = sql;
    target->file = mem_string(l->file);
    target->line = mapping_line(config_setting_get_member(root, name));
}

static bool name_ok(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return length > 0 && length < 60 && name[length] == '\0';
}

static enum status load_file(struct mapping_loader *l, const char *path, bool first,
                             struct error *e);

/* Everything that this mapping does not define comes from another one. */
static void take_base(struct mapping_loader *l, const config_setting_t *root)
{
    const config_setting_t *s = config_setting_get_member(root, "base");
    const char *file = l->file;
    char path[PATH_MAX];
    struct error e = {0};
    char *base = s ? mapping_text(l, root, "base", "the file", true) : NULL;
    if (!base)
        return;
    if (l->in_base || l->has_base) {
        mapping_fault(l, mapping_line(s), "base",
                      "a base must not have a base itself, and there can be only one");
    } else if (!name_ok(base) || text_equal(base, l->m->name) ||
               !text_format(path, sizeof path, "%s/%s.conf", l->erp_dir, base)) {
        mapping_fault(l, mapping_line(s), "base", "\"%.60s\" cannot be a base", base);
    } else {
        l->in_base = l->has_base = true;
        if (load_file(l, path, false, &e) != STATUS_OK) {
            l->file = file;
            mapping_fault(l, mapping_line(s), "base", "\"%.60s\" cannot be read: %-s", base,
                          error_said(&e));
        }
        l->in_base = false;
        l->file = file;
    }
    free(base);
}

static void take_root(struct mapping_loader *l, const config_setting_t *root, bool first)
{
    mapping_only(l, root, "the file", "name", "title", "base", "probes", "others", "version",
                 "company", "streams", "lookups", "orders", NULL);
    take_base(l, root);
    char *name = mapping_text(l, root, "name", "the file", first);
    char *title = mapping_text(l, root, "title", "the file", first);
    if (name && !l->in_base && l->m->name && !text_equal(name, l->m->name))
        mapping_fault(l, mapping_line(config_setting_get_member(root, "name")), "name",
                      "is \"%.40s\", but the file is named after \"%.40s\"", name, l->m->name);
    free(name);
    if (title) {
        free(l->m->title);
        l->m->title = title;
    }
    take_root_sql(l, root, "version", &l->m->version);
    take_root_sql(l, root, "company", &l->m->company);
    struct {
        const char *name;
        struct mapping_probe *probes;
        size_t *count;
    } lists[] = {{"probes", l->m->probes, &l->m->probe_count},
                 {"others", l->m->others, &l->m->other_count}};
    const config_setting_t *s;
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        s = config_setting_get_member(root, lists[i].name);
        if (s && !config_setting_is_list(s))
            mapping_fault(l, mapping_line(s), lists[i].name, "must be a list of groups");
        else if (s)
            take_probes(l, s, lists[i].name, lists[i].probes, lists[i].count);
    }
    static const struct {
        const char *name;
        void (*take)(struct mapping_loader *, const config_setting_t *);
    } groups[] = {{"streams", mapping_take_stream}, {"lookups", take_lookup}};
    for (size_t g = 0; g < COUNT_OF(groups); g++) {
        s = config_setting_get_member(root, groups[g].name);
        if (s && !config_setting_is_group(s))
            mapping_fault(l, mapping_line(s), groups[g].name, "must be a group");
        for (int i = 0; s && config_setting_is_group(s) && i < config_setting_length(s); i++)
            groups[g].take(l, config_setting_get_elem(s, (unsigned)i));
    }
    if ((s = config_setting_get_member(root, "orders")) != NULL)
        mapping_take_orders(l, s);
}

/* STATUS_NOT_FOUND: no such file; faults are collected. */
static enum status load_file(struct mapping_loader *l, const char *path, bool first,
                             struct error *e)
{
    struct buf text;
    struct wellformed_fault form;
    config_t file;
    buf_init(&text, FILE_MAX);
    enum status status = file_read(path, &text, NULL, e);
    if (status == STATUS_OK) {
        l->file = path;
        config_init(&file);
        if (!wellformed_check(buf_text(&text), text.length, &form))
            mapping_fault(l, form.line, "the file", "%-s", form.said);
        else if (config_read_string(&file, buf_text(&text) +
                                               wellformed_mark(buf_text(&text), text.length)) !=
                 CONFIG_TRUE)
            mapping_fault(l, config_error_line(&file), "the file", "%s", config_error_text(&file));
        else
            take_root(l, config_root_setting(&file), first);
        config_destroy(&file);
    }
    buf_free(&text);
    return status;
}

/* The program's NAME.conf, then the site's over it. */
static enum status load(const char *erp_dir, const char *site, const char *name,
                        struct mapping **out, struct config_fault faults[CONFIG_FAULTS],
                        size_t *count, struct error *e)
{
    struct config_fault *own = faults ? faults : mem_array(CONFIG_FAULTS, sizeof *own);
    struct mapping *m = mem_alloc(sizeof *m);
    struct mapping_loader l = {.m = m, .faults = own, .erp_dir = erp_dir};
    char path[PATH_MAX];
    enum status status = STATUS_OK, own_status;
    *out = NULL;
    m->name = mem_string(name);
    if (!name_ok(name) || !text_format(path, sizeof path, "%s/%s.conf", erp_dir, name)) {
        status =
            error_set(e, STATUS_INVALID, "erp_name", "\"%.60s\" is not a valid ERP name", name);
    } else {
        own_status = load_file(&l, path, true, e);
        enum status site_status = load_file(&l, site, own_status == STATUS_NOT_FOUND, e);
        if (own_status == STATUS_NOT_FOUND && site_status == STATUS_NOT_FOUND)
            status = error_set(e, STATUS_NOT_FOUND, "erp_unknown",
                               "there is no mapping %s.conf in %s, and no %s", name, erp_dir, site);
        else if (own_status != STATUS_OK && own_status != STATUS_NOT_FOUND)
            status = own_status;
        else if (site_status != STATUS_OK && site_status != STATUS_NOT_FOUND)
            status = site_status;
    }
    if (status == STATUS_NOT_FOUND)
        error_remedy(e, "`endpointctl erp list` shows the existing mappings.");
    if (status == STATUS_OK && l.fatal == 0)
        mapping_check_orders(&l);
    if (status == STATUS_OK && l.fatal) {
        status = error_set(e, STATUS_INVALID, "erp_mapping", "%s:%d: %-s: %-s%-s", own[0].file,
                           own[0].line, own[0].setting, own[0].said,
                           l.fatal > 1 ? N_(" (and more)") : "");
        error_remedy(e, "`endpointctl erp check` lists every fault.");
    }
    if (count)
        *count = l.count;
    if (!faults)
        free(own);
    if (status == STATUS_OK)
        *out = m;
    else
        mapping_free(m);
    return status;
}

enum status mapping_load(const char *erp_dir, const char *config_dir, const char *name,
                         struct mapping **m, struct config_fault faults[CONFIG_FAULTS],
                         size_t *count, struct error *e)
{
    char site[PATH_MAX];
    if (!text_format(site, sizeof site, "%s/erp/%s.conf", config_dir, name)) {
        *m = NULL;
        return error_set(e, STATUS_INVALID, "erp_name", "\"%.60s\" is not a valid ERP name", name);
    }
    return load(erp_dir, site, name, m, faults, count, e);
}

enum status mapping_load_file(const char *erp_dir, const char *path, struct mapping **m,
                              struct config_fault faults[CONFIG_FAULTS], size_t *count,
                              struct error *e)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    char name[80];
    *m = NULL;
    if (!text_ends(base, ".conf") || !text_copy(name, sizeof name, base))
        return error_set(e, STATUS_INVALID, "erp_name",
                         "%s does not have the name of a mapping: NAME.conf", path);
    name[strlen(name) - strlen(".conf")] = '\0';
    if (!file_may_read(path))
        return error_errno(e, errno, "erp_file", "reading %s failed", path);
    return load(erp_dir, path, name, m, faults, count, e);
}

void mapping_free(struct mapping *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->stream_count; i++)
        mapping_stream_free(&m->streams[i]);
    for (size_t i = 0; i < m->lookup_count; i++)
        mapping_sql_free(&m->lookups[i]);
    free_probes(m->probes, &m->probe_count);
    free_probes(m->others, &m->other_count);
    mapping_sql_free(&m->version);
    mapping_sql_free(&m->company);
    mapping_orders_free(&m->orders);
    free(m->name);
    free(m->title);
    free(m);
}

const char *mapping_title(const struct mapping *m)
{
    return m->title ? m->title : m->name;
}

const struct mapping_stream *mapping_stream(const struct mapping *m, const char *name)
{
    for (size_t i = 0; i < m->stream_count; i++)
        if (text_equal(m->streams[i].statement.name, name))
            return &m->streams[i];
    return NULL;
}

bool mapping_has_stream(const struct mapping *m, const char *stream)
{
    return mapping_stream(m, stream) != NULL;
}

const struct mapping_sql *mapping_lookup(const struct mapping *m, const char *name)
{
    for (size_t i = 0; i < m->lookup_count; i++)
        if (text_equal(m->lookups[i].name, name))
            return &m->lookups[i];
    return NULL;
}

const char *mapping_lookup_at(const struct mapping *m, size_t index)
{
    return index < m->lookup_count ? m->lookups[index].name : NULL;
}

static void list_directory(const char *dir, const char *erp_dir, const char *config_dir,
                           json_t *list)
{
    struct dir *d = dir_open(dir);
    for (const char *file; d && (file = dir_next(d)) != NULL;) {
        char name[80], path[PATH_MAX];
        if (!text_ends(file, ".conf") || strlen(file) - 5 >= sizeof name)
            continue;
        text_copy(name, sizeof name, file);
        name[strlen(name) - 5] = '\0';
        bool known = false;
        for (size_t i = 0; i < json_array_size(list); i++)
            known |= text_equal(json_text(json_array_get(list, i), "name", ""), name);
        struct mapping *m = NULL;
        struct error fault_of = {0};
        if (known || !text_format(path, sizeof path, "%s/%s", dir, file))
            continue;
        json_t *row = json_object();
        json_set_text(row, "name", name);
        json_set_text(row, "file", path);
        if (mapping_load(erp_dir, config_dir, name, &m, NULL, NULL, &fault_of) == STATUS_OK)
            json_set_text(row, "title", mapping_title(m));
        else
            said_set(row, "error", error_said(&fault_of));
        mapping_free(m);
        json_array_append_new(list, row);
    }
    dir_close(d);
}

enum status mapping_list(const char *erp_dir, const char *config_dir, json_t **list,
                         struct error *e)
{
    char site[PATH_MAX];
    enum status status = path_join(site, sizeof site, config_dir, "erp", e);
    *list = json_array();
    if (status == STATUS_OK)
        list_directory(site, erp_dir, config_dir, *list);
    list_directory(erp_dir, erp_dir, config_dir, *list);
    return status;
}

static json_t *sql_to_json(const struct mapping_sql *s)
{
    json_t *object = json_object();
    json_set_text(object, "name", s->name);
    json_set_text(object, "file", s->file);
    json_set_number(object, "line", s->line);
    json_set_text(object, "sql", s->sql);
    return object;
}

/* Set a member only if the mapping has it. */
static void set_some(json_t *object, const char *name, const char *text)
{
    if (text)
        json_set_text(object, name, text);
}

/* A stream's statement, with everything that fills its places or replaces a part of it. */
static json_t *stream_to_json(const struct mapping_stream *s)
{
    json_t *object = sql_to_json(&s->statement), *stamp, *kits;
    set_some(object, "filters", s->filters);
    set_some(object, "joins", s->joins);
    set_some(object, "fields", s->fields);
    set_some(object, "fields_joins", s->fields_joins);
    set_some(object, "field_column", s->field_column);
    set_some(object, "field_join", s->field_join);
    if (s->safe.sql) {
        stamp = json_object();
        set_some(stamp, "safe", s->safe.sql);
        set_some(stamp, "changed", s->changed);
        json_object_set_new(object, "stamp", stamp);
    }
    if (s->kits_parts) {
        kits = json_object();
        set_some(kits, "own", s->kits_own);
        set_some(kits, "parts", s->kits_parts);
        set_some(kits, "changed", s->kits_changed);
        json_object_set_new(object, "kits", kits);
    }
    return object;
}

json_t *mapping_to_json(const struct mapping *m)
{
    json_t *object = json_object(), *streams = json_array(), *lookups = json_array(),
           *probes = json_array();
    json_set_text(object, "name", m->name);
    json_set_text(object, "title", mapping_title(m));
    for (size_t i = 0; i < m->stream_count; i++)
        json_array_append_new(streams, stream_to_json(&m->streams[i]));
    for (size_t i = 0; i < m->lookup_count; i++)
        json_array_append_new(lookups, sql_to_json(&m->lookups[i]));
    for (size_t i = 0; i < m->probe_count; i++)
        json_array_append_new(probes, sql_to_json(&m->probes[i].statement));
    json_object_set_new(object, "streams", streams);
    json_object_set_new(object, "lookups", lookups);
    json_object_set_new(object, "probes", probes);
    if (m->orders.present)
        json_object_set_new(object, "orders", mapping_orders_to_json(&m->orders));
    return object;
}
