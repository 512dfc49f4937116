/* Looks up products, buyers and documents of orders with the mapping's statements: many values in
 * one statement, each a typed parameter. */
#include "document/order_lookup.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "tds/session.h"
#include "document/writer.h"
#include "mapping/mapping.h"
#include "mapping/mapping_orders.h"
#include "tds/session_query.h"

#define ROWS_MAX \
    (20 * MAPPING_IN_VALUES) /* of one lookup: duplicates are faults, not thousands \
                                           */

/* ---- asking ------------------------------------------------------------------------------------
 */

/* Round up the number of values, so that the server sees few different statements; the last value
 * fills the rest. */
static size_t padded(size_t count)
{
    static const size_t sizes[] = {1, 2, 4, 10, 30, 100, 250, MAPPING_IN_VALUES};
    size_t i = 0;
    while (sizes[i] < count)
        i++;
    return sizes[i];
}

static enum status ask_batch(struct session *s, const struct mapping_sql *sql,
                             const char *const *values, size_t count, order_row *row, void *user,
                             struct error *e)
{
    size_t size = padded(count), lists;
    struct buf text;
    buf_init(&text, 1 << 20);
    mapping_expand_in(sql->sql, size, &text, &lists);
    const char **parameters = mem_array(size * lists, sizeof *parameters);
    for (size_t i = 0; i < size * lists; i++) {
        size_t of = i % size;
        parameters[i] = values[of < count ? of : count - 1];
    }
    enum status status = session_query(s, buf_text(&text), parameters, size * lists, row, user, e);
    free(parameters);
    buf_free(&text);
    if (status != STATUS_OK)
        error_prefix(e, "%s of orders (%s:%d)", sql->name, sql->file, sql->line);
    return status;
}

enum status order_lookup_rows(struct session *s, const struct mapping *m, enum order_sql which,
                              const char *const *values, size_t count, order_row *row, void *user,
                              struct error *e)
{
    if (!m->orders.present)
        return error_set(e, STATUS_INVALID, "erp_orders",
                         "the mapping of %s has no part for orders", mapping_title(m));
    enum status status = STATUS_OK;
    for (size_t at = 0; at < count && status == STATUS_OK; at += MAPPING_IN_VALUES) {
        size_t n = count - at < MAPPING_IN_VALUES ? count - at : MAPPING_IN_VALUES;
        status = ask_batch(s, &m->orders.statements[which], values + at, n, row, user, e);
    }
    return status;
}

/* ---- reading rows ------------------------------------------------------------------------------
 */

/* Copy a column as it is; false: no such column. */
static bool take_raw(size_t columns, const char *const *names, const char *const *values,
                     const char *name, char *target, size_t size)
{
    for (size_t i = 0; i < columns; i++) {
        if (!text_equal_nocase(names[i], name))
            continue;
        text_copy(target, size, values[i]);
        return true;
    }
    return false;
}

/* The same without trailing blanks. */
static bool take_some(size_t columns, const char *const *names, const char *const *values,
                      const char *name, char *target, size_t size)
{
    if (!take_raw(columns, names, values, name, target, size))
        return false;
    size_t length = strlen(target);
    while (length && target[length - 1] == ' ')
        target[--length] = '\0';
    return true;
}

/* The same for a required column. */
static bool take(size_t columns, const char *const *names, const char *const *values,
                 const char *name, char *target, size_t size, struct error *e)
{
    if (take_some(columns, names, values, name, target, size))
        return true;
    error_set(e, STATUS_INVALID, "erp_columns", "the statement gives no column \"%s\"", name);
    return false;
}

/* Lower case of a Latin letter, U+0000 to U+017F, where all of cp1250's letters are. */
static uint32_t lower(uint32_t point)
{
    if ((point >= 'A' && point <= 'Z') || (point >= 0xC0 && point <= 0xDE && point != 0xD7))
        return point + 32;
    if (point < 0x100 || point > 0x17E || point == 0x130 || point == 0x131 || point == 0x138 ||
        point == 0x149)
        return point;
    if (point == 0x178)
        return 0xFF;
    bool odd_is_upper = (point >= 0x139 && point <= 0x148) || point >= 0x179;
    return (point & 1) == (odd_is_upper ? 1 : 0) ? point + 1 : point;
}

void order_fold(char target[LOOKUP_TEXT], const char *text)
{
    size_t length = strlen(text), made = 0, used = 1;
    while (length && text[length - 1] == ' ')
        length--;
    for (size_t i = 0; i < length && made + 5 < LOOKUP_TEXT; i += used) {
        int32_t point = text_decode(text + i, length - i, &used);
        made += text_encode(target + made, point < 0 ? 0xFFFD : lower((uint32_t)point));
    }
    target[made] = '\0';
}

static enum status too_many(struct error *e)
{
    return error_set(e, STATUS_FULL, "erp_rows",
                     "the ERP has more than %d rows for one order's values", ROWS_MAX);
}

static enum status add_product(void *user, size_t columns, const char *const *names,
                               const char *const *values, struct error *e)
{
    struct order_products *found = user;
    char matched[LOOKUP_TEXT], active[8];
    struct order_product p = {.active = false};
    if (found->count == ROWS_MAX)
        return too_many(e);
    if (!take(columns, names, values, "product_id", p.id, sizeof p.id, e) ||
        !take(columns, names, values, "sku", p.code, sizeof p.code, e) ||
        !take(columns, names, values, "matched", matched, sizeof matched, e) ||
        !take(columns, names, values, "name", p.name, sizeof p.name, e) ||
        !take(columns, names, values, "unit", p.unit, sizeof p.unit, e) ||
        !take(columns, names, values, "vat_rate", p.vat, sizeof p.vat, e) ||
        !take(columns, names, values, "kind", p.kind, sizeof p.kind, e) ||
        !take(columns, names, values, "active", active, sizeof active, e))
        return STATUS_INVALID;
    take_raw(columns, names, values, "sku", p.raw, sizeof p.raw);
    p.active = text_equal(active, "1");
    order_fold(p.matched, matched);
    found->rows = mem_resize(found->rows, found->count + 1, sizeof *found->rows);
    found->rows[found->count++] = p;
    return STATUS_OK;
}

enum status order_lookup_products(struct session *s, const struct mapping *m, enum order_sql which,
                                  const char *const *values, size_t count,
                                  struct order_products *found, struct error *e)
{
    return order_lookup_rows(s, m, which, values, count, add_product, found, e);
}

static enum status add_customer(void *user, size_t columns, const char *const *names,
                                const char *const *values, struct error *e)
{
    struct order_customers *found = user;
    char active[8];
    struct order_customer c = {.active = false};
    if (found->count == ROWS_MAX)
        return too_many(e);
    if (!take(columns, names, values, "customer_id", c.id, sizeof c.id, e) ||
        !take(columns, names, values, "code", c.code, sizeof c.code, e) ||
        !take(columns, names, values, "tax_id", c.tax_id, sizeof c.tax_id, e) ||
        !take(columns, names, values, "active", active, sizeof active, e))
        return STATUS_INVALID;
    take_some(columns, names, values, "name", c.name, sizeof c.name);
    take_some(columns, names, values, "street", c.street, sizeof c.street);
    take_some(columns, names, values, "city", c.city, sizeof c.city);
    take_some(columns, names, values, "postcode", c.postcode, sizeof c.postcode);
    c.active = text_equal(active, "1");
    found->rows = mem_resize(found->rows, found->count + 1, sizeof *found->rows);
    found->rows[found->count++] = c;
    return STATUS_OK;
}

enum status order_lookup_customers(struct session *s, const struct mapping *m,
                                   const char *const *values, size_t count,
                                   struct order_customers *found, struct error *e)
{
    return order_lookup_rows(s, m, ORDER_SQL_CUSTOMERS, values, count, add_customer, found, e);
}

enum status order_lookup_spelled(struct session *s, const struct mapping *m, const char *pattern,
                                 struct order_customers *found, struct error *e)
{
    if (!m->orders.statements[ORDER_SQL_SPELLED].sql || !*pattern)
        return STATUS_OK;
    return order_lookup_rows(s, m, ORDER_SQL_SPELLED, &pattern, 1, add_customer, found, e);
}

/* ---- finding documents -------------------------------------------------------------------------
 */

struct search {
    const char (*markers)[ORDER_MARKER + 1];
    size_t count, found_count;
    struct order_found *found;
    char last_id[64];
};

static void note(struct search *x, const char *marker, const char *id, const char *document)
{
    struct order_found *f = NULL;
    for (size_t i = 0; i < x->found_count && !f; i++)
        if (text_equal(x->found[i].marker, marker))
            f = &x->found[i];
    if (f) {
        f->count++;
        return;
    }
    f = &x->found[x->found_count++];
    memset(f, 0, sizeof *f);
    text_copy(f->marker, sizeof f->marker, marker);
    text_copy(f->document, sizeof f->document, document);
    text_copy(f->document_id, sizeof f->document_id, id);
    f->count = 1;
}

static enum status look_at(void *user, size_t columns, const char *const *names,
                           const char *const *values, struct error *e)
{
    struct search *x = user;
    char id[64], document[64], carried[8][64];
    size_t count = 0;
    if (!take(columns, names, values, "document_id", id, sizeof id, e) ||
        !take(columns, names, values, "document", document, sizeof document, e))
        return STATUS_INVALID;
    if (text_equal(id, x->last_id))
        return STATUS_OK;
    text_copy(x->last_id, sizeof x->last_id, id);
    for (size_t i = 0; i < columns && count < COUNT_OF(carried); i++)
        if (values[i] && !text_equal_nocase(names[i], "document_id") &&
            !text_equal_nocase(names[i], "document") &&
            take(1, &names[i], &values[i], names[i], carried[count], sizeof carried[0], NULL))
            count++;
    for (size_t i = 0; i < x->count; i++) {
        bool carries = false;
        for (size_t c = 0; c < count && !carries; c++)
            carries = text_equal_nocase(carried[c], x->markers[i]);
        if (carries)
            note(x, x->markers[i], id, document);
    }
    return STATUS_OK;
}

enum status order_find(struct session *s, const struct mapping *m,
                       const char (*markers)[ORDER_MARKER + 1], size_t count,
                       struct order_found *found, size_t *found_count, struct error *e)
{
    struct search x = {.markers = markers, .count = count, .found = found};
    const char **values = mem_array(count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = markers[i];
    *found_count = 0;
    if (!m->orders.statements[ORDER_SQL_FIND].sql) {
        free(values);
        return STATUS_OK;
    }
    enum status status = order_lookup_rows(s, m, ORDER_SQL_FIND, values, count, look_at, &x, e);
    free(values);
    if (status == STATUS_OK)
        *found_count = x.found_count;
    return status;
}

enum status order_find_one(struct session *s, const struct mapping *m, const char *marker,
                           struct order_found *found, struct error *e)
{
    char markers[1][ORDER_MARKER + 1];
    size_t count = 0;
    *found = (struct order_found){0};
    text_copy(markers[0], sizeof markers[0], marker);
    return order_find(s, m, (const char(*)[ORDER_MARKER + 1]) markers, 1, found, &count, e);
}
