/* check.h – one small question about the set-up, with an answer that a person can act on.
 *
 * The same lists serve `endpointctl test`, `endpointctl status`, the panel and the test buttons. A
 * check that depends on a failed one is skipped, so that only the root cause is shown.
 */
#ifndef ENDPOINT_CHECK_CHECK_H
#define ENDPOINT_CHECK_CHECK_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

#define CHECK_RESULT_LIST(X)        \
    X(CHECK_OK, "ok", "[ OK ]")     \
    X(CHECK_FAIL, "fail", "[FAIL]") \
    X(CHECK_WARN, "warn", "[WARN]") \
    X(CHECK_WAIT, "wait", "[ .. ]") \
    X(CHECK_SKIPPED, "skipped", "[ -- ]")

enum check_result {
#define CHECK_ENUM(name, word, sign) name,
    CHECK_RESULT_LIST(CHECK_ENUM)
#undef CHECK_ENUM
};

const char *check_word(enum check_result result); /* "fail" */
const char *check_sign(enum check_result result); /* "[FAIL]" */
enum check_result check_parse(const char *word);  /* unknown words: CHECK_WAIT */

/* The answer of a check. */
struct check {
    char code[48]; /* stable: "erp.login" */
    char title[96];
    enum check_result result;
    char text[1024];
    char remedy[2048];
    char text_said[1024], remedy_said[2304]; /* how both were made (base/said.h) */
    int64_t duration_ms;
};

/* A row in a list of checks. run fills text (and remedy) and returns the result; context is the
 * list's shared state, in which one check leaves the connection for the next. */
struct check_def {
    const char *code;
    const char *title;
    const char *depends_on; /* codes in the same list, blank-separated; NULL: none */
    enum check_result (*run)(void *context, struct check *check);
};

/* Run the list in order, each timed by the clock now_ms (clock_mono_ms). Each answer is passed to done as soon as it is there (started first, with
 * result CHECK_WAIT, when `started` is not NULL). Results go into checks[count].
 * Returns the worst: FAIL > WARN > OK. */
enum check_result check_run(const struct check_def *defs, size_t count, void *context,
                            int64_t (*now_ms)(void), struct check *checks,
                            void (*started)(const struct check *, void *),
                            void (*done)(const struct check *, void *), void *user);

/* Texts with printf, %s for names and values, %-s for texts (base/said.h); for use in run functions: return check_answer(c, CHECK_OK, "…"). */
enum check_result check_answer(struct check *c, enum check_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void check_remedy(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same with a finished text. */
enum check_result check_say(struct check *c, enum check_result result, const char *said);
/* CHECK_FAIL with the error's text and remedy. */
enum check_result check_failed(struct check *c, const struct error *e);

/* What to do about a red or amber check: its own remedy, or that of its code (base/codes.h). "" for others. */
const char *check_advice(const struct check *c);

/* {"code","title","result","text","remedy","said","duration_ms"}; and back (texts cut to fit, in this process' language). */
json_t *check_to_json(const struct check *c);
void check_from_json(struct check *c, const json_t *object);

/* One check as lines for a terminal: "[ OK ] Title   text (12 ms)", the remedy indented below.
 * colour: with ANSI colours around the sign. width: columns of the terminal, ≥ 40. */
void check_print(struct buf *b, const struct check *c, bool colour, int width);

#endif
