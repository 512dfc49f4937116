/* The table of a SQL Server's messages, and which of several decides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/memory.h"
#include "tds/address.h"
#include "tds/messages.h"

static void every_row_is_whole(void **state)
{
    const struct message *m;
    int before = 0;
    (void)state;
    for (size_t i = 0; (m = messages_at(i)) != NULL; i++) {
        assert_true(m->number > before); /* ascending, none twice */
        before = m->number;
        assert_ptr_equal(messages_find(m->number), m);
        assert_true(m->severity >= 10 && m->severity <= 24);
        assert_true(*m->about && strstr(m->source, "learn.microsoft.com"));
        assert_true(m->status != STATUS_OK);
        if (m->rank == MESSAGE_ECHO) {
            assert_string_equal(m->remedy, "");
            continue;
        }
        assert_true(strlen(m->remedy) > 20 &&
                    strlen(m->remedy) < sizeof((struct error *)0)->remedy);
        assert_true(strncmp(m->code, "erp_", 4) == 0);
        /* Whoever said this was reached. */
        assert_null(strstr(m->remedy, "firewall"));
    }
    assert_true(before > 18000);
    assert_null(messages_find(0));
    assert_null(messages_find(50000));
}

struct words {
    int number;
    bool information;
};

static void of_several_the_cause_decides(void **state)
{
    static const struct {
        struct words said[4];
        size_t count;
        const char *code, *text;
    } cases[] = {
        {{{18456, false}}, 1, "erp_login", "logging in: 18456"},
        {{{18456, false}, {18488, false}}, 2, "erp_password", "logging in: 18488"},
        {{{18488, false}, {18456, false}}, 2, "erp_password", "logging in: 18488"},
        {{{4060, false}, {18456, false}}, 2, "erp_database", "logging in: 4060"},
        {{{18456, false}, {4060, false}}, 2, "erp_database", "logging in: 4060"},
        {{{18456, false}, {4060, false}, {942, false}}, 3, "erp_offline", "logging in: 942"},
        {{{5701, true}, {18456, false}, {77777, false}}, 3, "erp_refused", "logging in: 77777"},
        {{{3621, true}, {2627, false}}, 2, "erp_duplicate", "logging in: 2627"},
        {{{77777, false}, {3609, false}}, 2, "erp_refused", "logging in: 77777"},
        {{{6005, true}}, 1, "erp_stopping", "logging in: 6005"},
        /* Two causes: the first decides, and the words of both are there. */
        {{{9002, false}, {77777, false}}, 2, "erp_full", "logging in: 9002 · 77777"},
        {{{17806, false}, {18452, false}}, 2, "erp_login", "logging in: 17806 · 18452"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct message_said said[4];
        char texts[4][16];
        struct error e = {0};
        for (size_t k = 0; k < cases[i].count; k++) {
            snprintf(texts[k], sizeof texts[k], "%d", cases[i].said[k].number);
            said[k] = (struct message_said){cases[i].said[k].number, cases[i].said[k].information,
                                            texts[k]};
        }
        enum status status = messages_error(said, cases[i].count, "logging in", &e);
        assert_int_equal(status, e.status);
        assert_string_equal(e.code, cases[i].code);
        assert_string_equal(e.text, cases[i].text);
        assert_true(e.remedy[0]);
    }
}

static void information_alone_refuses_nothing(void **state)
{
    const struct message_said said[] = {{5701, true, "Changed database context."},
                                        {5703, true, "Changed language."}};
    struct error e = {0};
    (void)state;
    assert_int_equal(messages_error(said, COUNT_OF(said), "logging in", &e), STATUS_OK);
    assert_int_equal(messages_error(said, 0, "logging in", &e), STATUS_OK);
    assert_string_equal(e.text, "");
}

/* A refusal at the login makes the ERP red in status; a statement that is wrong does not. */
static void what_keeps_us_out_is_told_apart(void **state)
{
    const struct message *m;
    (void)state;
    for (size_t i = 0; (m = messages_at(i)) != NULL; i++)
        if (m->number >= 17000 || (m->number >= 904 && m->number <= 988 && m->number != 916))
            assert_true(messages_away(m->code));
    assert_true(messages_away("tls_pin"));
    assert_true(messages_away("erp_unreachable"));
    assert_false(messages_away("erp_column"));
    assert_false(messages_away("erp_rights"));
    assert_false(messages_away("http_unreachable"));
    assert_false(messages_away(""));
}

static void servers_names(void **state)
{
    static const struct {
        const char *server;
        const char *host, *instance, *code; /* code: of the error, else NULL */
        int port;
    } cases[] = {
        {"erp", "erp", "", NULL, 0},
        {"tcp:erp", "erp", "", NULL, 0},
        {"TCP:erp,1433", "erp", "", NULL, 1433},
        {"tcp: erp , 1500", "erp", "", NULL, 1500},
        {"tcp:erp\\INSERTGT", "erp", "INSERTGT", NULL, 0},
        {"erp\\INSERTGT,1500", "erp", "INSERTGT", NULL, 1500},
        {".", "localhost", "", NULL, 0},
        {"(local)\\OPTIMA", "localhost", "OPTIMA", NULL, 0},
        {"tcp:.", "localhost", "", NULL, 0},
        {"fe80::1", "fe80::1", "", NULL, 0},
        {"", "", "", "erp_server", 0},
        {"tcp:", "", "", "erp_server", 0},
        {"np:erp", "", "", "erp_server", 0},
        {"NP:\\\\erp\\pipe\\sql\\query", "", "", "erp_server", 0},
        {"\\\\erp\\pipe\\sql\\query", "", "", "erp_server", 0},
        {"lpc:erp", "", "", "erp_server", 0},
        {"admin:erp", "", "", "erp_server", 0},
        {"(localdb)\\MSSQLLocalDB", "", "", "erp_server", 0},
        {"erp:1433", "", "", "erp_port", 0},
        {"tcp:erp:1433", "", "", "erp_port", 0},
        {"erp,", "", "", "erp_port", 0},
        {"erp,70000", "", "", "erp_port", 0},
        {"erp\\", "", "", "erp_instance", 0},
        {"erp\\A\\B", "", "", "erp_instance", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char host[256] = "", instance[BROWSER_NAME];
        struct error e = {0};
        int port = 0;
        enum status status =
            address_split(cases[i].server, 0, host, sizeof host, instance, &port, &e);
        assert_string_equal(e.code, cases[i].code ? cases[i].code : "");
        if (cases[i].code) {
            assert_int_equal(status, STATUS_INVALID);
            continue;
        }
        assert_int_equal(status, STATUS_OK);
        assert_string_equal(host, cases[i].host);
        assert_string_equal(instance, cases[i].instance);
        assert_int_equal(port, cases[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(of_several_the_cause_decides),
        cmocka_unit_test(information_alone_refuses_nothing),
        cmocka_unit_test(what_keeps_us_out_is_told_apart),
        cmocka_unit_test(servers_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
