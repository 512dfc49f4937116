/* Which start of an endpoint speaks for it: the calls. */
#include "panel/api/api_start.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "panel/api/api_internal.h"
#include "panel/store/starts.h"

void api_refuse_start(struct api_answer *a, const struct error *e)
{
    if (e->status != STATUS_DENIED)
        api_fail(a, e);
    else
        api_problem(a, 403, e->code, e->text);
}

static void give_go(const struct start_answer *s, struct api_answer *a)
{
    json_t *answer = json_object();
    json_set_text(answer, "state", "go");
    json_set_number(answer, "incarnation", s->incarnation);
    json_set_number(answer, "lease_ms", s->lease_ms);
    json_set_number(answer, "orders_in_ms", s->orders_in_ms);
    json_set_flag(answer, "restored", s->restored);
    api_give(a, 200, answer);
}

static void refuse_twin(const struct start_answer *s, struct api_answer *a)
{
    char detail[500], at[CLOCK_TEXT];
    clock_format(at, s->called_ms);
    text_format(detail, sizeof detail,
                "this endpoint runs on %.100s already, and called the panel at %s", s->host,
                s->called_ms ? at : "its start");
    api_problem(a, 403, "endpoint_twin", detail);
    json_t *problem = json_parse(buf_text(&a->body), a->body.length, NULL);
    json_set_text(problem, "host", s->host);
    json_set_text(problem, "called", s->called_ms ? at : NULL);
    json_set_number(problem, "retry_s", s->retry_s);
    buf_reset(&a->body);
    json_add(&a->body, problem);
    json_decref(problem);
}

void api_post_start(struct api *api, struct api_request *r, struct api_answer *a)
{
    json_t *body = api_object_body(r, a);
    struct error e = {0};
    struct start_answer s;
    int64_t lease = api->faults.lease_s * 1000;
    const struct start_times times = {lease, lease ? 1000 : 0, lease ? 4000 : 0};
    if (!body)
        return;
    struct start start = {.life = json_text(body, "life", ""),
                          .place = json_text(body, "place", ""),
                          .host = json_text(body, "host", "?"),
                          .last = json_number(body, "last", 0),
                          .held = json_flag(body, "held", false),
                          .take_over = json_flag(body, "take_over", false)};
    if (!*start.life || strlen(start.life) > 100 || !*start.place || strlen(start.place) > 100 ||
        strlen(start.host) > 120 || start.last < 0 || start.last > INT64_MAX / 2)
        api_problem(a, 422, "start_invalid",
                    "life and place are expected, short texts, and last, a number from 0 on");
    else if (starts_ask(api->store, r->endpoint, &start, &times, clock_wall(api->clock), &s, &e) !=
             STATUS_OK)
        api_fail(a, &e);
    else if (s.verdict == START_TWIN)
        refuse_twin(&s, a);
    else if (s.verdict == START_WAIT)
        api_give(a, 200, json_pack("{s:s,s:I}", "state", "wait", "retry_s", (json_int_t)s.retry_s));
    else
        give_go(&s, a);
    json_decref(body);
}

void api_post_stop(struct api *api, struct api_request *r, struct api_answer *a)
{
    struct error e = {0};
    if (starts_stop(api->store, r->endpoint, r->incarnation, &e) != STATUS_OK)
        api_fail(a, &e);
    else
        api_give(a, 200, json_pack("{s:b}", "ok", 1));
}
