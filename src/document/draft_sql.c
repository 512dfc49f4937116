/* A document as rows in the ERP's tables, for the writer "sql". */
#include "document/draft_sql.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "document/order_draft.h"
#include "mapping/places.h"
#include "document/draft_json.h"
#include "document/insert.h"

static bool holds(const char words[][32], size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (text_equal(words[i], word))
            return true;
    return false;
}

void draft_check_rate(const struct draft *d, const char *line, const struct vat_rate *rate)
{
    const struct mapping_writer *w = &d->m->sql;
    if (!holds(w->rates, w->rate_count, rate->symbol))
        order_fault(d->faults, "order_vat", line,
                    "the writer \"sql\" does not know how the ERP keeps the VAT rate \"%s\"",
                    rate->symbol);
}

void draft_check_rows(struct draft *d)
{
    const struct mapping_writer *w = &d->m->sql;
    if (!holds(w->currencies, w->currency_count, d->o->currency))
        order_fault(d->faults, "order_currency", NULL,
                    "the writer \"sql\" makes no documents in the currency \"%.20s\"",
                    d->o->currency);
    if (d->reserve)
        order_text_note(
            d->texts.notes,
            "reservation: this writer makes none; the ERP makes it when the document is saved "
            "there, if it is set up to");
}

/* The statements for a person to read, with the values in their places. */
static void show(const struct mapping_insert *t, const struct place_values *values, struct buf *b)
{
    struct buf sql;
    buf_init(&sql, b->maximum);
    insert_show(t, &sql);
    places_show(buf_text(&sql), values, b);
    buf_add_text(b, ";\n");
    b->failed |= sql.failed;
    buf_free(&sql);
}

enum status draft_to_rows(const struct draft *d, struct order_document *document, struct error *e)
{
    const struct mapping_writer *w = &d->m->sql;
    size_t i;
    json_t *line;
    document->utf8 = true;
    document->fields = draft_contents(d);
    struct place_values values = {.document = document->fields};
    show(&w->document, &values, &document->text);
    json_array_foreach (json_object_get(document->fields, "lines"), i, line) {
        values.line = line;
        show(&w->lines, &values, &document->text);
    }
    return document->text.failed
               ? error_set(e, STATUS_FULL, "order_large", "the document is larger than %d bytes",
                           ORDER_DOCUMENT_MAX)
               : STATUS_OK;
}
