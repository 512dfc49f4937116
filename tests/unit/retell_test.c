/* What endpointd and its workers say in English, told again in Polish: by the real catalogue. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/i18n.h"
#include "base/retell.h"

static void told(const char *english, const char *polish)
{
    struct buf b;
    buf_init(&b, 1 << 16);
    retell(&b, english);
    assert_string_equal(buf_text(&b), polish);
    buf_free(&b);
}

static void whole_texts(void **state)
{
    (void)state;
    told("It is started again by itself; nothing is lost.",
         "Zostanie uruchomiony ponownie sam; nic nie ginie.");
    told("Orders: writing is off", "Zamówienia: zapis wyłączony");
}

static void values_keep_their_places(void **state)
{
    (void)state;
    told("the plugin's process ended with code -9", "proces wtyczki zakończył się kodem -9");
    told("orders.writer is off: 12 orders wait",
         "orders.writer jest wyłączone: czekające zamówienia: 12");
    told("there is no order \"A: 17 %s – x\"", "nie ma zamówienia „A: 17 %s – x”");
    told("options.kits needs a column \"a b\" of the stream stock, which the mapping does not have",
         "options.kits wymaga kolumny „a b” strumienia stock, której mapowanie nie daje");
    /* Several in a row. */
    told("the service is failed: exit code 1", "usługa jest w stanie failed: exit code 1");
}

static void texts_in_texts(void **state)
{
    (void)state;
    told("order A-17: rejected – the order has no lines",
         "zamówienie A-17: odrzucone – zamówienie nie ma pozycji");
    told("stock: the plugin's process was ended by signal 6; it is tried again",
         "stock: proces wtyczki zakończył sygnał 6; it is tried again");
    told("no connection to localhost port 1: Connection refused – It is tried again by itself.",
         "brak połączenia z localhost, port 1: odmowa połączenia – Następna próba będzie sama.");
    told("the service does not start: it is being written", "usługa nie wstaje: jest zapisywane");
    /* The words of libraries in ours: of libuv, and of the C library. */
    told("cannot open /a: permission denied", "nie można otworzyć /a: brak uprawnień");
    told("cannot open /a: No space left on device", "nie można otworzyć /a: brak miejsca na dysku");
}

static void what_is_unknown_stays(void **state)
{
    char many[3000];
    (void)state;
    told("", "");
    told("nobody has ever said this of that", "nobody has ever said this of that");
    told("Zażółć gęślą jaźń", "Zażółć gęślą jaźń");
    told("\xC5\xFF%s%n%%", "\xC5\xFF%s%n%%");
    told("the plugin's process ended with code x", "the plugin's process ended with code x");
    /* A name within a text is no text. */
    told("there is no order \"Configuration\"", "nie ma zamówienia „Configuration”");
    memset(many, ':', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    told(many, many);
}

/* What this very process says needs no second telling. */
static void our_own_words(void **state)
{
    struct error e = {0};
    (void)state;
    error_set(&e, STATUS_INVALID, "x", "cannot open %s", "/a");
    error_remedy(&e, "Read it again, then repeat the change.");
    assert_string_equal(e.text, "nie można otworzyć /a");
    assert_string_equal(e.remedy, "Odczytaj jeszcze raz i powtórz zmianę.");
    told(e.text, e.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_texts),    cmocka_unit_test(values_keep_their_places),
        cmocka_unit_test(texts_in_texts), cmocka_unit_test(what_is_unknown_stays),
        cmocka_unit_test(our_own_words),
    };
    i18n_open("pl");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
