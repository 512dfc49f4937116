/* link_answer: whatever answers where the panel should, there are words for it and something to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "link/link.h"
#include "link/link_answer.h"

static struct link panel;

static enum status hear(int code, const char *kind, const char *location, const char *body,
                        struct error *e)
{
    struct http_answer a;
    json_t *json = NULL;
    *e = (struct error){0};
    http_answer_init(&a, 0);
    a.code = code;
    text_copy(a.content_type, sizeof a.content_type, kind);
    text_copy(a.location, sizeof a.location, location);
    buf_add_text(&a.body, body);
    enum status status = link_answer(&panel, &a, &json, NULL, e);
    json_decref(json);
    http_answer_free(&a);
    return status;
}

static int set_up(void **state)
{
    struct identity id = {.endpoint_id = "ep"};
    (void)state;
    link_init(&panel, "https://panel.example", &id);
    return 0;
}

static void every_code_has_words_and_a_remedy(void **state)
{
    static const char *const bodies[] = {"",
                                         "<html>no</html>",
                                         "{}",
                                         "[1]",
                                         "{\"code\":\"odd\",\"detail\":\"so it is\"}",
                                         "{\"code\":7}"};
    struct error e;
    (void)state;
    for (int code = 300; code < 600; code++) {
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
            assert_int_not_equal(hear(code, "text/html", "", bodies[i], &e), STATUS_OK);
            assert_true(e.text[0] && e.remedy[0] && e.code[0]);
            bool ours = i == 4 && code >= 400;
            assert_string_equal(e.code, ours         ? "odd"
                                        : code < 400 ? "panel_redirect"
                                                     : "panel_error");
            assert_int_equal(strstr(e.text, "so it is") != NULL, ours);
        }
    }
}

static void a_redirect_says_where_to(void **state)
{
    struct error e;
    (void)state;
    assert_int_equal(hear(308, "text/html", "https://new.example/panel", "", &e),
                     STATUS_UNREACHABLE);
    assert_non_null(strstr(e.text, "to https://new.example/panel"));
    assert_non_null(strstr(e.remedy, "panel.url"));
    assert_int_equal(hear(301, "", "", "", &e), STATUS_UNREACHABLE);
    assert_non_null(strstr(e.text, "does not name"));
}

static void what_is_no_json_is_shown(void **state)
{
    struct error e;
    (void)state;
    assert_int_equal(hear(200, "text/html; charset=utf-8", "", "<html>\x1b[2JSign in", &e),
                     STATUS_UNREACHABLE);
    assert_string_equal(e.code, "panel_answer");
    assert_non_null(strstr(e.text, "text/html, \"<html>\\x1B[2JSign in\""));
    assert_true(e.remedy[0]);
    assert_int_equal(hear(200, "", "", "", &e), STATUS_UNREACHABLE);
    assert_non_null(strstr(e.text, "an empty body"));
}

static void what_is_final_is_about_what_was_sent(void **state)
{
    static const int final[] = {400, 403, 404, 409, 413, 415, 422, 431};
    static const int passing[] = {0, 200, 301, 401, 407, 408, 425, 429, 500, 502, 503, 504};
    (void)state;
    for (size_t i = 0; i < sizeof final / sizeof *final; i++)
        assert_true(link_answer_final(final[i]));
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        assert_false(link_answer_final(passing[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_words_and_a_remedy),
        cmocka_unit_test(a_redirect_says_where_to),
        cmocka_unit_test(what_is_no_json_is_shown),
        cmocka_unit_test(what_is_final_is_about_what_was_sent),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
