#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/codes.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

static const char *const words[] = {
#define STATUS_WORD(name, word) word,
    STATUS_LIST(STATUS_WORD)
#undef STATUS_WORD
};

const char *error_status_word(enum status status)
{
    if ((size_t)status >= sizeof words / sizeof words[0])
        return "internal";
    return words[status];
}

enum status error_parse_status(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal(words[i], word))
            return (enum status)i;
    return STATUS_INTERNAL;
}

void error_clear(struct error *e)
{
    if (!e)
        return;
    e->status = STATUS_OK;
    e->code[0] = e->text[0] = e->remedy[0] = e->text_said[0] = e->remedy_said[0] = '\0';
}

/* The arguments may point into e itself, so read them before e is changed. */
__attribute__((format(printf, 4, 0))) static void put(struct error *e, enum status status,
                                                      const char *code, const char *format,
                                                      va_list args)
{
    char code_copy[sizeof e->code];
    text_copy(code_copy, sizeof code_copy, code);
    said_vformat(e->text_said, sizeof e->text_said, e->text, sizeof e->text, format, args);
    e->status = status;
    memcpy(e->code, code_copy, sizeof code_copy);
    e->remedy[0] = e->remedy_said[0] = '\0';
}

enum status error_set(struct error *e, enum status status, const char *code, const char *format,
                      ...)
{
    if (!e)
        return status;
    va_list args;
    va_start(args, format);
    put(e, status, code, format, args);
    va_end(args);
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
    char what[sizeof e->text_said];
    va_list args;
    va_start(args, format);
    said_vformat(what, sizeof what, NULL, 0, format, args);
    va_end(args);
    return error_set(e, status, code, "%-s: %-s", what, strerror(errnum));
}

enum status error_remedy(struct error *e, const char *format, ...)
{
    if (!e)
        return STATUS_INTERNAL;
    va_list args;
    va_start(args, format);
    said_vformat(e->remedy_said, sizeof e->remedy_said, e->remedy, sizeof e->remedy, format, args);
    va_end(args);
    return e->status;
}

enum status error_prefix(struct error *e, const char *format, ...)
{
    if (!e)
        return STATUS_INTERNAL;
    char what[sizeof e->text], said[sizeof e->text_said];
    char whole[sizeof e->text * 2 + 4], before[sizeof e->text_said];
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, what, sizeof what, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s: %s", what, e->text);
    text_copy(before, sizeof before, error_said(e));
    said_format(e->text_said, sizeof e->text_said, "%-s: %-s", said, before);
    text_copy(e->text, sizeof e->text, whole);
    return e->status;
}

const char *error_said(const struct error *e)
{
    return e->text_said[0] ? e->text_said : e->text;
}

const char *error_advice(const struct error *e)
{
    if (e->remedy[0] || (!e->code[0] && !e->text[0]))
        return e->remedy;
    return codes_remedy(e->code);
}

const char *error_advice_said(const struct error *e)
{
    if (e->remedy[0] || (!e->code[0] && !e->text[0]))
        return e->remedy_said[0] ? e->remedy_said : e->remedy;
    return codes_remedy_said(e->code);
}

void error_told(const struct error *e, char *said, size_t size)
{
    const char *advice = error_advice_said(e);
    if (*advice)
        said_format(said, size, "%-s – %-s", error_said(e), advice);
    else
        text_copy(said, size, error_said(e));
}
