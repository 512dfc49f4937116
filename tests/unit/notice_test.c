/* Word of changes between two connections to the panel's store: told when a change is kept, and not before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "os/dir.h"
#include "panel/store/starts.h"
#include "panel/store/store_accounts.h"
#include "panel/store/store_commands.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_notice.h"
#include "panel/store/store_plugins.h"
#include "panel/store/store_tokens.h"

static char top[64], dir[400];
static struct store *server, *command;
static struct store_notice *notice;
static char endpoint[CRYPTO_ID_TEXT];

static int open_all(void **state)
{
    (void)state;
    uint8_t key[CRYPTO_KEY] = {7};
    char token[STORE_TOKEN], account[CRYPTO_ID_TEXT];
    struct buf b;
    json_t *answer = NULL;
    bool created;
    text_copy(top, sizeof top, "/tmp/notice-XXXXXX");
    assert_non_null(mkdtemp(top));
    /* Longer than the name of a socket may be. */
    text_format(dir, sizeof dir, "%s/%0200d", top, 1);
    assert_int_equal(store_open(dir, &server, NULL), STATUS_OK);
    assert_int_equal(store_open(dir, &command, NULL), STATUS_OK);
    assert_int_equal(store_notice_open(dir, &notice, NULL), STATUS_OK);
    assert_int_equal(store_account_add(command, "A", account, NULL), STATUS_OK);
    assert_int_equal(store_token_new(command, NULL, 60000, token, NULL), STATUS_OK);
    buf_init(&b, 100);
    crypto_base64url(&b, key, sizeof key);
    const struct registration r = {token, buf_text(&b), "n", "1", "p", "e"};
    assert_int_equal(store_register(command, &r, 1000, &answer, &created, NULL), STATUS_OK);
    text_copy(endpoint, sizeof endpoint, json_text(answer, "endpoint_id", ""));
    json_decref(answer);
    buf_free(&b);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    store_close(server);
    store_close(command);
    store_notice_close(notice);
    return dir_remove(top, NULL) == STATUS_OK ? 0 : -1;
}

static enum status put(struct store *s, const char *id, bool add)
{
    json_t *plugin = json_pack("{s:s,s:s,s:s,s:{s:s},s:{s:s}}", "id", id, "kind", "stock", "name",
                               "S", "channel", "type", "panel", "schedule", "every", "60s");
    enum status status = store_plugin_put(s, endpoint, id, plugin, add, NULL);
    json_decref(plugin);
    return status;
}

static void other_process(void **state)
{
    (void)state;
    char id[CRYPTO_ID_TEXT], path[500];
    struct stat st;
    text_format(path, sizeof path, "%s/notice.sock", dir);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0177, 0);
    assert_false(store_notice_wait(notice, 0)); /* nobody waits for an account */
    for (int i = 0; i < 3; i++)
        assert_int_equal(store_command_add(command, endpoint, "test", "{}", id, NULL), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
    assert_false(store_notice_wait(notice, 0)); /* once for all of them */
    assert_int_equal(put(command, "p", true), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
    assert_int_equal(store_plugin_enable(command, "p", false, NULL), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
    assert_int_equal(store_endpoint_revoke(command, endpoint, NULL), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
}

static void nothing_changed(void **state)
{
    (void)state;
    json_t *said = json_object();
    assert_int_equal(put(command, "q", true), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
    assert_int_equal(put(command, "q", true), STATUS_EXISTS); /* rolled back */
    assert_int_equal(put(command, "none", false), STATUS_NOT_FOUND);
    assert_int_equal(store_plugin_enable(command, "none", true, NULL), STATUS_NOT_FOUND);
    assert_int_equal(store_endpoint_revoke(command, "none", NULL), STATUS_NOT_FOUND);
    assert_int_equal(store_endpoint_heard(command, endpoint, 5, NULL), STATUS_OK);
    assert_int_equal(store_endpoint_says(command, endpoint, said, NULL), STATUS_OK);
    assert_int_equal(starts_check(command, endpoint, 1, true, 5, NULL), STATUS_OK);
    assert_false(store_notice_wait(notice, 0));
    json_decref(said);
}

static void own_process(void **state)
{
    (void)state;
    char path[500];
    store_notice_attach(server, notice);
    text_format(path, sizeof path, "%s/notice.sock", dir);
    assert_int_equal(unlink(path), 0); /* it needs none */
    assert_int_equal(store_rev_raise(server, endpoint, NULL), STATUS_OK);
    assert_true(store_notice_wait(notice, 0));
    assert_int_equal(store_rev_raise(command, endpoint, NULL), STATUS_OK);
    assert_false(store_notice_wait(notice, 0)); /* lost: the numbers tell */
    int64_t sum = store_revisions(server);
    assert_int_equal(store_rev_raise(command, endpoint, NULL), STATUS_OK);
    assert_int_not_equal(store_revisions(server), sum);
    store_notice_wake(notice);
    assert_false(store_notice_wait(notice, 10000)); /* woken, and no news */
    store_notice_attach(server, NULL);
}

static void newest_listens(void **state)
{
    (void)state;
    struct store_notice *second = NULL;
    assert_int_equal(store_notice_open(dir, &second, NULL), STATUS_OK);
    store_notice_close(notice); /* it does not take the other's socket away */
    notice = second;
    assert_int_equal(store_rev_raise(command, endpoint, NULL), STATUS_OK);
    assert_true(store_notice_wait(notice, 10000));
}

static void no_directory(void **state)
{
    (void)state;
    struct store_notice *deaf = NULL;
    struct error e = {0};
    char path[500];
    text_format(path, sizeof path, "%s/none", dir);
    assert_int_equal(store_notice_open(path, &deaf, &e), STATUS_IO);
    assert_string_equal(e.code, "notice");
    store_notice_attach(server, deaf);
    assert_int_equal(store_rev_raise(server, endpoint, NULL), STATUS_OK);
    assert_true(store_notice_wait(deaf, 10000));
    store_notice_attach(server, NULL);
    store_notice_close(deaf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(other_process, open_all, close_all),
        cmocka_unit_test_setup_teardown(nothing_changed, open_all, close_all),
        cmocka_unit_test_setup_teardown(own_process, open_all, close_all),
        cmocka_unit_test_setup_teardown(newest_listens, open_all, close_all),
        cmocka_unit_test_setup_teardown(no_directory, open_all, close_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
