/* A mapping's streams: their statements, and what can be filled into them. */
#include "mapping/mapping_stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping_load.h"
#include "mapping/mapping.h"
#include "mapping/mapping_read.h"

static void take_keys(struct mapping_loader *l, const config_setting_t *group, const char *where,
                      struct mapping_stream *stream)
{
    const config_setting_t *keys = config_setting_get_member(group, "keys");
    size_t wanted = 0;
    while (stream->stream->keys[wanted])
        wanted++;
    stream->key_count = wanted;
    if (!keys || (!config_setting_is_list(keys) && !config_setting_is_array(keys)) ||
        config_setting_length(keys) != (int)wanted) {
        mapping_fault(
            l, mapping_line(keys ? keys : group), where,
            "\"keys\" must list the types of its %zu key columns, such as ( \"integer\" )", wanted);
        return;
    }
    for (size_t i = 0; i < wanted; i++) {
        const char *type = config_setting_get_string_elem(keys, (int)i);
        if (!text_equal(type, "integer") && !text_equal(type, "text"))
            mapping_fault(l, mapping_line(keys), where,
                          "key type \"%.40s\" is neither \"integer\" nor \"text\"",
                          type ? type : "?");
        stream->key_is_text[i] = text_equal(type, "text");
    }
}

static void take_expand(struct mapping_loader *l, const config_setting_t *group, const char *where,
                        struct mapping_stream *stream)
{
    const config_setting_t *s = config_setting_get_member(group, "expand");
    int from = 0, to = 0;
    if (!s)
        return;
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where, "\"expand\" must be a group");
        return;
    }
    mapping_only(l, s, where, "key", "field", "from", "to", NULL);
    char *key = mapping_text(l, s, "key", where, true),
         *field = mapping_text(l, s, "field", where, true);
    if (config_setting_lookup_int(s, "from", &from) != CONFIG_TRUE ||
        config_setting_lookup_int(s, "to", &to) != CONFIG_TRUE || from < 0 || to < from ||
        to - from >= MAPPING_EXPAND_MAX)
        mapping_fault(l, mapping_line(s), where,
                      "\"from\" and \"to\" must be numbers, at most %d apart", MAPPING_EXPAND_MAX);
    if (key && !text_equal(key, stream->stream->keys[stream->key_count - 1]))
        mapping_fault(l, mapping_line(s), where,
                      "expand.key is \"%.40s\", but must be the last key column, \"%s\"", key,
                      stream->stream->keys[stream->key_count - 1]);
    if (field && stream_field(stream->stream, field) < 0)
        mapping_fault(l, mapping_line(s), where,
                      "expand.field \"%.40s\" is not a field of "
                      "the stream",
                      field);
    text_copy(stream->expand_key, sizeof stream->expand_key, key);
    text_copy(stream->expand_field, sizeof stream->expand_field, field);
    stream->expand_from = from;
    stream->expand_to = to;
    stream->expands = true;
    free(key);
    free(field);
}

/* ---- the places in a statement ---- */

static const char *const places[] = {"{filters}", "{joins}", "{changed}"};
enum { PLACE_FILTERS, PLACE_JOINS, PLACE_CHANGED, PLACES };

/* The place that begins at text; PLACES: none. */
static size_t place_at(const char *text)
{
    for (size_t i = 0; i < PLACES; i++)
        if (strncmp(text, places[i], strlen(places[i])) == 0)
            return i;
    return PLACES;
}

/* Every place needs its filling, and every filling its place. */
static void check_places(struct mapping_loader *l, int line, const char *where,
                         const struct mapping_stream *s, const char *sql)
{
    const bool filled[PLACES] = {
        [PLACE_FILTERS] = s->filters || s->fields || s->field_column,
        [PLACE_JOINS] = s->joins || s->fields_joins || s->field_join,
        [PLACE_CHANGED] = s->changed,
    };
    bool seen[PLACES] = {false};
    for (const char *p = strchr(sql, '{'); p; p = strchr(p + 1, '{')) {
        size_t i = place_at(p);
        if (i == PLACES) {
            mapping_fault(l, line, where,
                          "\"%.20s\" is not a place of a statement; the places are {filters}, "
                          "{joins} and {changed}",
                          p);
            return;
        }
        seen[i] = true;
    }
    for (size_t i = 0; i < PLACES; i++)
        if (seen[i] != filled[i])
            mapping_fault(
                l, line, where,
                seen[i]
                    ? N_("the statement has the place %s, but there is nothing to fill it")
                    : N_("there is a text for the place %s, but the statement has no such place"),
                places[i]);
    const char *own = s->kits_own ? strstr(sql, s->kits_own) : NULL;
    if (s->kits_own && (!own || strstr(own + 1, s->kits_own)))
        mapping_fault(l, line, where,
                      "kits.own must occur in the statement exactly once: kits.parts replaces "
                      "it");
    const char *question = strchr(sql, '?');
    if (question)
        mapping_fault(l, line, where,
                      "a \"?\" is allowed only in stamp.changed, kits.changed and "
                      "filters.field");
}

/* A part of a statement, with {n} as a number; value is bound for each "?" in it. */
static void add_part(struct buf *b, const char *part, size_t number, const char *value,
                     struct mapping_values *values)
{
    for (const char *p = part; *p; p++) {
        if (number && strncmp(p, "{n}", 3) == 0) {
            buf_printf(b, "%zu", number);
            p += 2;
            continue;
        }
        if (*p == '?' && values->count < MAPPING_VALUES)
            values->list[values->count] = value;
        values->count += *p == '?';
        buf_add_byte(b, *p);
    }
}

/* The text for {filters} or {joins}: the mapping's own, plus what a custom field needs that a
 * scenario names. */
static void add_filters(struct buf *b, const struct mapping_stream *s, size_t place,
                        const struct mapping_choice *choice, struct mapping_values *values)
{
    const bool column = place == PLACE_FILTERS;
    bool named = false;
    const char *own = column ? s->filters : s->joins,
               *fields = column ? s->fields : s->fields_joins,
               *field = column ? s->field_column : s->field_join, *comma = column ? ", " : "";
    for (size_t i = 0; i < MAPPING_CHOICE_FIELDS; i++)
        named |= choice->fields[i] != NULL;
    if (own) {
        buf_add_text(b, comma);
        add_part(b, own, 0, NULL, values);
        comma = column ? ", " : " ";
    }
    if (fields && named) {
        buf_add_text(b, comma);
        add_part(b, fields, 0, NULL, values);
        comma = column ? ", " : " ";
    }
    for (size_t i = 0; field && i < MAPPING_CHOICE_FIELDS; i++) {
        if (!choice->fields[i])
            continue;
        buf_add_text(b, comma);
        add_part(b, field, i + 1, choice->fields[i], values);
        if (column)
            buf_printf(b, " AS " MAPPING_FIELD "%zu", i + 1);
        comma = column ? ", " : " ";
    }
}

/* The statement that counts kits from their parts; NULL: the mapping does not say how. free() it. */
static char *with_parts(const struct mapping_stream *s, const char *sql)
{
    const char *own = s->kits_own ? strstr(sql, s->kits_own) : NULL;
    return own ? mem_format("%.*s%s%s", (int)(own - sql), sql, s->kits_parts,
                            own + strlen(s->kits_own))
               : NULL;
}

void mapping_stream_sql(const struct mapping_stream *s, const char *sql,
                        const struct mapping_choice *choice, struct buf *b,
                        struct mapping_values *values)
{
    char *counted = choice->kits ? with_parts(s, sql) : NULL;
    values->count = 0;
    buf_reset(b);
    for (const char *p = counted ? counted : sql; *p;) {
        size_t plain = strcspn(p, "{"), i;
        buf_add(b, p, plain);
        p += plain;
        if (!*p)
            break;
        i = place_at(p);
        if (i == PLACES) {
            buf_add(b, p++, 1);
            continue;
        }
        p += strlen(places[i]);
        if ((i == PLACE_FILTERS || i == PLACE_JOINS) && choice->filters)
            add_filters(b, s, i, choice, values);
        else if (i == PLACE_CHANGED && choice->since && s->changed)
            add_part(b, choice->kits && s->kits_changed ? s->kits_changed : s->changed, 0,
                     choice->since, values);
    }
    free(counted);
}

/* If custom fields are rows, not columns: how to read one by its name. */
static void take_field(struct mapping_loader *l, const config_setting_t *group, const char *where,
                       struct mapping_stream *stream)
{
    const config_setting_t *s = config_setting_get_member(group, "field");
    if (!s)
        return;
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where,
                      "\"field\" must be a group: { column = …; join = …; }");
        return;
    }
    mapping_only(l, s, where, "column", "join", NULL);
    stream->field_column = mapping_text(l, s, "column", where, true);
    stream->field_join = mapping_text(l, s, "join", where, true);
    if (stream->field_column && stream->field_join &&
        (!strstr(stream->field_column, "{n}") || !strstr(stream->field_join, "{n}") ||
         !strchr(stream->field_join, '?') || strchr(stream->field_column, '?')))
        mapping_fault(
            l, mapping_line(s), where,
            "\"field\" needs a \"?\" in its join for the field's name, and {n} in both, which "
            "is a different number for each field");
    if (!stream->field_column || !stream->field_join) {
        free(stream->field_column);
        free(stream->field_join);
        stream->field_column = stream->field_join = NULL;
    }
}

/* A group of columns, and of joins that they need. */
static void take_columns(struct mapping_loader *l, const config_setting_t *s, const char *where,
                         bool required, char **columns, char **joins)
{
    *columns = mapping_text(l, s, "columns", where, required);
    *joins = mapping_text(l, s, "joins", where, false);
    if ((*columns && strchr(*columns, '?')) || (*joins && strchr(*joins, '?')))
        mapping_fault(l, mapping_line(s), where, "there is no value for the \"?\" in \"%s\"",
                      config_setting_name(s));
}

static void take_filters(struct mapping_loader *l, const config_setting_t *group, const char *where,
                         struct mapping_stream *stream)
{
    const config_setting_t *s = config_setting_get_member(group, "filters");
    if (!s)
        return;
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where,
                      "\"filters\" must be a group: { columns = …; joins = …; }");
        return;
    }
    const config_setting_t *fields = config_setting_get_member(s, "fields"),
                           *stamped = config_setting_get_member(s, "stamped");
    mapping_only(l, s, where, "columns", "joins", "fields", "field", "stamped", NULL);
    take_columns(l, s, where, !fields && !config_setting_get_member(s, "field"), &stream->filters,
                 &stream->joins);
    if (fields && !config_setting_is_group(fields)) {
        mapping_fault(l, mapping_line(fields), where,
                      "\"fields\" must be a group: { columns = …; joins = …; }");
    } else if (fields) {
        mapping_only(l, fields, where, "columns", "joins", NULL);
        take_columns(l, fields, where, true, &stream->fields, &stream->fields_joins);
    }
    take_field(l, s, where, stream);
    if (stamped && config_setting_type(stamped) != CONFIG_TYPE_BOOL)
        mapping_fault(l, mapping_line(stamped), where, "\"stamped\" must be true or false");
    else
        stream->fields_unstamped = stamped && !config_setting_get_bool(stamped);
}

static void take_stamp(struct mapping_loader *l, const config_setting_t *group, const char *where,
                       struct mapping_stream *stream)
{
    const config_setting_t *s = config_setting_get_member(group, "stamp");
    if (!s)
        return;
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where,
                      "\"stamp\" must be a group: { kind = …; safe = …; changed = …; }");
        return;
    }
    mapping_only(l, s, where, "kind", "safe", "changed", NULL);
    char *kind = mapping_text(l, s, "kind", where, true);
    stream->stamp = text_equal(kind, "rowversion") ? STAMP_ROWVERSION
                    : text_equal(kind, "datetime") ? STAMP_DATETIME
                                                   : STAMP_NONE;
    if (kind && stream->stamp == STAMP_NONE)
        mapping_fault(l, mapping_line(s), where,
                      "stamp.kind \"%.40s\" is neither \"rowversion\" nor \"datetime\"", kind);
    free(kind);
    stream->safe.sql = mapping_text(l, s, "safe", where, true);
    stream->safe.name = mem_string("safe");
    stream->safe.file = mem_string(l->file);
    stream->safe.line = mapping_line(s);
    stream->changed = mapping_text(l, s, "changed", where, true);
    if (stream->changed && !strchr(stream->changed, '?'))
        mapping_fault(l, mapping_line(s), where, "stamp.changed needs a \"?\" for the stamp");
}

/* Where the amounts come from, with kits as the ERP keeps them and counted from their parts. */
static void take_kits(struct mapping_loader *l, const config_setting_t *group, const char *where,
                      struct mapping_stream *stream)
{
    const config_setting_t *s = config_setting_get_member(group, "kits");
    if (!s)
        return;
    if (!config_setting_is_group(s)) {
        mapping_fault(l, mapping_line(s), where,
                      "\"kits\" must be a group: { own = …; parts = …; changed = …; }");
        return;
    }
    mapping_only(l, s, where, "own", "parts", "changed", NULL);
    stream->kits_own = mapping_text(l, s, "own", where, true);
    stream->kits_parts = mapping_text(l, s, "parts", where, true);
    stream->kits_changed = mapping_text(l, s, "changed", where, false);
    if ((stream->kits_own && strchr(stream->kits_own, '?')) ||
        (stream->kits_parts && strchr(stream->kits_parts, '?')))
        mapping_fault(l, mapping_line(s), where,
                      "there is no value for the \"?\" in kits.own or kits.parts");
    if (stream->kits_changed && (!stream->changed || !strchr(stream->kits_changed, '?')))
        mapping_fault(l, mapping_line(s), where,
                      "kits.changed replaces stamp.changed, and needs a \"?\" for the stamp");
    if (!stream->kits_own || !stream->kits_parts) {
        free(stream->kits_own);
        free(stream->kits_parts);
        stream->kits_own = stream->kits_parts = NULL;
    }
}

static void take_variants(struct mapping_loader *l, const config_setting_t *group,
                          const char *where, struct mapping_stream *stream)
{
    const config_setting_t *list = config_setting_get_member(group, "variants");
    if (!list)
        return;
    if (!config_setting_is_list(list) || config_setting_length(list) > MAPPING_VARIANTS) {
        mapping_fault(l, mapping_line(list), where,
                      "\"variants\" must be a list of at most %d groups { probe, expect, sql }",
                      MAPPING_VARIANTS);
        return;
    }
    for (int i = 0; i < config_setting_length(list); i++) {
        const config_setting_t *s = config_setting_get_elem(list, (unsigned)i);
        if (!config_setting_is_group(s)) {
            mapping_fault(l, mapping_line(s), where,
                          "a variant must be a group { probe, expect, sql }");
            continue;
        }
        mapping_only(l, s, where, "probe", "expect", "sql", NULL);
        struct mapping_variant *v = &stream->variants[stream->variant_count++];
        v->probe.sql = mapping_text(l, s, "probe", where, true);
        v->probe.name = mem_string("probe");
        v->probe.file = mem_string(l->file);
        v->probe.line = mapping_line(s);
        v->expect = mapping_text(l, s, "expect", where, true);
        v->sql = mapping_text(l, s, "sql", where, true);
        if (v->sql)
            check_places(l, mapping_line(s), where, stream, v->sql);
    }
}

void mapping_stream_free(struct mapping_stream *s)
{
    mapping_sql_free(&s->statement);
    mapping_sql_free(&s->safe);
    for (size_t i = 0; i < s->variant_count; i++) {
        mapping_sql_free(&s->variants[i].probe);
        free(s->variants[i].expect);
        free(s->variants[i].sql);
    }
    free(s->filters);
    free(s->joins);
    free(s->fields);
    free(s->fields_joins);
    free(s->field_column);
    free(s->field_join);
    free(s->kits_own);
    free(s->kits_parts);
    free(s->kits_changed);
    free(s->changed);
    *s = (struct mapping_stream){0};
}

void mapping_take_stream(struct mapping_loader *l, const config_setting_t *group)
{
    const char *name = config_setting_name(group);
    const struct stream_def *def = stream_find(name);
    char where[80];
    text_format(where, sizeof where, "streams.%.40s", name);
    if (!def) {
        mapping_fault(l, mapping_line(group), where,
                      "there is no such stream; the streams are products, stock, prices and "
                      "customers");
        return;
    }
    if (!config_setting_is_group(group)) {
        mapping_fault(l, mapping_line(group), where, "must be a group: { keys = …; sql = …; }");
        return;
    }
    mapping_only(l, group, where, "keys", "sql", "expand", "filters", "kits", "stamp", "variants",
                 NULL);
    struct mapping_stream *s = (struct mapping_stream *)mapping_stream(l->m, name);
    if (!s)
        s = &l->m->streams[l->m->stream_count++];
    mapping_stream_free(s); /* a site's copy replaces a stream whole */
    s->stream = def;
    bool has_sql = mapping_take_sql(l, group, name, where, &s->statement);
    take_keys(l, group, where, s);
    take_expand(l, group, where, s);
    take_filters(l, group, where, s);
    take_stamp(l, group, where, s);
    take_kits(l, group, where, s);
    if (has_sql)
        check_places(l, s->statement.line, where, s, s->statement.sql);
    else /* faulty: the count must stay in step with what can be freed */
        s->statement.name = mem_string(name);
    take_variants(l, group, where, s);
}
