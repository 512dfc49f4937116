/* Change stamps: what an ERP says about what moved, and since when. */
#include <string.h>

#include "base/crypto.h"
#include "base/text.h"
#include "erp/mapping.h"

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
                              const struct reader_choice *choice)
{
    const struct mapping_stream *s = mapping_stream(m, stream);
    if (!s || (choice->kits && !s->kits_changed))
        return STAMP_NONE;
    for (size_t i = 0; i < READER_FIELDS; i++)
        if (choice->fields[i] && s->fields_unstamped)
            return STAMP_NONE;
    return s->stamp;
}

void mapping_stream_print(const struct mapping *m, const char *stream,
                          const struct reader_choice *choice, char print[MAPPING_PRINT])
{
    struct reader_choice whole = *choice;
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

/* What a stamp of this kind looks like; a mapping or a server that gives something else is refused. */
static bool stamp_ok(enum stamp_kind kind, const char *stamp)
{
    const char *form = kind == STAMP_ROWVERSION ? "0123456789" : "0123456789-:.T ";
    size_t length = strspn(stamp, form);
    return length > 0 && stamp[length] == '\0' && length + 1 < STAMP_TEXT &&
           length >= (kind == STAMP_ROWVERSION ? 1U : 19U);
}

enum status erp_safe_stamp(struct session *s, const struct mapping *m, const char *stream,
                           char stamp[STAMP_TEXT], struct error *e)
{
    const struct mapping_stream *ms = mapping_stream(m, stream);
    char value[256];
    stamp[0] = '\0';
    if (!ms || ms->stamp == STAMP_NONE)
        return error_set(e, STATUS_NOT_FOUND, "erp_stamp", "the stream %s has no stamp", stream);
    enum status status = mapping_first_value(s, &ms->safe, value, sizeof value, e);
    if (status != STATUS_OK || !value[0])
        return status;
    if (!stamp_ok(ms->stamp, value)) {
        error_set(e, STATUS_INVALID, "erp_stamp",
                  "stream %s (%s:%d): the safe stamp is \"%.40s\", which is no %s", stream,
                  ms->safe.file, ms->safe.line, value,
                  ms->stamp == STAMP_ROWVERSION ? "row version (a whole number)"
                                                : "time (2026-01-31T12:00:00.000)");
        return error_remedy(e, "Correct stamp.safe of the stream; endpoint-erp(5) shows how.");
    }
    text_copy(stamp, STAMP_TEXT, value);
    return STATUS_OK;
}
