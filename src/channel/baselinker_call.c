#include "channel/baselinker_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/hooks.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"
#include "channel/loose.h"
#include "os/clock.h"

#define ANSWER_MAX  (32 << 20) /* a page of 1000 products with long names takes one */
#define TIMEOUT_MS  90000
#define SHORT_MS    2000 /* waits for the budget up to this long are done here */
#define SHORT_WAITS 5
#define STEP_MS     50
#define SHOWN       160 /* bytes of a page that are shown */
#define ACCOUNT_MS  300000
#define MINUTE_MS   60000
#define HOUR_MS     3600000

int64_t baselinker_call_minute(void)
{
    const char *shorter = hooks_value("ENDPOINT_TEST_SHOP_MINUTE_MS");
    int64_t ms = 0;
    return shorter && text_to_i64(shorter, &ms) && ms > 0 ? ms : MINUTE_MS;
}

int64_t baselinker_call_now(const struct baselinker_link *l)
{
    return clock_wall_ms() + (l->clock_known ? l->clock_offset_ms : 0);
}

/* ---- the form ----------------------------------------------------------------------------------- */

void baselinker_call_form(struct buf *b, const char *method, const char *parameters)
{
    buf_add_text(b, "method=");
    text_percent(b, method);
    buf_add_text(b, "&parameters=");
    text_percent(b, parameters);
}

/* ---- the answer --------------------------------------------------------------------------------- */

/* "2022-05-03 17:15:34" as if it were UTC, in milliseconds. */
static bool parse_until(const char *text, int64_t *ms)
{
    struct tm tm = {0};
    const char *end = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
    if (!end)
        return false;
    *ms = (int64_t)timegm(&tm) * 1000;
    return true;
}

int64_t baselinker_call_block_ms(const char *message, int64_t shop_ms)
{
    static const char word[] = "until ";
    const char *at = NULL;
    int64_t until, left;
    for (const char *next = message; (next = strstr(next, word)); next += sizeof word - 1)
        at = next + sizeof word - 1;
    if (!at || !parse_until(at, &until))
        return BASELINKER_BLOCK_LEAST;
    left = (until - shop_ms) % HOUR_MS;
    left += left < 0 ? HOUR_MS : 0;
    if (left > HOUR_MS - 2 * MINUTE_MS) /* it has just ended */
        return BASELINKER_BLOCK_LEAST;
    return left < BASELINKER_BLOCK_LEAST  ? BASELINKER_BLOCK_LEAST
           : left > BASELINKER_BLOCK_MOST ? BASELINKER_BLOCK_MOST
                                          : left;
}

static enum status blocked(enum budget_blocked what, int64_t ms, enum budget_blocked *block,
                           int64_t *block_ms, struct error *e)
{
    *block = what;
    *block_ms = ms;
    if (what == BUDGET_ACCOUNT)
        return error_set(e, STATUS_BUSY, "baselinker_account_blocked",
                         "BaseLinker has blocked the whole account, its web panel too");
    return error_set(e, STATUS_BUSY, "baselinker_token_blocked",
                     "BaseLinker has blocked the token");
}

/* {"status": "ERROR"}. */
static enum status refused(const json_t *json, const char *method, int64_t now_ms,
                           enum budget_blocked *block, int64_t *block_ms, struct error *e)
{
    const char *code = loose_text(json, "error_code"), *message = loose_text(json, "error_message");
    if (text_equal(code, "ERROR_USER_ACCOUNT_BLOCKED"))
        return blocked(BUDGET_ACCOUNT, ACCOUNT_MS, block, block_ms, e);
    if (text_equal(code, "ERROR_BLOCKED_TOKEN"))
        return blocked(BUDGET_TOKEN, baselinker_call_block_ms(message, now_ms), block, block_ms, e);
    if (strstr(code, "TOKEN") || strstr(code, "AUTH"))
        return error_set(e, STATUS_DENIED, "shop_denied",
                         "BaseLinker does not accept the token: %.200s (%.60s)", message, code);
    char said[600];
    said_value_or(said, sizeof said, message, N_("no reason given"));
    return *code ? error_set(e, STATUS_REFUSED, "shop_refused",
                             "BaseLinker refused %s: %-s (%.60s)", method, said, code)
                 : error_set(e, STATUS_REFUSED, "shop_refused", "BaseLinker refused %s: %-s",
                             method, said);
}

/* Not their JSON: a page from something in front of the shop, or half an answer. */
static enum status strange(const struct http_answer *a, const char *method, struct error *e)
{
    struct buf shown;
    buf_init(&shown, 4 * SHOWN);
    text_printable(&shown, buf_text(&a->body), a->body.length < SHOWN ? a->body.length : SHOWN);
    if (a->code >= 200 && a->code < 300)
        error_set(e, STATUS_UNREACHABLE, "shop_no_json",
                  "BaseLinker answered %s with something that is not JSON: %.160s", method,
                  shown.length ? buf_text(&shown) : "nothing");
    else
        error_set(e, STATUS_UNREACHABLE, "shop_error",
                  "BaseLinker answered %s with HTTP %d: %.160s", method, a->code,
                  shown.length ? buf_text(&shown) : "nothing");
    buf_free(&shown);
    return STATUS_UNREACHABLE;
}

enum status baselinker_call_judge(const struct http_answer *a, const char *method, int64_t now_ms,
                                  json_t **json, enum budget_blocked *block, int64_t *block_ms,
                                  struct error *e)
{
    json_t *answer = loose_parse(buf_text(&a->body), a->body.length, NULL);
    const char *word = loose_text(answer, "status");
    enum status status;
    *json = NULL;
    *block = BUDGET_FREE;
    *block_ms = 0;
    if (text_equal(word, "ERROR"))
        status = refused(answer, method, a->date_ms >= 0 ? a->date_ms : now_ms, block, block_ms, e);
    else if (a->code == 429)
        status = blocked(BUDGET_TOKEN,
                         a->retry_after_ms > BASELINKER_BLOCK_LEAST ? a->retry_after_ms
                                                                    : BASELINKER_BLOCK_LEAST,
                         block, block_ms, e);
    else if (text_equal(word, "SUCCESS") && a->code >= 200 && a->code < 300) {
        *json = answer;
        return STATUS_OK;
    } else
        status = strange(a, method, e);
    json_decref(answer);
    return status;
}

/* ---- the call ----------------------------------------------------------------------------------- */

static bool is_cancelled(const struct baselinker_link *l)
{
    return l->cancel && *l->cancel;
}

static enum status sleep_for(const struct baselinker_link *l, int64_t ms, struct error *e)
{
    for (int64_t left = ms; left > 0; left -= STEP_MS) {
        int64_t step = left < STEP_MS ? left : STEP_MS;
        if (is_cancelled(l))
            return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
        clock_sleep_ms(step);
    }
    return STATUS_OK;
}

/* Report a block and its end: for the call that got this answer, and for all calls that are not
 * made until then. */
static enum status say_blocked(struct baselinker_link *l, int64_t *retry_after_ms, struct error *e)
{
    struct budget_view v;
    char end[CLOCK_TEXT], left[32];
    struct error own = {0};
    if (budget_look(l->budget, clock_mono_ms(), &v, &own) != STATUS_OK || v.blocked == BUDGET_FREE)
        return STATUS_BUSY;
    clock_format(end, clock_wall_ms() + v.blocked_ms);
    text_from_duration(left, sizeof left, v.blocked_ms);
    if (*retry_after_ms < v.blocked_ms)
        *retry_after_ms = v.blocked_ms;
    if (v.blocked == BUDGET_TOKEN)
        return error_set(
            e, STATUS_BUSY, "baselinker_token_blocked",
            "BaseLinker has blocked the token after too many calls; it is tried again in %s, "
            "at %.19sZ",
            left, end);
    if (v.blocks >= BASELINKER_SUSPENDED)
        return error_set(
            e, STATUS_DENIED, "baselinker_suspended",
            "BaseLinker blocked the whole account %u times in a row; it is tried again in "
            "%s, at %.19sZ",
            v.blocks, left, end);
    return error_set(
        e, STATUS_BUSY, "baselinker_account_blocked",
        "BaseLinker has blocked the whole account, its web panel too; it is tried again in "
        "%s, at %.19sZ",
        left, end);
}

static enum status draw(struct baselinker_link *l, int64_t *retry_after_ms, struct error *e)
{
    for (int i = 0;; i++) {
        int64_t wait = 0;
        if (is_cancelled(l))
            return error_set(e, STATUS_CANCELLED, "cancelled", "told to stop");
        if (l->alive)
            l->alive(l->alive_user);
        enum status status = budget_draw(l->budget, l->class, clock_mono_ms(), &wait, e);
        if (status != STATUS_BUSY)
            return status;
        if (wait <= SHORT_MS && i < SHORT_WAITS) {
            status = sleep_for(l, wait, e);
            if (status != STATUS_OK)
                return status;
            continue;
        }
        *retry_after_ms = wait;
        return say_blocked(l, retry_after_ms, e);
    }
}

static enum status perform(struct baselinker_link *l, const char *method, const char *parameters,
                           struct http_answer *answer, struct error *e)
{
    struct buf form;
    buf_init(&form, 8 << 20);
    baselinker_call_form(&form, method, parameters);
    const struct http_request request = {
        .method = "POST",
        .url = l->url,
        .headers = {l->header, "Content-Type: application/x-www-form-urlencoded",
                    "Accept: application/json"},
        .body = form.data,
        .body_length = form.length,
        .timeout_ms = TIMEOUT_MS,
        .answer_maximum = ANSWER_MAX,
        .once = true}; /* each call counts, and some create something */
    enum status status =
        form.failed ? error_set(e, STATUS_FULL, "shop_value", "a call of %s is too long", method)
                    : http_perform(l->client, &request, answer, l->cancel, e);
    buf_free(&form);
    return status;
}

/* Learn the shop's clock from the middle of the exchange. */
static void learn_clock(struct baselinker_link *l, const struct http_answer *a)
{
    if (a->date_ms < 0)
        return;
    l->clock_offset_ms = a->date_ms + 500 - (clock_wall_ms() - a->took_ms / 2);
    l->clock_known = true;
}

enum status baselinker_call(struct baselinker_link *l, const char *method, const char *parameters,
                            json_t **json, int64_t *retry_after_ms, struct error *e)
{
    struct http_answer answer;
    enum budget_blocked block = BUDGET_FREE;
    int64_t block_ms = 0;
    struct error own = {0};
    e = e ? e : &own;
    *json = NULL;
    *retry_after_ms = -1;
    enum status status = draw(l, retry_after_ms, e);
    if (status != STATUS_OK)
        return status;
    http_answer_init(&answer, ANSWER_MAX);
    status = perform(l, method, parameters, &answer, e);
    if (status == STATUS_OK) {
        learn_clock(l, &answer);
        status = baselinker_call_judge(&answer, method, baselinker_call_now(l), json, &block,
                                       &block_ms, e);
    }
    http_answer_free(&answer);
    if (block != BUDGET_FREE) {
        block_ms = block_ms * baselinker_call_minute() / MINUTE_MS;
        *retry_after_ms = block_ms;
        enum status kept = budget_block(l->budget, block, block_ms, clock_mono_ms(), &own);
        return kept == STATUS_OK ? say_blocked(l, retry_after_ms, e) : status;
    }
    if (status == STATUS_OK || status == STATUS_REFUSED || status == STATUS_DENIED)
        budget_answered(l->budget, clock_mono_ms(), NULL);
    return status;
}

enum status baselinker_call_json(struct baselinker_link *l, const char *method, json_t *parameters,
                                 json_t **json, int64_t *retry_after_ms, struct error *e)
{
    struct buf text;
    buf_init(&text, 8 << 20);
    if (json_object_size(parameters))
        json_add(&text, parameters);
    else
        buf_add_text(&text, "{}");
    json_decref(parameters);
    enum status status = baselinker_call(l, method, buf_text(&text), json, retry_after_ms, e);
    buf_free(&text);
    return status;
}
