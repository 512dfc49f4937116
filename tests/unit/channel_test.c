/* channel/panel: what the panel's answers about many outcomes at once are taken for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "base/text.h"
#include "channel/panel.h"
#include "link/identity.h"
#include "link/link.h"
#include "os/dir.h"
#include "unit.h"

/* The panel: one answer for every request. */
static struct {
    int requests;
    char path[200];
    json_t *sent;
    enum status status;
    const char *code, *body;
} panel;

enum status __wrap_link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                             const volatile int *cancel, struct link_reply *reply, struct error *e);
enum status __wrap_link_call(struct link *l, struct http_client *client, const struct link_ask *ask,
                             const volatile int *cancel, struct link_reply *reply, struct error *e)
{
    (void)l, (void)client, (void)cancel;
    panel.requests++;
    text_copy(panel.path, sizeof panel.path, ask->path);
    assert_string_equal(ask->method, "POST");
    assert_string_equal(ask->type, "application/json");
    json_decref(panel.sent);
    panel.sent = json_parse(ask->body, ask->length, NULL);
    assert_non_null(panel.sent);
    reply->json = NULL;
    reply->retry_after_ms = panel.status == STATUS_BUSY ? 5000 : -1;
    if (panel.status != STATUS_OK)
        return error_set(e, panel.status, panel.code, "the panel says: no");
    reply->json = json_parse(panel.body, strlen(panel.body), e);
    return reply->json ? STATUS_OK : STATUS_UNREACHABLE;
}

static char dir[64];
static struct channel *channel;
static json_t *outcomes;
static struct error answers[3], e;
static int64_t retry;

static int set_up(void **state)
{
    struct identity id = {.endpoint_id = "ep-1", .account_id = "konto"};
    const struct http_options http = {.user_agent = "test"};
    (void)state;
    unit_directory(dir, sizeof dir);
    memset(&panel, 0, sizeof panel);
    assert_int_equal(identity_save(dir, &id, &e), STATUS_OK);
    const struct channel_place place = {.plugin_id = "p1",
                                        .state_dir = dir,
                                        .panel_url = "https://panel.example",
                                        .mark = "",
                                        .http = &http};
    assert_int_equal(channel_panel.open(&place, &channel, &e), STATUS_OK);
    outcomes = json_pack("[{s:s,s:s},{s:s,s:s},{s:s,s:s}]", "order", "a", "state", "done", "order",
                         "b/c", "state", "waiting", "order", "d", "state", "rejected");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    channel_panel.close(channel);
    json_decref(outcomes);
    json_decref(panel.sent);
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

static enum status tell(void)
{
    error_clear(&e);
    return channel_panel.outcomes(channel, outcomes, answers, &retry, &e);
}

static void each_has_its_answer(void **state)
{
    (void)state;
    panel.body = "{\"results\":[{\"order\":\"a\",\"ok\":true,\"latest\":false},"
                 "{\"order\":\"b/c\",\"ok\":false,\"code\":\"order_unknown\",\"detail\":\"none\"},"
                 "{\"order\":\"d\",\"ok\":false,\"code\":\"outcome_invalid\",\"detail\":\"bad\"}]}";
    assert_int_equal(tell(), STATUS_OK);
    assert_string_equal(panel.path, "/plugins/p1/orders/outcomes");
    assert_true(json_equal(json_object_get(panel.sent, "outcomes"), outcomes));
    assert_int_equal(answers[0].status, STATUS_OK);
    assert_int_equal(answers[1].status, STATUS_NOT_FOUND);
    assert_string_equal(answers[1].code, "order_unknown");
    assert_int_equal(answers[2].status, STATUS_REFUSED);
    assert_non_null(strstr(answers[2].text, "bad"));
    panel.body = "{\"results\":[{\"order\":\"a\"},{\"order\":\"b/c\",\"ok\":1},{\"order\":\"d\","
                 "\"ok\":true}]}";
    assert_int_equal(tell(), STATUS_OK); /* who does not say that it is stored has not stored it */
    assert_int_equal(answers[0].status, STATUS_REFUSED);
    assert_int_equal(answers[1].status, STATUS_REFUSED);
    assert_int_equal(answers[2].status, STATUS_OK);
}

static void an_answer_that_fits_not_says_nothing(void **state)
{
    static const char *const bodies[] = {
        "{}",
        "[]",
        "{\"results\":7}",
        "{\"results\":[]}",
        "{\"results\":[{\"order\":\"a\",\"ok\":true},{\"order\":\"b/c\",\"ok\":true}]}",
        ("{\"results\":[{\"order\":\"a\",\"ok\":true},{\"order\":\"d\",\"ok\":true},{\"order\":"
         "\"b/c\",\"ok\":true}]}"),
        "{\"results\":[{\"order\":\"a\",\"ok\":true},{\"order\":\"b/c\",\"ok\":true},null]}",
        "{\"results\":[{\"order\":\"a\",\"ok\":true},{\"ok\":true},{\"order\":\"d\",\"ok\":true}]}"};
    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        panel.body = bodies[i];
        assert_int_equal(tell(), STATUS_UNREACHABLE);
        assert_string_equal(e.code, "panel_answer");
    }
    panel.body = "{\"results\":[{\"order\":\"a\",\"ok\":true},{\"order\":\"b/c\",\"ok\":true},"
                 "{\"order\":\"d\",\"ok\":true}]}";
    assert_int_equal(tell(), STATUS_OK); /* and the call is still thought to be there */
}

/* A refusal of the whole: from then on one by one, and the call is not tried again. */
static void a_panel_without_the_call_is_remembered(void **state)
{
    static const struct {
        enum status status;
        const char *code;
    } refusals[] = {{STATUS_NOT_FOUND, "path_unknown"},   {STATUS_NOT_FOUND, "panel_error"},
                    {STATUS_REFUSED, "method_unknown"}, /* 405 */
                    {STATUS_REFUSED, "outcomes_invalid"}, {STATUS_FULL, "body_long"},
                    {STATUS_EXISTS, "panel_error"}};
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        panel.status = refusals[i].status;
        panel.code = refusals[i].code;
        assert_int_equal(tell(), STATUS_END);
        assert_int_equal(tell(), STATUS_END);
        assert_int_equal(panel.requests, 1);
        tear_down(state);
        set_up(state); /* a new connection tries anew */
    }
}

static void what_passes_is_no_reason_to_go_one_by_one(void **state)
{
    static const struct {
        enum status status;
        const char *code;
    } failures[] = {{STATUS_NOT_FOUND, "plugin_unknown"},
                    {STATUS_UNREACHABLE, "http_unreachable"},
                    {STATUS_BUSY, "busy"},
                    {STATUS_DENIED, "endpoint_revoked"},
                    {STATUS_TIMEOUT, "http_timeout"},
                    {STATUS_CANCELLED, "http_cancelled"}};
    (void)state;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        panel.status = failures[i].status;
        panel.code = failures[i].code;
        assert_int_equal(tell(), failures[i].status);
        assert_string_equal(e.code, failures[i].code);
        assert_int_equal(retry, failures[i].status == STATUS_BUSY ? 5000 : -1);
    }
    assert_int_equal(panel.requests, sizeof failures / sizeof *failures);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_has_its_answer),
        TEST(an_answer_that_fits_not_says_nothing),
        TEST(a_panel_without_the_call_is_remembered),
        TEST(what_passes_is_no_reason_to_go_one_by_one),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
