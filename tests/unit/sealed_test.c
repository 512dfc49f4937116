/* config/sealed: secrets that are damaged are never taken for others, and nothing is lost in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/text.h"
#include "config/sealed.h"
#include "os/dir.h"
#include "os/file.h"
#include "unit.h"

struct room {
    char dir[64], store[100], key[100], secret[9000];
    struct error e;
};

static int set_up(void **state)
{
    struct room *r = calloc(1, sizeof *r);
    unit_directory(r->dir, sizeof r->dir);
    text_format(r->store, sizeof r->store, "%s/secrets.json", r->dir);
    text_format(r->key, sizeof r->key, "%s/secrets.key", r->dir);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    unsetenv("CREDENTIALS_DIRECTORY");
    int code = dir_remove(r->dir, NULL) == STATUS_OK ? 0 : -1;
    free(r);
    return code;
}

static enum status get(struct room *r, const char *name)
{
    memset(&r->e, 0, sizeof r->e);
    return sealed_get(r->dir, name, r->secret, sizeof r->secret, &r->e);
}

static void put(struct room *r, const char *name, const char *secret)
{
    assert_int_equal(sealed_put(r->dir, name, secret, &r->e), STATUS_OK);
}

static void replace(const char *path, const char *bytes, size_t length)
{
    assert_int_equal(file_replace(path, bytes, length, 0600, NULL, NULL), STATUS_OK);
}

static void what_went_in_comes_out(void **state)
{
    struct room *r = *state;
    struct stat st;
    static const char *const secrets[] = {"", "x", "Zażółć;{}'\"", "sealed:no"};
    for (size_t i = 0; i < 4; i++) {
        put(r, "a.b", secrets[i]);
        put(r, "c.d", "other");
        assert_int_equal(get(r, "a.b"), STATUS_OK);
        assert_string_equal(r->secret, secrets[i]);
    }
    assert_int_equal(stat(r->store, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(r->key, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(sealed_remove(r->dir, "a.b", &r->e), STATUS_OK);
    assert_int_equal(get(r, "a.b"), STATUS_NOT_FOUND);
    assert_int_equal(get(r, "c.d"), STATUS_OK);
    assert_int_equal(sealed_get(r->dir, "c.d", r->secret, 3, &r->e), STATUS_DENIED);
}

static void a_secret_that_is_too_long_is_refused_and_the_old_one_stays(void **state)
{
    struct room *r = *state;
    static char big[70001];
    memset(big, 'x', sizeof big - 1);
    put(r, "a.b", "old");
    assert_int_equal(sealed_put(r->dir, "a.b", big, &r->e), STATUS_INVALID);
    big[8001] = '\0';
    assert_int_equal(sealed_put(r->dir, "a.b", big, &r->e), STATUS_INVALID);
    assert_int_equal(get(r, "a.b"), STATUS_OK);
    assert_string_equal(r->secret, "old");
    big[8000] = '\0';
    put(r, "a.b", big);
    assert_int_equal(get(r, "a.b"), STATUS_OK);
    assert_string_equal(r->secret, big);
}

static void another_key_opens_nothing(void **state)
{
    struct room *r = *state;
    put(r, "a.b", "tajne");
    replace(r->key, "01234567890123456789012345678901", 32);
    assert_int_equal(get(r, "a.b"), STATUS_DENIED);
    assert_string_equal(r->e.code, "secret_damaged");
    assert_non_null(strstr(r->e.remedy, "endpointctl config set"));
    assert_null(strstr(r->secret, "tajne"));
    unlink(r->key);
    assert_int_equal(get(r, "a.b"), STATUS_DENIED);
    assert_string_equal(r->e.code, "key_missing");
}

static void values_cannot_be_swapped(void **state)
{
    struct room *r = *state;
    struct buf b;
    put(r, "aaa", "one");
    put(r, "bbb", "two");
    buf_init(&b, 10000);
    assert_int_equal(file_read(r->store, &b, NULL, NULL), STATUS_OK);
    /* With their quotes: the sealed bytes are letters, too, and may have three of a kind. */
    memcpy(strstr(b.data, "\"aaa\""), "\"ccc\"", 5);
    memcpy(strstr(b.data, "\"bbb\""), "\"aaa\"", 5);
    replace(r->store, b.data, b.length);
    buf_free(&b);
    assert_int_equal(get(r, "aaa"), STATUS_DENIED);
}

static void a_key_that_others_can_read_is_refused(void **state)
{
    struct room *r = *state;
    put(r, "a.b", "tajne");
    chmod(r->key, 0640);
    assert_int_equal(get(r, "a.b"), STATUS_DENIED);
    assert_non_null(strstr(r->e.remedy, "chmod 600"));
    assert_int_equal(sealed_put(r->dir, "a.b", "neu", &r->e), STATUS_DENIED);
}

/* Cut off at every byte, or with any byte changed: refused in words, or the right secret. */
static void a_damaged_file_never_gives_another_secret(void **state)
{
    struct room *r = *state;
    put(r, "a.b", "tajne");
    put(r, "c.d", "inne");
    const char *const paths[] = {r->store, r->key};
    for (int p = 0; p < 2; p++) {
        struct buf b;
        buf_init(&b, 10000);
        assert_int_equal(file_read(paths[p], &b, NULL, NULL), STATUS_OK);
        for (size_t i = 0; i < 2 * b.length; i++) {
            size_t at = i / 2;
            char kept = b.data[at];
            if (i % 2)
                b.data[at] ^= 0x10;
            replace(paths[p], b.data, i % 2 ? b.length : at);
            enum status status = get(r, "a.b");
            if (status == STATUS_OK)
                assert_string_equal(r->secret, "tajne");
            else
                assert_true(r->e.text[0] && (status == STATUS_NOT_FOUND || r->e.remedy[0]));
            if (p == 0 &&
                !(i % 2)) { /* a cut store is not written over: what is left may still be saved */
                assert_int_equal(sealed_put(r->dir, "e.f", "neu", &r->e), STATUS_INVALID);
                struct stat st;
                assert_int_equal(stat(r->store, &st), 0);
                assert_int_equal(st.st_size, at);
            }
            b.data[at] = kept;
        }
        replace(paths[p], b.data, b.length);
        assert_int_equal(get(r, "a.b"), STATUS_OK);
        assert_string_equal(r->secret, "tajne");
        buf_free(&b);
    }
}

static void a_credential_of_systemd_is_the_key(void **state)
{
    struct room *r = *state;
    char path[128];
    put(r, "a.b", "old");
    text_format(path, sizeof path, "%s/endpoint-key", r->dir);
    replace(path, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\n", 44);
    chmod(path, 0440); /* as systemd gives it */
    setenv("CREDENTIALS_DIRECTORY", r->dir, 1);
    assert_int_equal(get(r, "a.b"), STATUS_DENIED);
    put(r, "a.b", "new");
    assert_int_equal(get(r, "a.b"), STATUS_OK);
    assert_string_equal(r->secret, "new");
    replace(path, "short", 5);
    assert_int_equal(get(r, "a.b"), STATUS_INVALID);
    assert_string_equal(r->e.code, "key_form");
}

/* Two programs that need a key at the same moment get the same one. */
static void a_key_is_made_once(void **state)
{
    struct room *r = *state;
    for (int round = 0; round < 30; round++) {
        pid_t children[3];
        unlink(r->key);
        unlink(r->store);
        for (int i = 0; i < 3; i++) {
            if ((children[i] = fork()) == 0) {
                char name[8];
                struct error e = {0};
                enum status status =
                    STATUS_EXISTS; /* the store itself may be changed by the other: read again */
                text_format(name, sizeof name, "n%d", i);
                for (int tries = 0; status == STATUS_EXISTS && tries < 50; tries++)
                    status = sealed_put(r->dir, name, name, &e);
                _exit(status == STATUS_OK ? 0 : 1);
            }
        }
        for (int i = 0; i < 3; i++) {
            int code;
            assert_int_equal(waitpid(children[i], &code, 0), children[i]);
            assert_int_equal(code, 0);
        }
        put(r, "last", "x");
        assert_int_equal(get(r, "last"), STATUS_OK);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_went_in_comes_out),
        TEST(a_secret_that_is_too_long_is_refused_and_the_old_one_stays),
        TEST(another_key_opens_nothing),
        TEST(values_cannot_be_swapped),
        TEST(a_key_that_others_can_read_is_refused),
        TEST(a_damaged_file_never_gives_another_secret),
        TEST(a_credential_of_systemd_is_the_key),
        TEST(a_key_is_made_once),
    };
    return cmocka_run_group_tests_name("sealed", tests, NULL, NULL);
}
