/* Change stamps: the ERP's own record of what changed, and when. */
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "erp/stamp.h"
#include "mapping/mapping.h"
#include "mapping/mapping_stamp.h"

/* Does it look like a stamp of this kind? Anything else from a mapping or a server is refused. */
static bool stamp_ok(enum stamp_kind kind, const char *stamp)
{
    const char *form = kind == STAMP_ROWVERSION ? "0123456789" : "0123456789-:.T ";
    size_t length = strspn(stamp, form);
    return length > 0 && stamp[length] == '\0' && length + 1 < STAMP_TEXT &&
           length >= (kind == STAMP_ROWVERSION ? 1U : 19U);
}

enum status stamp_safe(struct session *s, const struct mapping *m, const char *stream,
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
                  "stream %s (%s:%d): the safe stamp is \"%.40s\", which is not a %-s", stream,
                  ms->safe.file, ms->safe.line, value,
                  ms->stamp == STAMP_ROWVERSION ? N_("row version (a whole number)")
                                                : N_("time (2026-01-31T12:00:00.000)"));
        return error_remedy(e, "Correct stamp.safe of the stream; endpoint-erp(5) shows how.");
    }
    text_copy(stamp, STAMP_TEXT, value);
    return STATUS_OK;
}
