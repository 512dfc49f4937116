/* baselinker_call.h – one call of BaseLinker's API: the request's form, the call's budget, and the
 * meaning of the answer.
 *
 * Sources: https://api.base.com (transport, limit), and replies that users of the API published.
 * Errors come with HTTP 200 and {"status": "ERROR", "error_code", "error_message"}. There is no
 * public list of codes, so we know only the two codes for blocks; any other code means that
 * BaseLinker refused.
 */
#ifndef ENDPOINT_CHANNEL_BASELINKER_CALL_H
#define ENDPOINT_CHANNEL_BASELINKER_CALL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "channel/budget.h"
#include "net/http.h"

#define BASELINKER_TOKEN       256
#define BASELINKER_BLOCK_LEAST 60000  /* ms: we assume that a block lasts at least this long */
#define BASELINKER_BLOCK_MOST  900000 /* and at most this long; then one call finds out */
#define BASELINKER_SUSPENDED   3      /* blocks of the account in a row that need a person */

struct baselinker_link {
    struct http_client *client;
    struct budget *budget;
    enum budget_class class; /* of the plugin's calls */
    const volatile int *cancel;
    void (*alive)(void *user);
    void *alive_user;
    char url[512];
    char header[BASELINKER_TOKEN + 16]; /* "X-BLToken: …", a secret */
    int64_t clock_offset_ms; /* the shop's clock minus ours, from the Date of its last answer */
    bool clock_known;
};

/* Append the form of a call: the whole JSON percent-encoded, even "+". */
void baselinker_call_form(struct buf *b, const char *method, const char *parameters);

/* What an answer means. OK: *json is the answer's object, numbers as texts (channel/loose.h);
 * json_decref it. BUSY: blocked; *block says what is blocked and *block_ms for how long.
 * UNREACHABLE: a page, half an answer, a fault on their side. DENIED: the token is not accepted.
 * REFUSED (shop_refused): any other error; the text contains error_code and message. */
enum status baselinker_call_judge(const struct http_answer *answer, const char *method,
                                  int64_t now_ms, json_t **json, enum budget_blocked *block,
                                  int64_t *block_ms, struct error *e);

/* How long a block lasts according to its text, "… until 2022-05-03 17:15:34". The text names no
 * time zone, so only the minutes within the hour are used, between BASELINKER_BLOCK_LEAST and
 * _MOST. shop_ms: the shop's time. */
int64_t baselinker_call_block_ms(const char *message, int64_t shop_ms);

/* Make one call within the budget. parameters: JSON. Errors as with baselinker_call_judge, and BUSY
 * with *retry_after_ms if the budget has no call left; after UNREACHABLE and TIMEOUT the work may
 * have been done all the same. */
enum status baselinker_call(struct baselinker_link *l, const char *method, const char *parameters,
                            json_t **json, int64_t *retry_after_ms, struct error *e);
/* The same with parameters as JSON; steals them. */
enum status baselinker_call_json(struct baselinker_link *l, const char *method, json_t *parameters,
                                 json_t **json, int64_t *retry_after_ms, struct error *e);

/* The shop's time, as far as known. */
int64_t baselinker_call_now(const struct baselinker_link *l);

/* A minute, as the shop counts calls; shorter in tests. */
int64_t baselinker_call_minute(void);

#endif
