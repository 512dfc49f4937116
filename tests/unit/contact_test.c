/* panel/store/contact: who is there, silent and gone, by a clock that the test steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "os/clock.h"
#include "os/dir.h"
#include "panel/store/contact.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_journal.h"
#include "panel/store/store_tokens.h"
#include "unit.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define DAY    (1440 * MINUTE)

static char dir[64], endpoint[CRYPTO_ID_TEXT];
static struct store *store;
static int64_t now;

static int open_it(void **state)
{
    uint8_t key[CRYPTO_KEY] = {7};
    char token[STORE_TOKEN], account[CRYPTO_ID_TEXT];
    struct buf b;
    json_t *answer = NULL;
    bool created;
    (void)state;
    unit_directory(dir, sizeof dir);
    now = clock_wall_ms();
    assert_int_equal(store_open(dir, &store, NULL), STATUS_OK);
    assert_int_equal(store_account_add(store, "A", account, NULL), STATUS_OK);
    assert_int_equal(store_token_new(store, NULL, 60000, token, NULL), STATUS_OK);
    buf_init(&b, 100);
    crypto_base64url(&b, key, sizeof key);
    const struct registration r = {token, buf_text(&b), "n", "1", "p", "e"};
    assert_int_equal(store_register(store, &r, now, &answer, &created, NULL), STATUS_OK);
    text_copy(endpoint, sizeof endpoint, json_text(answer, "endpoint_id", ""));
    json_decref(answer);
    buf_free(&b);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    store_close(store);
    return dir_remove(dir, NULL) == STATUS_OK ? 0 : -1;
}

/* The panel listens and looks, as its server does, for so long. */
static void listen_for(int64_t ms)
{
    for (int64_t end = now + ms; now < end;) {
        now += end - now < 5 * SECOND ? end - now : 5 * SECOND;
        assert_int_equal(contact_tick(store, now, NULL), STATUS_OK);
        contact_watch(store, now);
    }
}

static void it_calls(void)
{
    assert_int_equal(store_endpoint_heard(store, endpoint, now, NULL), STATUS_OK);
}

static const char *contact_now(void)
{
    json_t *card = NULL;
    assert_int_equal(store_endpoint_card(store, endpoint, &card, NULL), STATUS_OK);
    const char *word = contact_word(contact_add(store, card, now));
    json_decref(card);
    return word;
}

static size_t entries(const char *code)
{
    json_t *list = NULL, *entry;
    size_t i, n = 0;
    assert_int_equal(store_journal_list(store, endpoint, 1000, &list, NULL), STATUS_OK);
    json_array_foreach (list, i, entry)
        n += text_equal(json_text(entry, "code", ""), code);
    json_decref(list);
    return n;
}

static void silent_and_gone_come_at_their_time(void **state)
{
    (void)state;
    listen_for(MINUTE);
    assert_string_equal(contact_now(), "never");
    it_calls();
    listen_for(CONTACT_SILENT_MS - 1);
    assert_string_equal(contact_now(), "ok");
    listen_for(1);
    assert_string_equal(contact_now(), "silent");
    assert_int_equal(entries("endpoint_gone"), 0);
    listen_for(CONTACT_GONE_MS - CONTACT_SILENT_MS - 1);
    assert_string_equal(contact_now(), "silent");
    listen_for(1);
    assert_string_equal(contact_now(), "gone");
    assert_int_equal(entries("endpoint_gone"), 1);
    listen_for(120 * MINUTE);
    assert_int_equal(entries("endpoint_gone"), 1); /* told once */
    it_calls();
    listen_for(10 * SECOND);
    assert_string_equal(contact_now(), "ok");
    assert_int_equal(entries("endpoint_back"), 1);
}

static void one_that_calls_is_never_news(void **state)
{
    (void)state;
    for (int i = 0; i < 120; i++) {
        it_calls();
        listen_for(CONTACT_EVERY_MS);
    }
    assert_string_equal(contact_now(), "ok");
    assert_int_equal(entries("endpoint_gone"), 0);
}

/* A panel that was off for the night knows nothing about the night. */
static void time_in_which_nobody_listened_is_not_counted(void **state)
{
    (void)state;
    listen_for(MINUTE);
    it_calls();
    now += DAY / 2;
    assert_string_equal(contact_now(), "unknown");
    listen_for(5 * SECOND);
    assert_string_equal(contact_now(), "unknown");
    assert_int_equal(entries("endpoint_gone"), 0);
    listen_for(CONTACT_GONE_MS - 5 * SECOND);
    assert_int_equal(entries("endpoint_gone"), 0); /* from the first look on it has its time */
    listen_for(10 * SECOND);
    assert_string_equal(contact_now(), "gone");
    assert_int_equal(entries("endpoint_gone"), 1);
}

static void a_clock_that_is_set_makes_nobody_gone(void **state)
{
    static const int64_t jumps[] = {DAY, -DAY, -60 * MINUTE, 60 * MINUTE};
    (void)state;
    listen_for(MINUTE);
    it_calls();
    for (size_t i = 0; i < sizeof jumps / sizeof jumps[0]; i++) {
        now += jumps[i];
        listen_for(30 * SECOND);
        it_calls();
        listen_for(30 * SECOND);
    }
    assert_string_equal(contact_now(), "ok");
    assert_int_equal(entries("endpoint_gone"), 0);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, open_it, close_it)
    const struct CMUnitTest tests[] = {
        T(silent_and_gone_come_at_their_time),
        T(one_that_calls_is_never_news),
        T(time_in_which_nobody_listened_is_not_counted),
        T(a_clock_that_is_set_makes_nobody_gone),
    };
    return cmocka_run_group_tests_name("contact", tests, NULL, NULL);
}
