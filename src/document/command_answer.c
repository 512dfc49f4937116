#include "document/command_answer.h"

#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"

#define REASONS_SHOWN 20

static enum written unknown(struct writer_outcome *out, const char *what)
{
    error_set(&out->error, STATUS_INVALID, "command_answer", "the program's answer %-s", what);
    return WRITTEN_UNKNOWN;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Is it a short text without control characters? People and the shop will see it. */
static bool plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

static enum written done(const json_t *answer, struct writer_outcome *out)
{
    const char *document = json_text(answer, "document", ""),
               *id = json_text(answer, "document_id", "");
    char number[24];
    const json_t *numeric = json_object_get(answer, "document_id");
    if (json_is_integer(numeric)) {
        text_format(number, sizeof number, "%lld", (long long)json_integer_value(numeric));
        id = number;
    }
    if (!*document)
        return unknown(out, N_("says \"done\", but not which document it is"));
    if (strlen(document) >= sizeof out->document || strlen(id) >= sizeof out->document_id ||
        !plain(document) || !plain(id))
        return unknown(out, N_("names a document in a way that is no number of one"));
    text_copy(out->document, sizeof out->document, document);
    text_copy(out->document_id, sizeof out->document_id, id);
    return WRITTEN_DONE;
}

static enum written rejected(const json_t *answer, struct writer_outcome *out)
{
    const json_t *reasons = json_object_get(answer, "reasons");
    struct buf text;
    size_t shown = 0;
    buf_init(&text, COMMAND_ANSWER_MAX);
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const char *reason = json_string_value(json_array_get(reasons, i));
        if (text_empty(reason) || shown == REASONS_SHOWN)
            continue;
        buf_printf(&text, "%s%s", shown++ ? "; " : "", reason);
    }
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] < 0x20 || text.data[i] == 0x7f)
            text.data[i] = ' ';
    if (shown)
        error_set(&out->error, STATUS_REFUSED, "command_rejected", "%s", buf_text(&text));
    buf_free(&text);
    return shown ? WRITTEN_REJECTED : unknown(out, N_("says \"rejected\", but gives no reasons"));
}

enum written command_answer(const char *bytes, size_t length, struct writer_outcome *out)
{
    struct error e = {0};
    memset(out, 0, sizeof *out);
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { /* a byte-order mark */
        bytes += 3;
        length -= 3;
    }
    while (length && is_blank(bytes[length - 1]))
        length--;
    if (!length)
        return unknown(out, N_("is empty"));
    if (length > COMMAND_ANSWER_MAX)
        return unknown(out, N_("is too long"));
    if (memchr(bytes, '\n', length))
        return unknown(out, N_("has more than one line"));
    json_t *answer = json_parse(bytes, length, &e);
    enum written written;
    const char *result = json_text(answer, "result", "");
    if (!json_is_object(answer))
        written = unknown(out, N_("is no JSON object"));
    else if (text_equal(result, "done"))
        written = done(answer, out);
    else if (text_equal(result, "rejected"))
        written = rejected(answer, out);
    else
        written = unknown(out, N_("has neither the result \"done\" nor \"rejected\""));
    json_decref(answer);
    return written;
}
