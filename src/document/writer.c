
#include "document/writer.h"

#include "document/writer_command.h"
#include "document/writer_epp.h"
#include "document/writer_sql.h"

#include "base/memory.h"
#include "base/text.h"
#include "mapping/mapping.h"

static const struct writer_ops *const writers[] = {&writer_epp, &writer_command, &writer_sql};

const struct writer_ops *writer_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        if (text_equal(writers[i]->name, name))
            return writers[i];
    return NULL;
}

const struct writer_ops *writer_of_code(int code)
{
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        if (writers[i]->code == code)
            return writers[i];
    return NULL;
}

enum status writer_offered(const struct mapping *m, const char *name, struct error *e)
{
    for (size_t i = 0; i < m->orders.writer_count; i++)
        if (text_equal(m->orders.writers[i], name))
            return STATUS_OK;
    struct buf offered;
    buf_init(&offered, 1000);
    for (size_t i = 0; i < m->orders.writer_count; i++)
        buf_printf(&offered, "%s%s", i ? ", " : "", m->orders.writers[i]);
    error_set(e, STATUS_INVALID, "orders_writer", "%s has no writer \"%s\"", mapping_title(m),
              name);
    error_remedy(e, "Set orders.writer to one that the mapping offers (%s), or to \"off\".",
                 buf_text(&offered));
    buf_free(&offered);
    return STATUS_INVALID;
}
