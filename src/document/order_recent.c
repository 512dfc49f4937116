#include "document/order_recent.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "mapping/mapping.h"
#include "tds/session.h"
#include "tds/session_query.h"

#define COLUMNS_MAX 8 /* columns of a row that may contain a marker */

typedef enum status row_function(void *user, size_t columns, const char *const *names,
                                 const char *const *values, struct error *e);

struct news {
    char (*markers)[ORDER_MARKER + 1];
    size_t count;
    int64_t last;
    bool full;
};

/* "EP" and 18 characters of base32. */
static bool is_marker(const char *text, size_t length)
{
    return length >= ORDER_MARKER && memcmp(text, "EP", 2) == 0 &&
           strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") >= ORDER_MARKER;
}

static enum status id_of(const char *value, int64_t *id, struct error *e)
{
    if (value && text_to_i64(value, id))
        return STATUS_OK;
    return error_set(e, STATUS_INVALID, "erp_columns",
                     "the document_id \"%.40s\" is not a "
                     "number",
                     value ? value : "");
}

static enum status take_newest(void *user, size_t columns, const char *const *names,
                               const char *const *values, struct error *e)
{
    (void)names;
    if (columns < 1 || !values[0]) /* no document yet */
        return STATUS_OK;
    return id_of(values[0], user, e);
}

static enum status take_recent(void *user, size_t columns, const char *const *names,
                               const char *const *values, struct error *e)
{
    struct news *n = user;
    int64_t id = 0;
    size_t before = n->count;
    if (columns < 1 || !text_equal_nocase(names[0], "document_id"))
        return error_set(e, STATUS_INVALID, "erp_columns",
                         "the first column of \"recent\" must be document_id");
    enum status status = id_of(values[0], &id, e);
    if (status != STATUS_OK || n->full)
        return status;
    if (n->count + COLUMNS_MAX > ORDER_RECENT_MAX) { /* the rest comes next time */
        n->full = true;
        return STATUS_OK;
    }
    for (size_t i = 1; i < columns && n->count - before < COLUMNS_MAX; i++) {
        bool known = false;
        if (!values[i] || !is_marker(values[i], strlen(values[i])))
            continue;
        for (size_t k = before; k < n->count; k++)
            known |= memcmp(n->markers[k], values[i], ORDER_MARKER) == 0;
        if (known)
            continue;
        memcpy(n->markers[n->count], values[i], ORDER_MARKER);
        n->markers[n->count++][ORDER_MARKER] = '\0';
    }
    n->last = id > n->last ? id : n->last;
    return STATUS_OK;
}

static enum status ask(struct session *s, const struct mapping *m, enum order_sql which,
                       const char *const *values, size_t count, row_function *row, void *user,
                       struct error *e)
{
    const struct mapping_sql *sql = &m->orders.statements[which];
    if (!sql->sql)
        return STATUS_END;
    enum status status = session_query(s, sql->sql, values, count, row, user, e);
    if (status != STATUS_OK)
        error_prefix(e, "%s of orders (%s:%d)", sql->name, sql->file, sql->line);
    return status;
}

enum status order_recent_newest(struct session *s, const struct mapping *m, int64_t *id,
                                struct error *e)
{
    *id = 0;
    return ask(s, m, ORDER_SQL_NEWEST, NULL, 0, take_newest, id, e);
}

enum status order_recent(struct session *s, const struct mapping *m, int64_t after,
                         char (*markers)[ORDER_MARKER + 1], size_t *count, int64_t *last,
                         struct error *e)
{
    char text[24];
    const char *values[] = {text};
    struct news n = {.markers = markers, .last = after};
    text_format(text, sizeof text, "%" PRId64, after);
    enum status status = ask(s, m, ORDER_SQL_RECENT, values, 1, take_recent, &n, e);
    *count = n.count;
    *last = n.last;
    return status;
}
