#include "base/codes.h"

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/codes_tables.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"

static const struct {
    const struct code_table *table;
    const char *title; /* of a part of doc/codes.md */
} parts[] = {
    {&codes_service, "Configuration, service, commands and plugins"},
    {&codes_server, "The ERP's SQL Server and the way to it"},
    {&codes_reading, "Mappings, and what is read from the ERP"},
    {&codes_orders, "Orders, and how they are written"},
    {&codes_faults, "Why an order is rejected"},
    {&codes_panel, "The panel and the way to it"},
    {&codes_shops, "Shops"},
    {&codes_system, "Files, databases, the machine, and endpoint-sandbox"},
    {&codes_checks, "Checks"},
    {&codes_events, "Entries of the journal and the log"},
};

const char *code_kind_word(enum code_kind kind)
{
    static const char *const words[] = {[CODE_ERROR] = "error",
                                        [CODE_CHECK] = "check",
                                        [CODE_ORDER] = "order",
                                        [CODE_EVENT] = "event"};
    return words[kind];
}

const struct code *codes_at(size_t index)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        if (index < parts[i].table->count)
            return &parts[i].table->rows[index];
        index -= parts[i].table->count;
    }
    return NULL;
}

const struct code *codes_find(const char *code)
{
    const struct code *c;
    for (size_t i = 0; (c = codes_at(i)); i++)
        if (text_equal(c->code, code))
            return c;
    return NULL;
}

const struct code *codes_nearest(const char *word)
{
    enum { FAR = 4 }; /* number of wrong letters that is too many */
    const struct code *c, *best = NULL;
    size_t least = FAR;
    for (size_t i = 0; (c = codes_at(i)); i++) {
        size_t distance = text_distance(word, c->code);
        if (distance < least) {
            least = distance;
            best = c;
        }
    }
    return best;
}

const char *codes_remedy_said(const char *code)
{
    const struct code *c = codes_find(code);
    return c ? c->remedy
             : N_("Do what the text says; the journal and the log of the side that said it may say more.");
}

const char *codes_remedy(const char *code)
{
    return i18n_text(codes_remedy_said(code));
}

static void add_cell(struct buf *b, const char *text)
{
    for (; *text; text++) {
        if (strchr("|<*\\", *text))
            buf_add_byte(b, '\\');
        buf_add_byte(b, *text);
    }
}

void codes_print(struct buf *b)
{
    buf_add_text(
        b,
        "# All codes\n\n"
        "Every error, check, rejected order and entry of the journal carries a code that does not change\n"
        "with the language. `endpointctl explain CODE` says the same in yours. This page is what\n"
        "`codes-print` prints of the table in `src/base/codes_*.c`.\n");
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        buf_printf(b, "\n## %s\n\n| code | text | cause | remedy |\n|---|---|---|---|\n",
                   parts[i].title);
        for (size_t k = 0; k < parts[i].table->count; k++) {
            const struct code *c = &parts[i].table->rows[k];
            buf_printf(b, "| `%s` | ", c->code);
            add_cell(b, c->text);
            buf_add_text(b, " | ");
            add_cell(b, c->cause);
            buf_add_text(b, " | ");
            add_cell(b, c->remedy);
            buf_add_text(b, " |\n");
        }
    }
}
