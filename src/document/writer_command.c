/* The writer "command": the site's own program makes the document, one order at a time.
 *
 * Before the program is started, and again after it has ended, we look for the marker in the ERP:
 * what is seen there counts for more than what the program says. endpoint-order-program(7) says
 * what a program must do.
 */
#include "document/writer_command.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "document/command_answer.h"
#include "document/order_lookup.h"
#include "mapping/mapping.h"
#include "os/program.h"
#include "os/waiting.h"

#define ERRORS_MAX   4096
#define ERRORS_SHOWN 300
#define EXIT_NOT_NOW 75 /* EX_TEMPFAIL of sysexits.h */

struct writer {
    char path[512], zone[128];
    int64_t timeout_ms;
    const struct mapping *mapping;
    struct session *session;
};

static enum status check_program(const struct writer *w, struct error *e)
{
    struct file_look l;
    if (w->path[0] != '/') {
        error_set(e, STATUS_INVALID, "command", "orders.command is %-s",
                  w->path[0] ? N_("no absolute path") : N_("not set"));
        error_remedy(
            e, "Set it to the absolute path of the program that turns orders into documents.");
        return STATUS_INVALID;
    }
    if (!file_look(w->path, &l) || l.kind != FILE_REGULAR || !file_may_run(w->path)) {
        error_set(e, STATUS_INVALID, "command",
                  "orders.command, %s, is not a program that this service may run", w->path);
        error_remedy(e, "Put the program there and let this service's user read and run it.");
        return STATUS_INVALID;
    }
    if (l.mode & FILE_ALL_WRITE) {
        error_set(e, STATUS_DENIED, "command",
                  "orders.command, %s, can be changed by every user of this machine", w->path);
        error_remedy(e, "chmod o-w %s", w->path);
        return STATUS_DENIED;
    }
    return STATUS_OK;
}

static void command_close(struct writer *w)
{
    free(w);
}

static enum status command_open(const struct order_settings *o, const struct mapping *m,
                                struct session *s, struct writer **out, struct error *e)
{
    const char *zone = getenv("TZ");
    *out = NULL;
    enum status status = writer_offered(m, "command", e);
    if (status != STATUS_OK)
        return status;
    struct writer *w = mem_alloc(sizeof *w);
    w->mapping = m;
    w->session = s;
    w->timeout_ms = o->command_timeout_ms;
    text_copy(w->path, sizeof w->path, o->command);
    if (zone)
        text_format(w->zone, sizeof w->zone, "TZ=%s", zone);
    status = check_program(w, e);
    if (status == STATUS_OK)
        *out = w;
    else
        command_close(w);
    return status;
}

static enum status command_reopen(const struct order_settings *o, const struct mapping *m,
                                  struct session *s, const char *place, struct writer **out,
                                  struct error *e)
{
    (void)place;
    (void)e;
    struct writer *w = mem_alloc(sizeof *w);
    w->mapping = m;
    w->session = s;
    text_copy(w->path, sizeof w->path, o->command);
    *out = w;
    return STATUS_OK;
}

/* Nothing has to be prepared: the line of JSON is the document. */
static enum status command_stage(struct writer *w, const struct order_document *d, struct error *e)
{
    (void)w;
    if (!d->marker[0] || !d->utf8 || d->text.failed || d->text.length == 0)
        return error_set(e, STATUS_INTERNAL, "command_document", "the document is incomplete");
    return STATUS_OK;
}

static enum status command_nothing(struct writer *w, struct error *e)
{
    (void)w;
    (void)e;
    return STATUS_OK;
}

static void command_unstage(struct writer *w, const char *marker)
{
    (void)w;
    (void)marker;
}

/* ---- asking the ERP ----------------------------------------------------------------------------
 */

static bool can_find(const struct writer *w)
{
    return w->session && w->mapping->orders.statements[ORDER_SQL_FIND].sql;
}

static enum status find(const struct writer *w, const char *marker, bool *seen,
                        struct writer_outcome *out, struct error *e)
{
    struct order_found found;
    *seen = false;
    if (!can_find(w))
        return STATUS_OK;
    enum status status = order_find_one(w->session, w->mapping, marker, &found, e);
    if (status != STATUS_OK || found.count == 0)
        return status;
    *seen = true;
    memset(out, 0, sizeof *out);
    text_copy(out->document, sizeof out->document, found.document);
    text_copy(out->document_id, sizeof out->document_id, found.document_id);
    return STATUS_OK;
}

/* ---- writing -----------------------------------------------------------------------------------
 */

/* The first line of its standard error, for people. */
static void add_errors(const struct program_end *end, struct error *e)
{
    char said[ERRORS_SHOWN + 1];
    struct buf clean;
    size_t length = 0;
    while (length < end->errors.length && length < ERRORS_SHOWN &&
           (unsigned char)end->errors.data[length] >= 0x20)
        length++;
    if (!length)
        return;
    buf_init(&clean, 4 * sizeof said);
    text_repair(&clean, end->errors.data, length);
    struct error before = *e;
    error_set(e, before.status, before.code, "%-s; it said: %s", error_said(&before),
              buf_text(&clean));
    if (before.remedy[0])
        error_remedy(e, "%-s", error_advice_said(&before));
    buf_free(&clean);
}

static enum written in_doubt(const struct program_end *end, struct writer_outcome *out,
                             const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum written in_doubt(const struct program_end *end, struct writer_outcome *out,
                             const char *format, ...)
{
    char said[300];
    va_list args;
    va_start(args, format);
    said_vformat(said, sizeof said, NULL, 0, format, args);
    va_end(args);
    memset(out, 0, sizeof *out);
    error_set(&out->error, STATUS_IO, "command_unclear", "%-s", said);
    add_errors(end, &out->error);
    return WRITTEN_UNKNOWN;
}

/* What its exit and its answer mean together. */
static enum written judge(const struct writer *w, const struct program_end *end,
                          struct writer_outcome *out)
{
    switch (end->ending) {
    case PROGRAM_TIMED_OUT:
        return in_doubt(end, out, "the program had not ended after %d s and was killed",
                        (int)(w->timeout_ms / 1000));
    case PROGRAM_TOO_MUCH:
        return in_doubt(end, out, "the program answered more than %d bytes and was killed",
                        COMMAND_ANSWER_MAX);
    case PROGRAM_KILLED: return in_doubt(end, out, "the program was ended by signal %d", end->code);
    case PROGRAM_EXITED: break;
    }
    if (end->code == EXIT_NOT_NOW && end->output.length == 0) {
        error_set(&out->error, STATUS_BUSY, "command_later", "the program could not do it now");
        add_errors(end, &out->error);
        error_remedy(&out->error, "It is tried again by itself.");
        return WRITTEN_NOT;
    }
    if (end->code != 0)
        return in_doubt(end, out, "the program ended with exit code %d", end->code);
    enum written written = command_answer(buf_text(&end->output), end->output.length, out);
    if (written == WRITTEN_UNKNOWN)
        add_errors(end, &out->error);
    return written;
}

/* What the ERP shows counts for more than what the program said. */
static enum written look(const struct writer *w, const char *marker, enum written said,
                         struct writer_outcome *out)
{
    struct writer_outcome there;
    struct error e = {0};
    bool seen = false;
    enum status status = find(w, marker, &seen, &there, &e);
    if (seen) {
        *out = there;
        return WRITTEN_DONE;
    }
    if (said != WRITTEN_DONE || !can_find(w))
        return said;
    if (status == STATUS_OK)
        error_set(
            &out->error, STATUS_OK, "command_unseen",
            "the program says that it is %s, but the ERP shows no document with the marker %s",
            out->document, marker);
    else
        error_set(&out->error, STATUS_OK, "command_unseen",
                  "the program says that it is %s; it could not be looked up: %-s", out->document,
                  error_said(&e));
    error_remedy(&out->error,
                 "It is done as soon as the ERP shows it. Does the program write the marker "
                 "where the mapping's \"find\" looks?");
    return WRITTEN_HANDED_OVER;
}

static void add_remedy(struct error *e)
{
    if (!e->remedy[0])
        error_remedy(
            e, "Look in the ERP whether the document exists, then `endpointctl order resolve`.");
}

static enum written command_write(struct writer *w, const struct order_document *d,
                                  struct writer_outcome *out)
{
    const char *const environment[] = {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8",
        w->zone[0] ? w->zone : NULL, NULL};
    const struct program p = {.path = w->path,
                              .environment = environment,
                              .input = d->text.data,
                              .input_length = d->text.length,
                              .timeout_ms = w->timeout_ms,
                              .output_max = COMMAND_ANSWER_MAX,
                              .errors_max = ERRORS_MAX};
    struct program_end end;
    bool seen = false;
    memset(out, 0, sizeof *out);
    if (find(w, d->marker, &seen, out, &out->error) != STATUS_OK)
        return WRITTEN_NOT;
    if (seen)
        return WRITTEN_DONE;
    waiting_begin(N_("the program of orders.command"), w->timeout_ms, NULL, NULL);
    enum status started = program_run(&p, &end, &out->error);
    waiting_end();
    if (started != STATUS_OK) {
        error_remedy(&out->error, "Correct orders.command; the orders wait.");
        return WRITTEN_NOT;
    }
    enum written written = judge(w, &end, out);
    program_end_free(&end);
    if (written != WRITTEN_NOT)
        written = look(w, d->marker, written, out);
    if (written == WRITTEN_UNKNOWN)
        add_remedy(&out->error);
    return written;
}

static enum written command_recover(struct writer *w, const char *marker, bool staged,
                                    struct writer_outcome *out)
{
    memset(out, 0, sizeof *out);
    if (!staged)
        return WRITTEN_NOT; /* it is started only after that was noted */
    error_set(&out->error, STATUS_IO, "command_unclear",
              "it is not known whether %s was given order %s before this service was stopped",
              w->path[0] ? w->path : "orders.command", marker);
    add_remedy(&out->error);
    return WRITTEN_UNKNOWN;
}

const struct writer_ops writer_command = {
    .name = "command",
    .code = 3,
    .batch = 1,
    .open = command_open,
    .reopen = command_reopen,
    .close = command_close,
    .stage = command_stage,
    .flush = command_nothing,
    .write = command_write,
    .settle = command_nothing,
    .recover = command_recover,
    .unstage = command_unstage,
};
