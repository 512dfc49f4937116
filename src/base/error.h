/* error.h – how a function says that it failed: a status to act on and words for people.
 *
 * Functions that can fail return enum status and fill a struct error that the caller owns. The text
 * says what was tried, on what, and what went wrong; the remedy says what to do about it. A caller
 * that passes NULL for the error wants only the status.
 */
#ifndef ENDPOINT_BASE_ERROR_H
#define ENDPOINT_BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define STATUS_LIST(X)                                                                      \
    X(STATUS_OK, "ok")                                                                      \
    X(STATUS_END, "end")                 /* no more rows: not an error, no text */          \
    X(STATUS_INVALID, "invalid")         /* bad input, bad configuration, bad data */       \
    X(STATUS_NOT_FOUND, "not-found")     /* the thing asked for does not exist */           \
    X(STATUS_EXISTS, "exists")           /* it exists already, or was changed by another */ \
    X(STATUS_DENIED, "denied")           /* authentication or permission */                 \
    X(STATUS_TIMEOUT, "timeout")         /* the other side did not answer in time */        \
    X(STATUS_UNREACHABLE, "unreachable") /* no connection, or it broke */                   \
    X(STATUS_REFUSED, "refused")         /* the other side understood and said no */        \
    X(STATUS_GUARD, "guard")             /* refused by one of our own guards */             \
    X(STATUS_FULL, "full")               /* a disk or a limit */                            \
    X(STATUS_BUSY, "busy")               /* somebody else holds it; try again later */      \
    X(STATUS_CANCELLED, "cancelled")     /* we were asked to stop */                        \
    X(STATUS_IO, "io")                   /* the operating system failed a call */           \
    X(STATUS_INTERNAL, "internal")       /* a fault of ours */

enum status {
#define STATUS_ENUM(name, word) name,
    STATUS_LIST(STATUS_ENUM)
#undef STATUS_ENUM
};

struct error {
    enum status status;
    char code[48]; /* stable, for programs: "tls_untrusted", "config_range" … */
    char text
        [1024]; /* one or more sentences in this process' language, UTF-8, no newline at the end */
    char remedy[512]; /* a better remedy than the code's own (error_advice); may be empty */
    char text_said[960], remedy_said[512]; /* how both texts were made (base/said.h) */
};

/* The stable word of a status ("timeout"). */
const char *error_status_word(enum status status);
/* The status of a word; unknown words: STATUS_INTERNAL. */
enum status error_parse_status(const char *word);

/* Fill e (if not NULL) and return status, so that a function may end with `return error_set(…)`.
 * Clears the remedy. Text that does not fit is cut at a UTF-8 boundary. In this format and those below %s is a name or a
 * value and %-s a text: another error's (error_said), or a marked one. */
enum status error_set(struct error *e, enum status status, const char *code, const char *format,
                      ...) __attribute__((format(printf, 4, 5)));

/* Like error_set, with ": " and strerror(errnum) after the text. */
enum status error_errno(struct error *e, int errnum, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Add a remedy to an error; returns its status. */
enum status error_remedy(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Put "what: " before the text, to say what was being done; returns its status. */
enum status error_prefix(struct error *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The text's record, for %-s and for base/said.h. It lives as long as e. */
const char *error_said(const struct error *e);

/* What to do about an error: its own remedy, or that of its code (base/codes.h) in the reader's language. Never
 * empty, except when nothing failed. */
const char *error_advice(const struct error *e);
/* The same as it was made. */
const char *error_advice_said(const struct error *e);

/* The text and what to do about it as one said text, "text – advice". */
void error_told(const struct error *e, char *said, size_t size);

/* Make e empty: STATUS_OK, no texts. */
void error_clear(struct error *e);

#endif
