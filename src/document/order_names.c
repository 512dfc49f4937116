#include "document/order_names.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/visible.h"
#include "mapping/lookup.h"

/* The name in the dictionary's row whose id or name equals the option's value. *listed: the
 * dictionary was read. */
static enum status look_in(const struct draft *d, const char *lookup, const char *value,
                           char **name, bool *listed, struct error *e)
{
    json_t *rows = NULL, *row;
    size_t i;
    *name = NULL;
    *listed = false;
    if (!*value || !mapping_lookup(d->x->mapping, lookup))
        return STATUS_OK;
    enum status status = lookup_rows(d->x->session, d->x->mapping, lookup, &rows, e);
    if (status != STATUS_OK) /* without the right to read it, the document has no name */
        return status == STATUS_REFUSED || status == STATUS_DENIED || status == STATUS_INVALID
                   ? STATUS_OK
                   : status;
    *listed = true;
    json_array_foreach (rows, i, row)
        if (!*name && (text_equal_nocase(json_text(row, "id", ""), value) ||
                       text_equal_nocase(json_text(row, "name", ""), value)))
            *name = mem_string(json_text(row, "name", ""));
    json_decref(rows);
    return STATUS_OK;
}

/* *missing: the value, fit to be shown, if a dictionary was read that does not list it; else "". */
static enum status take(struct draft *d, const char *option, const char *lookup, char **name,
                        char missing[VISIBLE_SIZE], struct error *e)
{
    const char *value = json_text(d->x->options, option, "");
    bool listed;
    missing[0] = '\0';
    enum status status = look_in(d, lookup, value, name, &listed, e);
    if (status == STATUS_OK && listed && !*name)
        visible_text(missing, value);
    if (status == STATUS_OK && !*name)
        *name = mem_string("");
    return status;
}

enum status order_names_look_up(struct draft *d, struct error *e)
{
    char missing[VISIBLE_SIZE];
    enum status status = take(d, "warehouse", "warehouses", &d->warehouse_name, missing, e);
    if (status != STATUS_OK)
        return status;
    if (*missing)
        order_text_note(d->texts.notes, "warehouse: the ERP has none called %s", missing);
    status = take(d, "price_level", "price-levels", &d->price_level, missing, e);
    if (status == STATUS_OK && *missing)
        order_text_note(d->texts.notes, "price level: the ERP has none called %s", missing);
    return status;
}
