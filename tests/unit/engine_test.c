/* The sandbox's SQL, asked as a client asks: one value at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "unit.h"

#include "base/buf.h"
#include "base/memory.h"
#include "base/text.h"
#include "sandbox/sql/engine.h"
#include "sandbox/sql/engine_data.h"

static struct engine *engine;
static struct engine_session *session;

struct answer {
    enum sql_type type;
    char text[80]; /* the value, NULL as "NULL"; or the number of the error */
};

static bool on_columns(void *user, const struct sql_column *columns, size_t count)
{
    ((struct answer *)user)->type = columns[0].type;
    return count == 1;
}

static bool on_row(void *user, const struct sql_value *v, size_t count)
{
    struct answer *a = user;
    if (v->null)
        text_copy(a->text, sizeof a->text, "NULL");
    else if (a->type < SQLT_CHAR)
        text_format(a->text, sizeof a->text, "%lld", (long long)v->integer);
    else
        text_format(a->text, sizeof a->text, "%.*s", (int)v->length, v->bytes);
    return count == 1;
}

static bool on_done(void *user, int64_t affected, bool had_rows)
{
    (void)user;
    (void)affected;
    (void)had_rows;
    return true;
}

static void on_message(void *user, const struct sql_message *m)
{
    struct answer *a = user;
    text_format(a->text, sizeof a->text, "error %d", m->number);
}

static const char *ask(struct answer *a, const char *sql)
{
    struct engine_sink sink = {
        .columns = on_columns, .row = on_row, .done = on_done, .message = on_message, .user = a};
    a->text[0] = '\0';
    engine_run(session, sql, strlen(sql), NULL, 0, &sink);
    return a->text;
}

struct sample {
    const char *sql, *answer;
};

static void all_answer(const struct sample *samples, size_t count)
{
    struct answer a;
    for (size_t i = 0; i < count; i++) {
        if (!text_equal(ask(&a, samples[i].sql), samples[i].answer)) {
            print_error("%s\n", samples[i].sql);
            assert_string_equal(a.text, samples[i].answer);
        }
    }
}

static const char *like(struct answer *a, const char *text, const char *pattern)
{
    char sql[200];
    text_format(sql, sizeof sql, "SELECT CASE WHEN '%s' LIKE '%s' ESCAPE '!' THEN 1 ELSE 0 END",
                text, pattern);
    return ask(a, sql);
}

static void like_knows_its_patterns(void **state)
{
    static const char *const fit[][2] = {
        {"", ""},       {"", "%"},          {"abc", "abc"},     {"abc", "a%"},    {"abc", "%c"},
        {"abc", "%b%"}, {"abc", "a_c"},     {"abc", "a[a-c]c"}, {"abc", "%%c%"},  {"a%c", "a!%c"},
        {"ABC", "abc"}, {"ąćę", "_ć%"},     {"aabab", "%ab"},   {"abab", "%a%b"}, {"abc ", "abc"},
        {"a[b", "a[b"}, {"abcabd", "%abd"}, {"abc", "a[^x]c"}};
    static const char *const differ[][2] = {
        {"abc", ""},     {"abc", "ab"},  {"abc", "%b"},     {"abc", "a[x-z]c"}, {"abc", "a!%c"},
        {"abc", "____"}, {"abc", "%d%"}, {"abc", "a[^b]c"}, {"", "_"},          {"ac", "a%b"}};
    struct answer a;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(fit); i++)
        assert_string_equal(like(&a, fit[i][0], fit[i][1]), "1");
    for (size_t i = 0; i < COUNT_OF(differ); i++)
        assert_string_equal(like(&a, differ[i][0], differ[i][1]), "0");
}

static void a_long_pattern_costs_no_stack(void **state)
{
    struct buf sql;
    struct answer a;
    (void)state;
    buf_init(&sql, SQL_BATCH_MAX);
    buf_add_text(&sql, "SELECT CASE WHEN '");
    for (int i = 0; i < 200000; i++)
        buf_add_byte(&sql, 'a');
    buf_add_text(&sql, "' LIKE '");
    for (int i = 0; i < 100000; i++)
        buf_add_text(&sql, "%a");
    buf_add_text(&sql, "b' THEN 1 ELSE 0 END");
    assert_string_equal(ask(&a, buf_text(&sql)), "0");
    buf_free(&sql);
}

static void moments_are_read_in_their_notations(void **state)
{
    static const struct sample samples[] = {
        {"SELECT CAST('20260131' AS DATE)", "2026-01-31"},
        {"SELECT CAST('2026-01-31T23:59' AS DATETIME2(0))", "2026-01-31 23:59:00"},
        {"SELECT CAST(' 2026-01-31 23:59:59.12345678 ' AS DATETIME2(7))",
         "2026-01-31 23:59:59.1234567"},
        {"SELECT CAST('2026-01-31 10:00 -01:30' AS DATETIMEOFFSET(0))",
         "2026-01-31 10:00:00 -01:30"},
        {"SELECT CAST('2026-01-31 10:00Z' AS DATETIME)", "2026-01-31 10:00:00.000"},
        {"SELECT CAST('10:11:12.5' AS TIME(1))", "10:11:12.5"},
        {"SELECT CAST('2026-12-31 23:59:59.999' AS DATETIME)", "2027-01-01 00:00:00.000"},
        {"SELECT CAST('2026-02-29' AS DATE)", "error 241"},
        {"SELECT CAST('2026-0131' AS DATE)", "error 241"},
        {"SELECT CAST('2026-01-31 24:00' AS DATETIME)", "error 241"},
        {"SELECT CAST('2026-01-31 10:00+15:00' AS DATETIME)", "error 241"},
        {"SELECT CAST('1752-12-31' AS DATETIME)", "error 242"}};
    (void)state;
    all_answer(samples, COUNT_OF(samples));
}

static void numbers_round_and_overflow(void **state)
{
    static const struct sample samples[] = {
        {"SELECT CAST('12.345' AS DECIMAL(9,2))", "1235"},
        {"SELECT CAST(' -.5 ' AS DECIMAL(9,1))", "-5"},
        {"SELECT CAST(-2.5 AS INT)", "-2"},
        {"SELECT CAST(-2.55 AS DECIMAL(9,1))", "-26"},
        {"SELECT CAST('1.5' AS INT)", "error 245"},
        {"SELECT CAST('1.2.3' AS DECIMAL(9,1))", "error 245"},
        {"SELECT CAST('99999999999999999999' AS BIGINT)", "error 245"},
        {"SELECT CAST(256 AS TINYINT)", "error 8115"},
        {"SELECT CAST('TRUE' AS BIT)", "1"},
        {"SELECT CAST(0x0102 AS INT)", "258"},
        {"SELECT TRY_CAST('x' AS INT)", "NULL"}};
    (void)state;
    all_answer(samples, COUNT_OF(samples));
}

static void functions_have_their_types_and_refusals(void **state)
{
    static const struct sample samples[] = {
        {"SELECT ISNULL(NULL, 'b')", "b"},
        {"SELECT COALESCE(NULL, NULL)", "NULL"},
        {"SELECT NULLIF(3, 3)", "NULL"},
        {"SELECT CONCAT('a', NULL, 1)", "a1"},
        {"SELECT CEILING(1.2)", "20"},
        {"SELECT DATALENGTH(N'ab')", "4"},
        {"SELECT DATEDIFF(MONTH, '2026-01-31', '2026-02-01')", "1"},
        {"SELECT CAST(DATEADD(MONTH, 1, '2026-01-31') AS DATE)", "2026-02-28"},
        {"SELECT LEN(CURRENT_USER)", "2"},
        {"SELECT LEN()", "error 174"},
        {"SELECT NOSUCH(1)", "error 195"},
        {"SELECT DATEADD(EON, 1, '2026-01-31')", "error 155"},
        {"SELECT SUM('a')", "error 8117"},
        {"SELECT SUM(COUNT(*))", "error 130"},
        {"SELECT 'a' COLLATE Klingon_CI_AS", "error 448"},
        {"SELECT 1 COLLATE Polish_CI_AS", "error 447"},
        {"SELECT (SELECT 1, 2)", "error 116"},
        {"SELECT @@NOSUCH", "error 137"}};
    (void)state;
    all_answer(samples, COUNT_OF(samples));
}

static int open_company(void **state)
{
    struct error e = {0};
    (void)state;
    if (engine_open(NULL, "generic", &(struct engine_filling){.rows = 1, .seed = 1}, &engine, &e) !=
            STATUS_OK ||
        engine_connect(engine, &session, &e) != STATUS_OK)
        print_error("%s\n", e.text);
    return session ? 0 : -1;
}

static int close_company(void **state)
{
    (void)state;
    engine_disconnect(session);
    engine_close(engine);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(like_knows_its_patterns),
        cmocka_unit_test(a_long_pattern_costs_no_stack),
        cmocka_unit_test(moments_are_read_in_their_notations),
        cmocka_unit_test(numbers_round_and_overflow),
        cmocka_unit_test(functions_have_their_types_and_refusals),
    };
    return cmocka_run_group_tests(tests, open_company, close_company);
}
