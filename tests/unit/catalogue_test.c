/* Which language messages are in, whatever locales the system has; and a catalogue that is not in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/catalogue.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/file.h"
#include "unit.h"

static const char english[] = "it is being written", polish[] = "jest zapisywane";

static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

/* None of these locales but C and C.UTF-8 has to be on the system, and in a build none but those is. */
static void language(void **state)
{
    static const struct {
        const char *asked, *all, *messages, *lang, *list;
        bool polish;
    } table[] = {
        {"pl", NULL, NULL, NULL, NULL, true},
        {"pl", "C", NULL, NULL, NULL, true},
        {"pl", "POSIX", NULL, NULL, "en", true},
        {"pl", "C.UTF-8", NULL, NULL, NULL, true},
        {"pl", "C.UTF-8", NULL, NULL, "en", true},
        {"pl", NULL, NULL, "en_US.UTF-8", "en_US:en", true},
        {"pl", "no_SUCH.locale", NULL, NULL, "C", true},
        {"pl_PL.UTF-8", NULL, NULL, NULL, NULL, true},
        {"en", "pl_PL.UTF-8", NULL, NULL, "pl", false},
        {"en_GB", NULL, NULL, "pl_PL", NULL, false},
        {"xx", NULL, NULL, "pl_PL", NULL, false},
        {"../pl", NULL, NULL, NULL, NULL, false},
        {"pl/../pl", NULL, NULL, NULL, NULL, false},
        {"", NULL, NULL, "pl_PL", NULL, false},
        {NULL, NULL, NULL, NULL, NULL, false},
        {NULL, NULL, NULL, NULL, "pl", false}, /* gettext's rule: not in the locale C */
        {NULL, "C", NULL, NULL, "pl", false},
        {NULL, "C.UTF-8", NULL, NULL, "pl", true},
        {NULL, "C.UTF-8", NULL, NULL, NULL, false},
        {NULL, NULL, NULL, "pl_PL.UTF-8", NULL, true},
        {NULL, NULL, NULL, "pl_PL.UTF-8@euro", NULL, true},
        {NULL, NULL, NULL, "pl", NULL, true},
        {NULL, NULL, "pl_PL", "en_US", NULL, true},
        {NULL, NULL, "en_US", "pl_PL", NULL, false},
        {NULL, "", "", "pl_PL", "", true},
        {NULL, "C", "pl_PL", "pl_PL", NULL, false},
        {NULL, "pl_PL", NULL, NULL, "en", false},
        {NULL, "de_DE.UTF-8", NULL, NULL, "de:pl:en", true},
        {NULL, "de_DE.UTF-8", NULL, NULL, "de::en:pl", false},
        {NULL, "de_DE.UTF-8", NULL, NULL, NULL, false},
        {NULL, "pl_PL", NULL, NULL, "de", true},
        {NULL, NULL, NULL, "a_name_that_is_longer_than_any_language", NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        set("LC_ALL", table[i].all);
        set("LC_MESSAGES", table[i].messages);
        set("LANG", table[i].lang);
        set("LANGUAGE", table[i].list);
        i18n_open(table[i].asked);
        print_message("row %zu\n", i);
        assert_string_equal(i18n_text(english), table[i].polish ? polish : english);
        assert_string_equal(i18n_text(""), "");
        assert_string_equal(i18n_text("nobody has said this"), "nobody has said this");
    }
}

/* The C library's own words are in the same language as ours, and in no third one. */
static void of_the_system(void **state)
{
    struct error e = {0};
    (void)state;
    set("LC_ALL", "C.UTF-8");
    i18n_open("pl");
    error_errno(&e, 13, "x", "cannot open %s", "/a");
    assert_string_equal(e.text, "nie można otworzyć /a: brak uprawnień");
    i18n_open("en");
    error_errno(&e, 13, "x", "cannot open %s", "/a");
    assert_string_equal(e.text, "cannot open /a: Permission denied");
}

/* A text stays where it is when another language is taken. */
static void texts_last(void **state)
{
    (void)state;
    i18n_open("pl");
    const char *text = i18n_text(english);
    i18n_open("en");
    i18n_open("pl");
    assert_string_equal(text, polish);
}

static void read_real(struct buf *b)
{
    char path[700];
    buf_init(b, 8 << 20);
    assert_true(text_format(path, sizeof path, "%s/pl/LC_MESSAGES/endpoint.mo",
                            getenv("ENDPOINT_LOCALEDIR")));
    assert_int_equal(file_read(path, b, NULL, NULL), STATUS_OK);
}

/* Load these bytes as a catalogue, and ask it for everything. */
static bool found_in(const void *data, size_t length, const char *directory)
{
    char path[300];
    struct catalogue c;
    text_format(path, sizeof path, "%s/x.mo", directory);
    assert_int_equal(file_replace(path, data, length, 0600, NULL, NULL), STATUS_OK);
    bool good = catalogue_load(&c, path);
    const char *text = good ? catalogue_find(&c, english) : NULL;
    bool found = text && text_equal(text, polish);
    for (uint32_t i = 0; good && i < c.count; i++) {
        const char *original = catalogue_original(&c, i);
        if (original && catalogue_find(&c, original))
            assert_non_null(strchr(catalogue_find(&c, original), '\0'));
    }
    assert_null(catalogue_original(&c, c.count));
    catalogue_free(&c);
    unlink(path);
    return found;
}

static void damaged(void **state)
{
    char directory[64];
    struct buf real;
    (void)state;
    unit_directory(directory, sizeof directory);
    read_real(&real);
    assert_true(found_in(real.data, real.length, directory));
    for (size_t cut = 0; cut < real.length; cut += cut < 64 ? 1 : 4099)
        found_in(real.data, cut, directory);
    for (size_t at = 0; at < 400; at++) { /* header and the beginning of the tables */
        uint8_t was = (uint8_t)real.data[at];
        real.data[at] = (char)0xFF;
        found_in(real.data, real.length, directory);
        real.data[at] = (char)was;
    }
    buf_free(&real);
    rmdir(directory);
}

/* Packages of one processor may have been built on another. */
static void other_byte_order(void **state)
{
    char directory[64];
    struct buf real;
    uint32_t head[7], number;
    (void)state;
    unit_directory(directory, sizeof directory);
    read_real(&real);
    memcpy(head, real.data, sizeof head);
    size_t words = 7;
    for (size_t table = 3; table <= 4; table++)
        for (size_t i = 0; i < 2 * (size_t)head[2]; i++) {
            char *at = (char *)real.data + head[table] + 4 * i;
            memcpy(&number, at, 4);
            number = __builtin_bswap32(number);
            memcpy(at, &number, 4);
        }
    for (size_t i = 0; i < words; i++) {
        number = __builtin_bswap32(head[i]);
        memcpy((char *)real.data + 4 * i, &number, 4);
    }
    assert_true(found_in(real.data, real.length, directory));
    buf_free(&real);
    rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(language),         cmocka_unit_test(of_the_system),
        cmocka_unit_test(texts_last),       cmocka_unit_test(damaged),
        cmocka_unit_test(other_byte_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
