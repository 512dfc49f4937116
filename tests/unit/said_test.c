/* Texts that cross a process: made here, put into words there, in Polish by the real catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/said.h"
#include "base/text.h"

/* In a process that has another language than ours, from what we know of an error here. */
static json_t *sent(const struct error *e)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    json_t *made = json_from_error(e), *read;
    json_add(&b, made);
    json_decref(made);
    read = json_parse(buf_text(&b), b.length, NULL);
    assert_non_null(read);
    buf_free(&b);
    return read;
}

static void shown(const struct error *e, const char *english, const char *polish)
{
    struct error there;
    json_t *wire = sent(e);
    assert_string_equal(e->text, english);
    assert_string_equal(json_text(wire, "text", ""), english);
    i18n_open("pl");
    json_to_error(wire, &there);
    assert_string_equal(there.text, polish);
    assert_string_equal(there.code, e->code);
    assert_int_equal(there.status, e->status);
    i18n_open("en");
    json_decref(wire);
}

static void values_keep_their_places(void **state)
{
    struct error e;
    (void)state;
    error_set(&e, STATUS_INVALID, "x", "the plugin's process ended with code %d", -9);
    shown(&e, "the plugin's process ended with code -9", "proces wtyczki zakończył się kodem -9");
    error_set(&e, STATUS_INVALID, "x", "there is no order \"%.200s\"", "A: 17 %s – x");
    shown(&e, "there is no order \"A: 17 %s – x\"", "nie ma zamówienia „A: 17 %s – x”");
    error_set(&e, STATUS_INVALID, "x",
              "options.%s needs a column \"%s\" of the stream %s, which the mapping does not have",
              "kits", "a b", "stock");
    shown(
        &e,
        "options.kits needs a column \"a b\" of the stream stock, which the mapping does not have",
        "options.kits wymaga kolumny „a b” strumienia stock, której mapowanie nie daje");
}

static void texts_in_texts(void **state)
{
    struct error e, why;
    (void)state;
    error_errno(&e, EACCES, "x", "cannot open %s", "/a");
    shown(&e, "cannot open /a: Permission denied", "nie można otworzyć /a: brak uprawnień");
    error_prefix(&e, "%s", "stock");
    shown(&e, "stock: cannot open /a: Permission denied",
          "stock: nie można otworzyć /a: brak uprawnień");
    error_set(&why, STATUS_INVALID, "x", "there is no order \"%.200s\"", "7");
    error_set(&e, STATUS_INVALID, "y", "%s: %-s; %-s", "A", error_said(&why),
              "It is started again by itself; nothing is lost.");
    shown(&e, "A: there is no order \"7\"; It is started again by itself; nothing is lost.",
          "A: nie ma zamówienia „7”; Zostanie uruchomiony ponownie sam; nic nie ginie.");
    /* An error that is made of itself. */
    error_set(&e, e.status, e.code, "%-s – %-s", error_said(&e), error_said(&e));
    assert_non_null(strstr(e.text, "\"7\"; It is started again by itself; nothing is lost. – A: "));
}

/* What a person or an ERP wrote is never translated, whatever it looks like. */
static void a_value_is_no_text(void **state)
{
    struct error e;
    (void)state;
    static const char *const names[] = {"Configuration",
                                        "it was not written; it is tried again",
                                        "there is no order \"7\"",
                                        "No such file or directory",
                                        "[\"there is no order \\\"%s\\\"\",\"7\"]",
                                        "%-s",
                                        "%1$s%n"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char english[200], polish[200];
        text_format(english, sizeof english, "there is no order \"%.200s\"", names[i]);
        text_format(polish, sizeof polish, "nie ma zamówienia „%s”", names[i]);
        error_set(&e, STATUS_NOT_FOUND, "x", "there is no order \"%.200s\"", names[i]);
        shown(&e, english, polish);
        error_set(&e, STATUS_REFUSED, "x", "%s", names[i]);
        error_prefix(&e, "%s", names[i]);
        text_format(english, sizeof english, "%s: %s", names[i], names[i]);
        shown(&e, english, english);
    }
    /* Nor what an older version said without a record. */
    json_t *old = json_pack("{s:s,s:s}", "text", "there is no order \"7\"", "remedy", "");
    i18n_open("pl");
    json_to_error(old, &e);
    assert_string_equal(e.text, "there is no order \"7\"");
    i18n_open("en");
    json_decref(old);
}

static void every_conversion(void **state)
{
    char said[400], text[200], plain[200];
    (void)state;
    said_format(said, sizeof said, "%d %u %lld %llu %zu %ld %x %03o %c %.3s %5s|%-5s| %.*s %%", -1,
                2U, -3LL, 4ULL, (size_t)5, -6L, 255U, 4U, 'c', "abcdef", "r", "l", 2, "xyz");
    said_words(text, sizeof text, said);
    text_format(plain, sizeof plain, "%d %u %lld %llu %zu %ld %x %03o %c %.3s %5s|%-5s| %.*s %%",
                -1, 2U, -3LL, 4ULL, (size_t)5, -6L, 255U, 4U, 'c', "abcdef", "r", "l", 2, "xyz");
    assert_string_equal(text, plain);
    said_format(said, sizeof said, "%s|%.4s", "a\xFFz", "ąęó");
    said_words(text, sizeof text, said);
    assert_string_equal(text, "a?z|ąę");
    said_format(said, sizeof said, "%.3s|", "ąę"); /* no half of a letter */
    said_words(text, sizeof text, said);
    assert_string_equal(text, "ą|");
}

/* A translation says in which order the values stand. */
static void a_translation_turns_them_around(void **state)
{
    struct error e;
    (void)state;
    static const char wire[] =
        "{\"code\":\"x\",\"text\":\"one two three\",\"said\":{\"text\":["
        "\"%3$s, %1$s, %2$s; %4$s %s %0$s\",\"1\",\"2\",[\"%2$.*1$s|%s\",\"9\",\"in\"]]}}";
    json_t *o = json_parse(wire, strlen(wire), NULL);
    json_to_error(o, &e);
    assert_string_equal(e.text, "in|9, 1, 2; %4$s 1 2");
    json_decref(o);
}

static void long_texts_are_cut(void **state)
{
    char name[3000], said[300], text[2000];
    struct error e, why;
    (void)state;
    for (size_t i = 0; i < sizeof name - 1; i += 2)
        memcpy(name + i, "ż", 2);
    name[sizeof name - 2] = '\0';
    assert_false(said_format(said, sizeof said, "there is no order \"%s\"", name));
    assert_true(strlen(said) < sizeof said && strlen(said) > 100);
    said_words(text, sizeof text, said);
    assert_true(text_is_utf8(text, strlen(text)));
    assert_true(text_starts(text, "there is no order \"żż") && text_ends(text, "ż…\""));
    /* The text itself has more room than the record. */
    error_set(&why, STATUS_INVALID, "x", "there is no order \"%s\"", name);
    assert_true(strlen(why.text) >= sizeof why.text - 2);
    error_set(&e, STATUS_INVALID, "x", "%s: %-s", "a", error_said(&why));
    for (int i = 0; i < 30;
         i++) /* deeper than a record may be: what is inside stays as it is in words */
        error_prefix(&e, "%d", i);
    assert_true(text_starts(e.text, "29: 28: 27: "));
    json_t *wire = sent(&e);
    i18n_open("pl");
    json_to_error(wire, &e);
    assert_true(text_starts(e.text, "29: 28: 27: "));
    i18n_open("en");
    json_decref(wire);
    assert_false(said_format(said, 20, "there is no order \"%.200s\"",
                             "7")); /* the format alone is longer */
    assert_string_equal(said, "");
}

static char *deep(int depth, const char *inner)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    for (int i = 0; i < depth; i++)
        buf_add_text(&b, "[\"%s\",");
    buf_add_text(&b, inner);
    for (int i = 0; i < depth; i++)
        buf_add_text(&b, "]");
    return buf_take(&b);
}

static void hostile_records(void **state)
{
    (void)state;
    struct buf many, big;
    buf_init(&many, 1 << 20);
    buf_init(&big, 1 << 20);
    buf_add_text(&many, "[\"%s\"");
    for (int i = 0; i < 40; i++)
        buf_add_text(&many, ",\"x\"");
    buf_add_text(&many, "]");
    buf_add_text(&big, "[\"%s\",\"");
    for (int i = 0; i < 5000; i++)
        buf_add_text(&big, "x");
    buf_add_text(&big, "\"]");
    char *deeper = deep(50, "\"x\"");
    const char *const records[] = {"7",           "\"x\"",         "{}",          "[]",
                                   "[7]",         "[\"%s\",7]",    "[\"%s\",[]]", "[\"%s\",{}]",
                                   "[[\"x\"]]",   "[\"%s\",null]", deeper,        buf_text(&many),
                                   buf_text(&big)};
    for (size_t i = 0; i < COUNT_OF(records); i++) {
        struct buf text, wire;
        struct error e;
        buf_init(&wire, 1 << 20);
        buf_init(&text, 1 << 20);
        buf_printf(
            &wire,
            "{\"text\":\"as it stands\",\"list\":[\"this, too\"],\"said\":{\"text\":%s,\"list\":[%s]}}",
            records[i], records[i]);
        json_t *o = json_parse(buf_text(&wire), wire.length, NULL);
        assert_non_null(o);
        said_show(&text, o, "text");
        assert_string_equal(buf_text(&text), "as it stands");
        buf_reset(&text);
        said_show_at(&text, o, "list", 0);
        assert_string_equal(buf_text(&text), "this, too");
        json_to_error(o, &e);
        assert_string_equal(e.text, "as it stands");
        json_decref(o);
        buf_free(&text);
        buf_free(&wire);
    }
    /* As a stored text: what is not in order stands as it is. */
    char text[100];
    said_words(text, sizeof text, "[\"%s\",");
    assert_string_equal(text, "[\"%s\",");
    said_words(text, sizeof text, "");
    assert_string_equal(text, "");
    /* Places for values that nobody gave, and what printf would do harm with. */
    said_words(text, sizeof text, "[\"%s %n %999999d %*s %\",\"7\"]");
    assert_string_equal(text, "7 %n %999999d %*s %");
    free(deeper);
    buf_free(&many);
    buf_free(&big);
}

static void null_and_absent(void **state)
{
    char said[100];
    struct buf b;
    (void)state;
    json_t *o = json_object();
    said_set(o, "reason", "It is tried again by itself.");
    assert_string_equal(json_text(o, "reason", ""), "It is tried again by itself.");
    said_get(o, "reason", said, sizeof said);
    assert_string_equal(said, "[\"It is tried again by itself.\"]");
    said_set(o, "reason", NULL);
    assert_true(json_is_null(json_object_get(o, "reason")));
    said_get(o, "reason", said, sizeof said);
    assert_string_equal(said, "");
    buf_init(&b, 100);
    said_show(&b, o, "none");
    assert_string_equal(buf_text(&b), "");
    buf_free(&b);
    json_decref(o);
}

/* What this very process says is in its own language at once. */
static void our_own_words(void **state)
{
    struct error e = {0};
    (void)state;
    i18n_open("pl");
    error_set(&e, STATUS_INVALID, "x", "cannot open %s", "/a");
    error_remedy(&e, "Read it again, then repeat the change.");
    assert_string_equal(e.text, "nie można otworzyć /a");
    assert_string_equal(e.remedy, "Odczytaj jeszcze raz i powtórz zmianę.");
    i18n_open("en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_keep_their_places),
        cmocka_unit_test(texts_in_texts),
        cmocka_unit_test(a_value_is_no_text),
        cmocka_unit_test(every_conversion),
        cmocka_unit_test(a_translation_turns_them_around),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(hostile_records),
        cmocka_unit_test(null_and_absent),
        cmocka_unit_test(our_own_words),
    };
    i18n_open("en");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
