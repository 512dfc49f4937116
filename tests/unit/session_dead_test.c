/* A session after an error: which ones end it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tds/session.h"
#include "tds/session_query.h"

static int native_error, bound;

SQLRETURN __wrap_SQLGetDiagRecW(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                SQLWCHAR *state, SQLINTEGER *native, SQLWCHAR *text,
                                SQLSMALLINT size, SQLSMALLINT *length);
SQLRETURN __wrap_SQLBindParameter(SQLHSTMT statement, SQLUSMALLINT number, SQLSMALLINT direction,
                                  SQLSMALLINT value, SQLSMALLINT type, SQLULEN size,
                                  SQLSMALLINT digits, SQLPOINTER target, SQLLEN room,
                                  SQLLEN *length);

SQLRETURN __wrap_SQLGetDiagRecW(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                SQLWCHAR *state, SQLINTEGER *native, SQLWCHAR *text,
                                SQLSMALLINT size, SQLSMALLINT *length)
{
    (void)type, (void)handle, (void)size;
    if (number > 1)
        return SQL_NO_DATA;
    for (int i = 0; i < 6; i++)
        state[i] = (SQLWCHAR) "HY000"[i];
    *native = native_error;
    text[0] = 'x';
    text[1] = 0;
    *length = 1;
    return SQL_SUCCESS;
}

SQLRETURN __wrap_SQLBindParameter(SQLHSTMT statement, SQLUSMALLINT number, SQLSMALLINT direction,
                                  SQLSMALLINT value, SQLSMALLINT type, SQLULEN size,
                                  SQLSMALLINT digits, SQLPOINTER target, SQLLEN room,
                                  SQLLEN *length)
{
    (void)statement, (void)number, (void)direction, (void)value, (void)type, (void)size;
    (void)digits, (void)target, (void)room, (void)length;
    bound++;
    return SQL_SUCCESS;
}

static bool ends_session(int native, struct error *e)
{
    struct session s = {.server = "sql port 1433"};
    *e = (struct error){0};
    native_error = native;
    session_error(&s, SQL_HANDLE_STMT, SQL_NULL_HANDLE, "running a statement", e);
    assert_int_equal(session_dead(&s), s.dead);
    if (s.dead) {
        SQLHSTMT statement;
        struct error next = {0};
        assert_int_equal(session_statement(&s, &statement, &next), STATUS_UNREACHABLE);
    }
    return s.dead;
}

/* The driver has sent half a packet perhaps: nothing that comes after it can be trusted. */
static void a_conversion_error_ends_the_session(void **state)
{
    (void)state;
    struct error e;
    for (int native = 2400; native <= 2404; native++) {
        assert_true(ends_session(native, &e));
        assert_string_equal(e.code, "erp_conversion");
        assert_int_equal(e.status, STATUS_UNREACHABLE);
        assert_null(strstr(e.remedy, "firewall"));
    }
    assert_true(ends_session(20003, &e));
    assert_false(ends_session(2627, &e)); /* a duplicate key: the server answered */
    assert_false(ends_session(208, &e));
}

static void what_is_no_text_is_not_sent(void **state)
{
    (void)state;
    SQLLEN lengths[2];
    const char *const good[] = {"Łąka", NULL}, *const bad[] = {"12345", "123\xc5"};
    bound = 0;
    assert_int_equal(session_bind_texts(NULL, bad, 2, lengths), STATUS_INVALID);
    assert_int_equal(bound, 0);
    assert_int_equal(session_bind_texts(NULL, good, 2, lengths), STATUS_OK);
    assert_int_equal(bound, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_conversion_error_ends_the_session),
        cmocka_unit_test(what_is_no_text_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
