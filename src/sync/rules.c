#include "sync/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/decimal.h"

#define TARGETS_MAX 256 /* warehouses of a shop */

/* A warehouse of the shop being added up, for one product. */
struct target {
    const char *name; /* borrowed from the options */
    bool seen, bad;   /* bad: a part of it is unusable, and so is the sum */
    struct decimal on_hand, reserved, available;
};

struct rules {
    const struct stream_def *stream;
    const json_t *options;
    const struct flow_source *source;
    /* which records */
    const json_t *warehouses, *levels, *currencies, *kinds, *map;
    const char *field_name, *field_value, *sum_as;
    bool only_active, only_online, filters; /* filters: any of these */
    int warehouse, level, currency;         /* fields of the stream; < 0: it has none */
    /* what becomes of them */
    bool changes, sums;
    bool from_on_hand, below_zero, has_add, has_min, has_max, has_rate;
    struct decimal add, min, max, rate;
    const char *send, *match, *match_case;
    int sku, on_hand, reserved, available, net, gross;
    struct record out;
    struct buf scratch;
    uint64_t unmatched;
    /* adding up */
    struct target *targets;
    size_t target_count, target_at;
    bool gathering;             /* the records of a product are being added up */
    bool giving;                /* its targets are being given out, from target_at */
    struct record_fault fault;  /* the first of the product, when a target is bad */
    const struct record *ahead; /* the source's next record, read to see that a product ended */
    bool ended;
    struct key product;
};

static bool option(const json_t *options, const char *name, struct decimal *d)
{
    const char *text = json_text(options, name, NULL);
    return text && decimal_parse(text, strlen(text), d, NULL) == STATUS_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct target *)a)->name, ((const struct target *)b)->name);
}

static void add_target(struct rules *r, const char *name)
{
    for (size_t i = 0; i < r->target_count; i++)
        if (strcmp(r->targets[i].name, name) == 0)
            return;
    if (r->target_count < TARGETS_MAX)
        r->targets[r->target_count++].name = name;
}

/* The shop's warehouses, in the order of their keys. */
static enum status take_targets(struct rules *r, struct error *e)
{
    const char *from;
    json_t *to;
    if (r->warehouse < 0 || (!r->sum_as && !r->map))
        return STATUS_OK;
    if (r->map && json_object_size(r->map) > TARGETS_MAX)
        return error_set(e, STATUS_INVALID, "plugin_invalid",
                         "options.warehouse_map names more than %d warehouses", TARGETS_MAX);
    r->targets = mem_array(TARGETS_MAX, sizeof r->targets[0]);
    if (r->sum_as)
        add_target(r, r->sum_as);
    json_object_foreach ((json_t *)r->map, from, to)
        add_target(r, json_string_value(to));
    qsort(r->targets, r->target_count, sizeof r->targets[0], by_name);
    r->sums = r->changes = true;
    return STATUS_OK;
}

static enum status take_options(struct rules *r, struct error *e)
{
    const json_t *o = r->options, *field = json_object_get(o, "field");
    r->warehouses = json_object_get(o, "warehouses");
    r->levels = json_object_get(o, "levels");
    r->currencies = json_object_get(o, "currencies");
    r->kinds = json_object_get(o, "kinds");
    r->map = json_object_get(o, "warehouse_map");
    r->field_name = json_text(field, "name", NULL);
    r->field_value = json_text(field, "value", NULL);
    r->sum_as = json_text(o, "sum_as", NULL);
    r->only_active = json_is_true(json_object_get(o, "only_active"));
    r->only_online = json_is_true(json_object_get(o, "only_online"));
    r->filters = r->warehouses || r->levels || r->currencies || r->kinds || r->field_name ||
                 r->only_active || r->only_online;
    r->from_on_hand = text_equal(json_text(o, "quantity", ""), "on_hand");
    r->below_zero = text_equal(json_text(o, "below_zero", ""), "zero");
    r->has_add = option(o, "add", &r->add);
    r->has_min = option(o, "min", &r->min);
    r->has_max = option(o, "max", &r->max);
    r->has_rate = option(o, "rate", &r->rate);
    r->send = json_text(o, "send", "both");
    r->match_case = json_text(o, "match_case", "keep");
    r->match = json_text(o, "match", "symbol");
    r->match = text_equal(r->match, "symbol")  ? NULL
               : text_equal(r->match, "field") ? json_text(o, "match_field", "")
                                               : r->match;
    if (r->has_min && r->has_max && decimal_compare(&r->min, &r->max) > 0)
        return error_set(e, STATUS_INVALID, "plugin_invalid",
                         "options.min is larger than options.max");
    r->changes = r->from_on_hand || r->below_zero || r->has_add || r->has_min || r->has_max ||
                 r->has_rate || r->match || !text_equal(r->send, "both") ||
                 !text_equal(r->match_case, "keep");
    return take_targets(r, e);
}

enum status rules_open(const struct stream_def *stream, const json_t *options,
                       const struct flow_source *source, struct rules **out, struct error *e)
{
    struct rules *r = mem_alloc(sizeof *r);
    r->stream = stream;
    r->options = options;
    r->source = source;
    r->warehouse = stream_field(stream, "warehouse");
    r->level = stream_field(stream, "level");
    r->currency = stream_field(stream, "currency");
    r->sku = stream_field(stream, "sku");
    r->on_hand = stream_field(stream, "on_hand");
    r->reserved = stream_field(stream, "reserved");
    r->available = stream_field(stream, "available");
    r->net = stream_field(stream, "net");
    r->gross = stream_field(stream, "gross");
    record_init(&r->out, stream);
    buf_init(&r->scratch, RECORD_TEXT_MAX);
    enum status status = take_options(r, e);
    if (status != STATUS_OK) {
        rules_close(r);
        r = NULL;
    }
    *out = r;
    return status;
}

void rules_close(struct rules *r)
{
    if (!r)
        return;
    record_free(&r->out);
    buf_free(&r->scratch);
    free(r->targets);
    free(r);
}

uint64_t rules_unmatched(const struct rules *r)
{
    return r->unmatched;
}

bool rules_need_filters(const struct stream_def *stream, const json_t *options)
{
    static const char *const columns[][2] = {
        {"only_active", "active"}, {"only_online", "online"}, {"kinds", "kind"}};
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        if (json_object_get(options, columns[i][0]) && stream_field(stream, columns[i][1]) < 0)
            return true;
    if (text_equal(json_text(options, "match", ""), "ean") && stream_field(stream, "ean") < 0)
        return true;
    return json_object_get(options, "field") || json_object_get(options, "match_field");
}

void rules_fields(const json_t *options, const char *fields[RULES_FIELDS])
{
    fields[0] = json_text(json_object_get(options, "field"), "name", NULL);
    fields[1] = json_text(options, "match_field", NULL);
    if (fields[0] && text_equal(fields[0], fields[1]))
        fields[1] = NULL;
}

bool rules_count_kits(const json_t *options)
{
    return text_equal(json_text(options, "kits", ""), "parts");
}

/* ---- which records
 * ------------------------------------------------------------------------------- */

/* A value that could not be read could be anything: it never excludes a record. */
static bool holds(const struct record *rec, const struct value *v, const char *text, size_t length)
{
    if (v && v->bad)
        return true;
    return v && v->present && v->length == length && memcmp(record_text(rec, v), text, length) == 0;
}

/* An empty list wants everything. */
static bool among(const json_t *list, const struct record *rec, const struct value *v)
{
    size_t i;
    json_t *item;
    if (json_array_size(list) == 0 || (v && v->bad))
        return true;
    json_array_foreach (list, i, item)
        if (holds(rec, v, json_string_value(item), json_string_length(item)))
            return true;
    return false;
}

static const struct value *field_at(const struct record *rec, int field)
{
    return field < 0 ? NULL : &rec->fields[field];
}

/* A column that an option needs; NULL with an error that names it. */
static const struct value *needed(const struct record *rec, const char *name, const char *why,
                                  struct error *e)
{
    const struct value *v = record_value(rec, name);
    if (!v) {
        error_set(e, STATUS_INVALID, "rules_column",
                  "options.%s needs a column \"%s\" of the stream %s, which the mapping does "
                  "not have",
                  why, name, rec->stream->name);
        if (text_equal(why, "field") || (text_equal(why, "match") && !text_equal(name, "ean")))
            error_remedy(e,
                         "`endpointctl lookup custom-fields` lists the existing ones; to add "
                         "another one, put it into the stream's filters in a site's copy of "
                         "the mapping, as _%s; see endpoint-erp(5).",
                         name);
        else
            error_remedy(e,
                         "Add it to the stream's filters in a site's copy of the mapping, as _%s; "
                         "see endpoint-erp(5).",
                         name);
    }
    return v;
}

/* *wanted: does the scenario want this record? */
static enum status judge(const struct rules *r, const struct record *rec, bool *wanted,
                         struct error *e)
{
    const struct value *v;
    *wanted = true;
    if (!r->filters)
        return STATUS_OK;
    *wanted = among(r->warehouses, rec, field_at(rec, r->warehouse)) &&
              among(r->levels, rec, field_at(rec, r->level)) &&
              (r->currency < 0 || among(r->currencies, rec, field_at(rec, r->currency)));
    if (*wanted && r->only_active) {
        if (!(v = needed(rec, "active", "only_active", e)))
            return STATUS_INVALID;
        *wanted = !v->present || holds(rec, v, "1", 1);
    }
    if (*wanted && r->only_online) {
        if (!(v = needed(rec, "online", "only_online", e)))
            return STATUS_INVALID;
        *wanted = holds(rec, v, "1", 1);
    }
    if (*wanted && r->kinds) {
        if (!(v = needed(rec, "kind", "kinds", e)))
            return STATUS_INVALID;
        *wanted = among(r->kinds, rec, v);
    }
    if (*wanted && r->field_name) {
        if (!(v = needed(rec, r->field_name, "field", e)))
            return STATUS_INVALID;
        *wanted = holds(rec, v, r->field_value, strlen(r->field_value));
    }
    return STATUS_OK;
}

/* ---- what becomes of them
 * ------------------------------------------------------------------------ */

static enum status get(const struct record *rec, int field, struct decimal *d, bool *present,
                       struct error *e)
{
    const struct value *v = field_at(rec, field);
    *d = (struct decimal){0};
    *present = v && v->present;
    return *present ? decimal_parse(record_text(rec, v), v->length, d, e) : STATUS_OK;
}

static enum status put(struct record *rec, int field, const struct decimal *d, struct error *e)
{
    char text[DECIMAL_TEXT];
    decimal_print(d, text);
    return record_set(rec, (size_t)field, text, strlen(text), e);
}

/* The quantity that the shop sees. */
static enum status shape_stock(struct rules *r, struct record *rec, struct error *e)
{
    const struct decimal zero = {0};
    struct decimal quantity;
    bool present;
    enum status status =
        get(rec, r->from_on_hand ? r->on_hand : r->available, &quantity, &present, e);
    if (status != STATUS_OK || !present)
        return status;
    if (r->has_add)
        status = decimal_add(&quantity, &r->add, &quantity, e);
    if (r->has_min && decimal_compare(&quantity, &r->min) < 0)
        quantity = r->min;
    if (r->has_max && decimal_compare(&quantity, &r->max) > 0)
        quantity = r->max;
    if (r->below_zero && decimal_compare(&quantity, &zero) < 0)
        quantity = zero;
    return status == STATUS_OK ? put(rec, r->available, &quantity, e) : status;
}

static enum status shape_price(struct rules *r, struct record *rec, int field, const char *other,
                               struct error *e)
{
    struct decimal price;
    bool present;
    if (field < 0)
        return STATUS_OK;
    if (text_equal(r->send, other)) {
        record_clear(rec, (size_t)field);
        return STATUS_OK;
    }
    enum status status = r->has_rate ? get(rec, field, &price, &present, e) : STATUS_OK;
    if (status != STATUS_OK || !r->has_rate || !present)
        return status;
    status = decimal_multiply(&price, &r->rate, 2, &price, e);
    return status == STATUS_OK ? put(rec, field, &price, e) : status;
}

/* How the shop identifies the product. *known false: it cannot. */
static enum status shape_match(struct rules *r, struct record *rec, bool *known, struct error *e)
{
    *known = true;
    if (r->sku < 0)
        return STATUS_OK;
    const struct value *v = r->match ? needed(rec, r->match, "match", e) : &rec->fields[r->sku];
    if (!v)
        return STATUS_INVALID;
    if (!v->present || v->length == 0) {
        *known = !r->match;
        return STATUS_OK;
    }
    /* Setting a value moves the texts: copy first. */
    buf_reset(&r->scratch);
    if (text_equal(r->match_case, "keep"))
        buf_add(&r->scratch, record_text(rec, v), v->length);
    else
        text_case(&r->scratch, record_text(rec, v), v->length, text_equal(r->match_case, "upper"));
    return record_set(rec, (size_t)r->sku, buf_text(&r->scratch), r->scratch.length, e);
}

/* An error in a value is that record's fault; one in the mapping concerns all records. */
static enum status blame_value(struct record *rec, enum status status, const struct error *why,
                               struct error *e)
{
    if (status == STATUS_OK)
        return STATUS_OK;
    if (text_equal(why->code, "rules_column")) {
        if (e)
            *e = *why;
        return status;
    }
    record_blame(rec, "", why);
    return STATUS_OK;
}

/* Change r->out as the options say. */
static enum status shape_values(struct rules *r, bool *known, struct error *e)
{
    struct record *rec = &r->out;
    enum status status = STATUS_OK;
    *known = true;
    if (r->match || !text_equal(r->match_case, "keep"))
        status = shape_match(r, rec, known, e);
    if (status == STATUS_OK && *known && r->available >= 0)
        status = shape_stock(r, rec, e);
    if (status == STATUS_OK && *known)
        status = shape_price(r, rec, r->net, "gross", e);
    if (status == STATUS_OK && *known)
        status = shape_price(r, rec, r->gross, "net", e);
    return status;
}

static enum status shape(struct rules *r, bool *known, struct error *e)
{
    struct error why;
    enum status status = blame_value(&r->out, shape_values(r, known, &why), &why, e);
    *known |= r->out.fault.is; /* do not leave it out: its result is unknown */
    return status;
}

/* ---- adding warehouses up
 * ------------------------------------------------------------------------ */

/* The first part of a key, the product. */
static size_t product_length(const struct key *k)
{
    if (k->length && k->bytes[0] == 'i')
        return 9;
    const uint8_t *end = k->length ? memchr(k->bytes, 0, k->length) : NULL;
    return end ? (size_t)(end - k->bytes) + 1 : k->length;
}

static bool same_product(const struct rules *r, const struct record *rec)
{
    size_t length = product_length(&rec->key);
    return length == r->product.length && memcmp(r->product.bytes, rec->key.bytes, length) == 0;
}

static struct target *target_of(struct rules *r, const struct record *rec)
{
    const struct value *v = field_at(rec, r->warehouse);
    const char *name = r->sum_as, *text = v ? record_text(rec, v) : NULL;
    if (!name && text) {
        buf_reset(&r->scratch);
        buf_add(&r->scratch, text, v->length);
        name = json_text(r->map, buf_text(&r->scratch), NULL);
    }
    for (size_t i = 0; name && i < r->target_count; i++)
        if (strcmp(r->targets[i].name, name) == 0)
            return &r->targets[i];
    return NULL;
}

static void spoil(struct rules *r, struct target *t, const struct record *rec,
                  const struct error *why)
{
    bool first = true;
    for (size_t i = 0; i < r->target_count; i++)
        first &= !r->targets[i].bad;
    t->seen = t->bad = true;
    if (!first)
        return;
    r->fault = (struct record_fault){.is = true};
    if (rec->fault.is)
        r->fault = rec->fault;
    else
        r->fault.why = *why;
}

static void add_up(struct rules *r, const struct record *rec)
{
    const struct value *v = field_at(rec, r->warehouse);
    struct target *t = target_of(r, rec);
    int fields[] = {r->on_hand, r->reserved, r->available};
    if (rec->fault.is && !t && v && v->bad) /* whichever it is */
        for (size_t i = 0; i < r->target_count; i++)
            spoil(r, &r->targets[i], rec, NULL);
    if (!t)
        return;
    if (rec->fault.is) {
        spoil(r, t, rec, NULL);
        return;
    }
    struct decimal *sums[] = {&t->on_hand, &t->reserved, &t->available}, d;
    enum status status = STATUS_OK;
    struct error why;
    bool present;
    t->seen = true;
    for (size_t i = 0; i < COUNT_OF(fields) && status == STATUS_OK; i++) {
        status = get(rec, fields[i], &d, &present, &why);
        if (status == STATUS_OK && present)
            status = decimal_add(sums[i], &d, sums[i], &why);
    }
    if (status != STATUS_OK)
        spoil(r, t, rec, &why);
}

static void start_product(struct rules *r)
{
    r->gathering = true;
    for (size_t i = 0; i < r->target_count; i++)
        r->targets[i] = (struct target){.name = r->targets[i].name};
    record_copy(&r->out, r->ahead);
    r->product.length = product_length(&r->ahead->key);
    memcpy(r->product.bytes, r->ahead->key.bytes, r->product.length);
}

/* Read the records of the next product into the targets; r->out is its first record. *stray: a record without
 * a key, which is nobody's; the product goes on at the next call. */
static enum status gather(struct rules *r, const struct record **stray, struct error *e)
{
    bool wanted;
    *stray = NULL;
    for (;;) {
        if (!r->ahead) {
            enum status status =
                r->ended ? STATUS_END : r->source->next(r->source->user, &r->ahead, e);
            if (status != STATUS_OK) {
                r->ahead = NULL;
                r->ended = status == STATUS_END;
                return r->ended && r->gathering ? STATUS_OK : status;
            }
        }
        if (r->ahead->fault.keyless) {
            *stray = r->ahead;
            r->ahead = NULL;
            return STATUS_OK;
        }
        if (r->gathering && !same_product(r, r->ahead))
            return STATUS_OK;
        if (!r->gathering)
            start_product(r);
        enum status status = judge(r, r->ahead, &wanted, e);
        if (status != STATUS_OK)
            return status;
        if (wanted)
            add_up(r, r->ahead);
        r->ahead = NULL;
    }
}

/* r->out as the record of one target. */
static enum status give_target(struct rules *r, const struct target *t, struct error *e)
{
    struct record *rec = &r->out;
    rec->key = r->product;
    rec->fault.is = rec->fault.keyless = false;
    enum status status = key_add_text(&rec->key, t->name, strlen(t->name), e);
    if (status == STATUS_OK)
        status = record_set(rec, (size_t)r->warehouse, t->name, strlen(t->name), e);
    if (t->bad) {
        rec->fault = r->fault;
        return status;
    }
    if (status == STATUS_OK)
        status = put(rec, r->on_hand, &t->on_hand, e);
    if (status == STATUS_OK && r->reserved >= 0)
        status = put(rec, r->reserved, &t->reserved, e);
    return status == STATUS_OK ? put(rec, r->available, &t->available, e) : status;
}

/* The next target of the product that was added up; NULL: it has no more. */
static enum status next_target(struct rules *r, const struct record **record, struct error *e)
{
    *record = NULL;
    while (r->target_at < r->target_count) {
        const struct target *t = &r->targets[r->target_at++];
        bool known = true;
        if (!t->seen)
            continue;
        enum status status = give_target(r, t, e);
        if (status == STATUS_OK && !t->bad)
            status = shape(r, &known, e);
        if (status != STATUS_OK)
            return status;
        if (known) {
            *record = &r->out;
            return STATUS_OK;
        }
        r->unmatched++;
    }
    return STATUS_OK;
}

static enum status next_sum(struct rules *r, const struct record **record, struct error *e)
{
    for (;;) {
        enum status status = STATUS_OK;
        if (!r->giving) {
            status = gather(r, record, e);
            if (status != STATUS_OK || *record)
                return status;
            r->gathering = false;
            r->giving = true;
            r->target_at = 0;
        }
        status = next_target(r, record, e);
        if (status != STATUS_OK || *record)
            return status;
        r->giving = false;
    }
}

enum status rules_next(void *rules, const struct record **record, struct error *e)
{
    struct rules *r = rules;
    const struct record *rec;
    bool wanted, known;
    if (r->sums)
        return next_sum(r, record, e);
    for (;;) {
        enum status status = r->source->next(r->source->user, &rec, e);
        if (status == STATUS_OK)
            status = judge(r, rec, &wanted, e);
        if (status != STATUS_OK)
            return status;
        if (!wanted)
            continue;
        *record = rec;
        if (!r->changes || rec->fault.is)
            return STATUS_OK;
        record_copy(&r->out, rec);
        status = shape(r, &known, e);
        if (status != STATUS_OK)
            return status;
        *record = &r->out;
        if (known)
            return STATUS_OK;
        r->unmatched++;
    }
}
