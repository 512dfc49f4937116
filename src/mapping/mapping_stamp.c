/* What a stamp can say about a stream, and the fingerprint of its statement. */
#include "mapping/mapping_stamp.h"

#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "mapping/mapping.h"
#include "tds/session.h"
#include "mapping/mapping_stream.h"
#include "tds/session_query.h"

#define SQL_SPACE (1 << 18)

struct first {
    char *value;
    size_t size;
    bool taken;
};

static enum status take_first(void *user, size_t columns, const char *const *names,
                              const char *const *values, struct error *e)
{
    struct first *f = user;
    (void)names;
    (void)e;
    if (!f->taken && columns)
        text_copy(f->value, f->size, values[0]);
    f->taken = true;
    return STATUS_OK;
}

enum status mapping_first_value(struct session *s, const struct mapping_sql *sql, char *value,
                                size_t size, struct error *e)
{
    struct first f = {value, size, false};
    value[0] = '\0';
    enum status status = session_query(s, sql->sql, NULL, 0, take_first, &f, e);
    if (status != STATUS_OK)
        error_prefix(e, "%s (%s:%d)", sql->name, sql->file, sql->line);
    for (size_t n = strlen(value); n > 0 && value[n - 1] == ' '; n--)
        value[n - 1] = '\0';
    return status;
}

enum stamp_kind mapping_stamp(const struct mapping *m, const char *stream,
                              const struct mapping_choice *choice)
{
    const struct mapping_stream *s = mapping_stream(m, stream);
    if (!s || (choice->kits && !s->kits_changed))
        return STAMP_NONE;
    for (size_t i = 0; i < MAPPING_CHOICE_FIELDS; i++)
        if (choice->fields[i] && s->fields_unstamped)
            return STAMP_NONE;
    return s->stamp;
}

void mapping_stream_print(const struct mapping *m, const char *stream,
                          const struct mapping_choice *choice, char print[MAPPING_PRINT])
{
    struct mapping_choice whole = *choice;
    struct mapping_values values;
    const struct mapping_stream *s = mapping_stream(m, stream);
    uint8_t hash[CRYPTO_HASH];
    struct buf text, all;
    buf_init(&text, SQL_SPACE);
    buf_init(&all, SQL_SPACE * (2 + MAPPING_VARIANTS));
    whole.since = "";
    if (s) {
        mapping_stream_sql(s, s->statement.sql, &whole, &text, &values);
        buf_add(&all, text.data, text.length);
        for (size_t i = 0; i < s->variant_count; i++) {
            mapping_stream_sql(s, s->variants[i].sql, &whole, &text, &values);
            buf_add(&all, text.data, text.length);
        }
        if (s->safe.sql)
            buf_add_text(&all, s->safe.sql);
    }
    crypto_sha256(all.data, all.length, hash);
    for (size_t i = 0; i < (MAPPING_PRINT - 1) / 2; i++)
        text_format(print + 2 * i, 3, "%02x", hash[i]);
    buf_free(&text);
    buf_free(&all);
}
