#include "document/order_alike.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "document/order_lookup.h"
#include "document/order_text.h"

#define SOURCE_WIDTH 100

struct search {
    const char *marker, *source;
    struct order_alike *found;
};

static const char *column(size_t columns, const char *const *names, const char *const *values,
                          const char *name)
{
    for (size_t i = 0; i < columns; i++)
        if (text_equal_nocase(names[i], name))
            return values[i] ? values[i] : "";
    return "";
}

/* "[EP… nr 100234] sklep; …": is the source after it the same, if both sides name one? */
static bool same_source(const char *remark, const char *source)
{
    const char *end = strchr(remark, ']');
    if (!end || !*source || end[1] != ' ' || end[2] == ';')
        return true;
    size_t length = strlen(source);
    return strncmp(end + 2, source, length) == 0 && (end[2 + length] == ';' || !end[2 + length]);
}

static enum status look_at(void *user, size_t columns, const char *const *names,
                           const char *const *values, struct error *e)
{
    struct search *x = user;
    const char *remark = column(columns, names, values, "remark"),
               *document = column(columns, names, values, "document");
    char marker[ORDER_MARKER + 1] = "";
    if (!*remark || !*document)
        return error_set(e, STATUS_INVALID, "erp_columns",
                         "the statement gives no column \"remark\" or \"document\"");
    if (remark[0] == '[' && strlen(remark) > ORDER_MARKER + 1) {
        memcpy(marker, remark + 1, ORDER_MARKER);
        marker[ORDER_MARKER] = '\0';
    }
    if (x->found->document[0] || !marker[0] || text_equal_nocase(marker, x->marker) ||
        !same_source(remark, x->source))
        return STATUS_OK;
    text_copy(x->found->marker, sizeof x->found->marker, marker);
    text_copy(x->found->document, sizeof x->found->document, document);
    return STATUS_OK;
}

enum status order_alike_find(struct session *s, const struct mapping *m, const struct order *o,
                             const char *marker, struct order_alike *found, struct error *e)
{
    *found = (struct order_alike){0};
    if (!m->orders.statements[ORDER_SQL_ALIKE].sql || !*o->number)
        return STATUS_OK;
    /* As in the remarks. */
    struct order_texts texts = {.unicode = m->orders.unicode, .notes = json_array()};
    buf_init(&texts.overflow, 4096);
    char *number = order_text_take(&texts, "", o->number, ORDER_NUMBER_SHOWN);
    char *source = order_text_take(&texts, "", o->source, SOURCE_WIDTH);
    struct search x = {marker, source, found};
    const char *value = number;
    enum status status = order_lookup_rows(s, m, ORDER_SQL_ALIKE, &value, 1, look_at, &x, e);
    free(number);
    free(source);
    buf_free(&texts.overflow);
    json_decref(texts.notes);
    return status;
}
