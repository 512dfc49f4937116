/* Forms without a terminal: what keys do to fields, and what is seen of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/canvas.h"
#include "tui/form.h"
#include "tui/scheme.h"
#include "tui/form_draw.h"

static bool digits(int32_t p)
{
    return p >= '0' && p <= '9';
}

static bool port_validates(void *user, const struct item *item, char reason[400])
{
    (void)user;
    bool good = strcmp(item->id, "port") != 0 || strcmp(item->value, "0") != 0;
    if (!good)
        text_copy(reason, 400, "a port is from 1 to 65535");
    return good;
}

/* The screen that most tests use; more: a further field, which comes and goes. */
static void build(struct form *f, bool more)
{
    form_begin(f);
    f->validate = port_validates;
    form_text(f, STYLE_NORMAL, "Where the server is.");
    form_input(f, "server", "Server", "srv-erp", 12);
    struct item *port = form_input(f, "port", "Port", "1433", 6);
    port->filter = digits;
    if (more)
        form_input(f, "more", "More", "", 6);
    form_secret(f, "password", "Password", 10);
    struct item *choice = form_choice(f, "encryption", "Encryption", "required");
    form_option(choice, "off", "off");
    form_option(choice, "required", "required");
    form_radio(f, "run=own", "own user", true);
    form_radio(f, "run=root", "root", false);
    form_checkbox(f, "start", "Start", true);
    form_button(f, "save", "Save");
    form_end(f);
}

static void type(struct form *f, const char *text)
{
    size_t length = strlen(text), used;
    while (length > 0) {
        int32_t p = text_decode(text, length, &used);
        form_key(f, p);
        text += used;
        length -= used;
    }
}

static void test_editing(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, false);
    assert_string_equal(form_focused(&f)->id, "server");
    assert_false(form_changed(&f));
    form_key(&f, K_CTRL('U'));
    type(&f, "Żółć ab");
    assert_string_equal(form_value(&f, "server"), "Żółć ab");
    form_key(&f, K_CTRL('W'));
    assert_string_equal(form_value(&f, "server"), "Żółć ");
    form_key(&f, K_BACKSPACE);
    form_key(&f, K_BACKSPACE);
    assert_string_equal(form_value(&f, "server"), "Żół");
    form_key(&f, K_HOME);
    form_key(&f, K_RIGHT);
    form_key(&f, K_DELETE);
    assert_string_equal(form_value(&f, "server"), "Żł");
    assert_true(form_changed(&f));
    form_undo(&f);
    assert_string_equal(form_value(&f, "server"), "srv-erp");
    assert_false(form_changed(&f));
    form_free(&f);
}

static void test_limits(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, false);
    for (int i = 0; i < FORM_VALUE_MAX + 500; i++)
        form_key(&f, 0x17c);
    assert_true(strlen(form_value(&f, "server")) <= FORM_VALUE_MAX);
    form_focus(&f, "port");
    form_key(&f, K_CTRL('U'));
    type(&f, "1a4-3\xc5\xbc");
    assert_string_equal(form_value(&f, "port"), "143");
    form_free(&f);
}

/* A value, a fault and the focus outlive the form's being built anew; what is not named again goes. */
static void test_rebuilding(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, true);
    form_focus(&f, "more");
    type(&f, "x");
    build(&f, true);
    assert_string_equal(form_value(&f, "more"), "x");
    assert_string_equal(f.focus, "more");
    build(&f, false);
    assert_null(form_find(&f, "more"));
    assert_non_null(form_focused(&f));
    build(&f, true);
    assert_string_equal(form_value(&f, "more"), "");
    form_free(&f);
}

static void test_validation(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, false);
    form_focus(&f, "port");
    form_key(&f, K_CTRL('U'));
    type(&f, "0");
    assert_false(form_faulty(&f)); /* not while it is being typed */
    form_key(&f, K_TAB);
    assert_string_equal(form_find(&f, "port")->fault, "a port is from 1 to 65535");
    assert_false(form_check(&f));
    assert_string_equal(f.focus, "port"); /* the first fault */
    type(&f, "1");
    assert_false(form_faulty(&f));
    assert_true(form_check(&f));
    form_free(&f);
}

static void test_choices(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, false);
    form_focus(&f, "encryption");
    assert_int_equal(form_key(&f, K_SPACE), FORM_CHANGED);
    assert_string_equal(form_value(&f, "encryption"), "off");
    form_key(&f, K_LEFT);
    assert_string_equal(form_value(&f, "encryption"), "required");
    assert_int_equal(form_key(&f, K_ENTER), FORM_ACTIVATED);
    form_focus(&f, "run=root");
    form_key(&f, K_SPACE);
    assert_true(form_on(&f, "run=root"));
    assert_false(form_on(&f, "run=own"));
    form_focus(&f, "start");
    form_key(&f, K_ENTER);
    assert_false(form_on(&f, "start"));
    form_focus(&f, "save");
    assert_int_equal(form_key(&f, K_SPACE), FORM_ACTIVATED);
    assert_int_equal(form_key(&f, 'x'), FORM_IGNORED);
    form_free(&f);
}

static void test_moving(void **state)
{
    struct form f = {0};
    (void)state;
    build(&f, false);
    form_key(&f, K_BACK_TAB);
    assert_string_equal(f.focus, "save"); /* round */
    form_key(&f, K_TAB);
    assert_string_equal(f.focus, "server");
    struct canvas c;
    canvas_open(&c, 20, 60, false);
    form_draw(&f, &c, 0, 0, 20, 60);
    form_key(&f, K_DOWN);
    assert_string_equal(f.focus, "port");
    form_key(&f, K_UP);
    assert_string_equal(f.focus, "server");
    canvas_close(&c);
    form_free(&f);
}

/* The focus begins on nothing that acts at once; when it has to, on the first. */
static void test_beginning(void **state)
{
    struct form f = {0};
    (void)state;
    form_begin(&f);
    form_text(&f, STYLE_NORMAL, "What there is.");
    form_button(&f, "renew", "Renew")->acts = true;
    form_button(&f, "run", "Run")->acts = true;
    form_input(&f, "name", "Name", "", 10);
    form_button(&f, "back", "Back");
    form_end(&f);
    assert_string_equal(f.focus, "name");
    form_free(&f);
    f = (struct form){0};
    form_begin(&f);
    form_button(&f, "renew", "Renew")->acts = true;
    form_button(&f, "run", "Run")->acts = true;
    form_end(&f);
    assert_string_equal(f.focus, "renew");
    form_free(&f);
}

/* A text that is longer than the screen is read from its top, with its only button out of sight. */
static void test_resting(void **state)
{
    for (int rest = 0; rest < 2; rest++) {
        struct form f = {.rest = rest};
        struct canvas c;
        (void)state;
        canvas_open(&c, 4, 30, false);
        for (int again = 0; again < 2; again++) {
            form_begin(&f);
            form_text(&f, STYLE_NORMAL, "one\ntwo\nthree\nfour\nfive\nsix");
            form_button(&f, "back", "Back");
            form_end(&f);
            form_draw(&f, &c, 0, 0, 4, 30);
            assert_int_equal(f.scroll, rest ? 0 : 3);
        }
        form_key(&f, K_DOWN);
        form_draw(&f, &c, 0, 0, 4, 30);
        assert_int_equal(f.scroll, rest ? 1 : 3);
        canvas_close(&c);
        form_free(&f);
    }
}

static void add_scheme(void *user, struct item *item)
{
    (void)user;
    if (item->value[0] && strcmp(item->id, "server") == 0 && !strstr(item->value, "://"))
        form_item_set(item, "https://srv");
}

/* A value is made what was meant when its field is left, and before it is read. */
static void test_tidying(void **state)
{
    struct form f = {.tidy = add_scheme};
    (void)state;
    build(&f, false);
    assert_string_equal(form_value(&f, "server"), "srv-erp");
    form_key(&f, K_TAB);
    assert_string_equal(form_value(&f, "server"), "https://srv");
    form_type(&f, "server", "other");
    form_tidy(&f);
    assert_string_equal(form_value(&f, "server"), "https://srv");
    assert_string_equal(form_value(&f, "port"), "1433");
    form_free(&f);
}

static void assert_line(const struct canvas *c, int row, const char *expected)
{
    struct buf b;
    buf_init(&b, 4096);
    canvas_line(c, row, &b);
    assert_string_equal(buf_text(&b), expected);
    buf_free(&b);
}

/* The secret is never on the screen, the cursor stands in the focused field, the fault below it. */
static void test_drawing(void **state)
{
    struct form f = {0};
    struct canvas c;
    (void)state;
    build(&f, false);
    form_focus(&f, "password");
    type(&f, "tajne");
    canvas_open(&c, 12, 60, false);
    form_draw(&f, &c, 0, 0, 12, 60);
    assert_line(&c, 0, "Where the server is.");
    assert_line(&c, 1, "  Server      srv-erp_____");
    assert_line(&c, 3, "> Password    •••••_____");
    assert_line(&c, 4, "  Encryption  ‹ required ›");
    assert_int_equal(c.cursor_row, 3);
    assert_int_equal(c.cursor_column, 19);
    form_fault(&f, "password", "too short");
    canvas_clear(&c);
    form_draw(&f, &c, 0, 0, 12, 60);
    assert_line(&c, 4, "              too short");
    canvas_close(&c);
    canvas_open(&c, 3, 60, true); /* ASCII, and so low that it scrolls */
    form_focus(&f, "save");
    form_draw(&f, &c, 0, 0, 3, 60);
    assert_line(&c, 2, "> Save <");
    assert_int_equal(c.cursor_row, 2);
    assert_line(&c, 0, "  ( ) root                                                 ^");
    canvas_close(&c);
    form_free(&f);
}

/* Whatever comes from outside is shown without doing anything to the terminal. */
static void test_cleaning(void **state)
{
    static const char bad[] = "a\033[31mb\001Cc\x7f\xc2\x9b d\xff\xe2\x80\xae"
                              "e\nf";
    struct buf b;
    (void)state;
    buf_init(&b, 4096);
    canvas_clean(&b, bad, sizeof bad);
    assert_null(strchr(buf_text(&b), '\033'));
    assert_null(strchr(buf_text(&b), '\001'));
    assert_null(strchr(buf_text(&b), '\n'));
    assert_null(strstr(buf_text(&b), "\xe2\x80\xae"));
    assert_true(text_is_utf8(buf_text(&b), b.length));
    buf_free(&b);
}

static void test_wrapping(void **state)
{
    const char *next;
    size_t length;
    (void)state;
    assert_true(canvas_wrap("eins zwei drei", 9, &length, &next));
    assert_int_equal(length, 9);
    assert_string_equal(next, "drei");
    assert_true(canvas_wrap("Żółćżółć", 4, &length, &next));
    assert_string_equal(next, "żółć");
    /* A word that is too long breaks behind a dash; one that fits, at the blank. */
    assert_true(canvas_wrap("3f2a-91c0-77de-4b5a", 12, &length, &next));
    assert_string_equal(next, "77de-4b5a");
    assert_true(canvas_wrap("id 3f2a-91c0", 11, &length, &next));
    assert_string_equal(next, "3f2a-91c0");
    assert_int_equal(canvas_lines("one\n\ntwo", 10), 3);
    assert_int_equal(canvas_columns(MARK_FAIL "ab" MARK_END "ż"), 3);
}

/* Monochrome needs no colour; a scheme that is not there is not found. */
static void test_schemes(void **state)
{
    enum scheme s;
    (void)state;
    assert_true(scheme_find("high-contrast", &s));
    assert_false(scheme_find("pink", &s));
    for (int i = 0; i < STYLE_COUNT; i++) {
        struct paint p = scheme_paint(SCHEME_MONOCHROME, (enum style)i);
        assert_int_equal(p.foreground, -1);
        assert_int_equal(p.background, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editing),    cmocka_unit_test(test_limits),
        cmocka_unit_test(test_rebuilding), cmocka_unit_test(test_validation),
        cmocka_unit_test(test_choices),    cmocka_unit_test(test_moving),
        cmocka_unit_test(test_beginning),  cmocka_unit_test(test_resting),
        cmocka_unit_test(test_tidying),    cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_cleaning),   cmocka_unit_test(test_wrapping),
        cmocka_unit_test(test_schemes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
