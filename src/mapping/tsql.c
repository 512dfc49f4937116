#include "mapping/tsql.h"

void tsql_name(struct buf *b, const char *name)
{
    buf_add_byte(b, '[');
    for (; *name; name++) {
        if (*name == ']')
            buf_add_byte(b, ']');
        buf_add_byte(b, *name);
    }
    buf_add_byte(b, ']');
}

void tsql_text(struct buf *b, const char *text)
{
    buf_add_text(b, "N'");
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_byte(b, '\'');
        buf_add_byte(b, *text);
    }
    buf_add_byte(b, '\'');
}

void tsql_grant(struct buf *b, const struct mapping_table *t, const char *login)
{
    buf_printf(b, "GRANT SELECT%s ON OBJECT::", t->insert ? ", INSERT" : "");
    tsql_name(b, t->schema);
    buf_add_byte(b, '.');
    tsql_name(b, t->name);
    buf_add_text(b, " TO ");
    tsql_name(b, login);
    buf_add_byte(b, ';');
}
