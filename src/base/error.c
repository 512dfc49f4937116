#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/codes.h"
#include "base/i18n.h"
#include "base/text.h"

const char *error_status_word(enum status status)
{
    static const char *const words[] = {
#define STATUS_WORD(name, word) word,
        STATUS_LIST(STATUS_WORD)
#undef STATUS_WORD
    };
    if ((size_t)status >= sizeof words / sizeof words[0])
        return "internal";
    return words[status];
}

void error_clear(struct error *e)
{
    if (!e)
        return;
    e->status = STATUS_OK;
    e->code[0] = e->text[0] = e->remedy[0] = '\0';
}

enum status error_set(struct error *e, enum status status, const char *code, const char *format,
                      ...)
{
    if (!e)
        return status;
    /* The arguments may point into e itself, so the text is made beside it first. */
    char text[sizeof e->text];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof text, i18n_text(format), args);
    va_end(args);
    char code_copy[sizeof e->code];
    text_copy(code_copy, sizeof code_copy, code);
    e->status = status;
    memcpy(e->code, code_copy, sizeof code_copy);
    text_copy(e->text, sizeof e->text, text);
    e->remedy[0] = '\0';
    return status;
}

static enum status status_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT: return STATUS_NOT_FOUND;
    case EEXIST: return STATUS_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS: return STATUS_DENIED;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return STATUS_FULL;
    case ETIMEDOUT: return STATUS_TIMEOUT;
    case ECONNREFUSED:
    case ECONNRESET:
    case EHOSTUNREACH:
    case ENETUNREACH: return STATUS_UNREACHABLE;
    default: return STATUS_IO;
    }
}

enum status error_errno(struct error *e, int errnum, const char *code, const char *format, ...)
{
    enum status status = status_of_errno(errnum);
    if (!e)
        return status;
    char text[sizeof e->text];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof text, i18n_text(format), args);
    va_end(args);
    return error_set(e, status, code, "%s: %s", text, i18n_text(strerror(errnum)));
}

enum status error_remedy(struct error *e, const char *format, ...)
{
    if (!e)
        return STATUS_INTERNAL;
    char text[sizeof e->remedy];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof text, i18n_text(format), args);
    va_end(args);
    text_copy(e->remedy, sizeof e->remedy, text);
    return e->status;
}

enum status error_prefix(struct error *e, const char *format, ...)
{
    if (!e)
        return STATUS_INTERNAL;
    char what[sizeof e->text];
    char whole[sizeof e->text * 2 + 4];
    va_list args;
    va_start(args, format);
    text_vformat(what, sizeof what, i18n_text(format), args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", what, e->text);
    text_copy(e->text, sizeof e->text, whole);
    return e->status;
}

const char *error_advice(const struct error *e)
{
    if (e->remedy[0] || (!e->code[0] && !e->text[0]))
        return e->remedy;
    return codes_remedy(e->code);
}
