/* Reads a mapping file's members and collects their faults. */
#include "mapping/mapping_read.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "mapping/mapping_load.h"
#include "mapping/mapping_sql.h"

#define SQL_MAX 65536

void mapping_fault(struct mapping_loader *l, int line, const char *setting, const char *format, ...)
{
    l->fatal++;
    if (l->count >= CONFIG_FAULTS)
        return;
    struct config_fault *f = &l->faults[l->count++];
    memset(f, 0, sizeof *f);
    text_copy(f->file, sizeof f->file, l->file);
    f->line = line;
    text_copy(f->setting, sizeof f->setting, setting);
    va_list args;
    va_start(args, format);
    said_vformat(f->said, sizeof f->said, f->text, sizeof f->text, format, args);
    va_end(args);
}

int mapping_line(const config_setting_t *s)
{
    return (int)config_setting_source_line(s);
}

void mapping_sql_free(struct mapping_sql *s)
{
    free(s->name);
    free(s->sql);
    free(s->file);
    free(s->database);
    *s = (struct mapping_sql){0};
}

/* Every member of a group must be one of the names given (a NULL ends them). */
void mapping_only(struct mapping_loader *l, const config_setting_t *group, const char *where, ...)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(s), *known;
        bool found = false;
        va_list args;
        va_start(args, where);
        while ((known = va_arg(args, const char *)) != NULL)
            found |= text_equal(known, name);
        va_end(args);
        if (!found)
            mapping_fault(l, mapping_line(s), where,
                          "\"%s\" is not one of its attributes; endpoint-erp(5) lists them",
                          name ? name : "");
    }
}

/* Attributes that are SQL must only read. */
static void check_sql(struct mapping_loader *l, const config_setting_t *s, const char *name,
                      const char *where, const char *text)
{
    static const char *const statements[] = {"sql", "version", "company", "safe", "probe"},
                             *const parts[] = {"columns", "joins", "changed", "column",
                                               "join",    "own",   "parts"};
    bool whole = false, part = false;
    char problem[MAPPING_PROBLEM];
    for (size_t i = 0; i < COUNT_OF(statements); i++)
        whole |= text_equal(statements[i], name);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        part |= text_equal(parts[i], name);
    if ((whole || part) && !mapping_sql_reads(text, whole, problem))
        mapping_fault(l, mapping_line(s), where, "\"%s\": %-s", name, problem);
}

/* A text attribute, or NULL with a fault. */
char *mapping_text(struct mapping_loader *l, const config_setting_t *group, const char *name,
                   const char *where, bool required)
{
    const config_setting_t *s = config_setting_get_member(group, name);
    if (!s) {
        if (required)
            mapping_fault(l, mapping_line(group), where, "\"%s\" is missing", name);
        return NULL;
    }
    const char *text = config_setting_get_string(s);
    if (!text || !*text || strlen(text) > SQL_MAX || !text_is_utf8(text, strlen(text))) {
        mapping_fault(l, mapping_line(s), where, "\"%s\" must be a text of 1 to %d bytes in UTF-8",
                      name, SQL_MAX);
        return NULL;
    }
    check_sql(l, s, name, where, text);
    return mem_string(text);
}

bool mapping_take_sql(struct mapping_loader *l, const config_setting_t *group, const char *name,
                      const char *where, struct mapping_sql *target)
{
    char *sql = mapping_text(l, group, "sql", where, true);
    if (!sql)
        return false;
    mapping_sql_free(target);
    target->name = mem_string(name);
    target->sql = sql;
    target->file = mem_string(l->file);
    target->line = mapping_line(config_setting_get_member(group, "sql"));
    return true;
}
