/* One judgment: what is green, amber, red or not known yet, of whole statuses and of their parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/json.h"
#include "check/judge.h"

#define CONNECTED "'endpoint':{'id':'e1'},'panel':{'state':'connected','error':null}"
#define ERP       "'erp':{'type':'subiekt-gt','version':'1.70'}"
#define GOOD      CONNECTED "," ERP

/* ' for ", to be read. */
static json_t *parse(const char *text)
{
    char copy[2000];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    json_t *value = json_loads(copy, JSON_DECODE_ANY, NULL);
    if (!value)
        fail_msg("no JSON: %s", text);
    return value;
}

static void is(const char *text, enum check_result got, const char *wanted)
{
    if (strcmp(check_word(got), wanted) != 0)
        fail_msg("%s: %s, wanted %s", text, check_word(got), wanted);
}

static void an_order(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"{'state':'waiting'}", "wait"},
        {"{'state':'sending'}", "wait"},
        {"{'state':'handed-over'}", "wait"},
        {"{'state':'done'}", "ok"},
        {"{'state':'done','cancelled':true}", "ok"},
        {"{'state':'rejected'}", "fail"},
        {"{'state':'rejected','faults':[{'code':'order_sku'}]}", "fail"},
        {"{'state':'rejected','faults':[{'code':'order_old'},{'code':'order_sku'}]}", "fail"},
        {"{'state':'rejected','faults':[{'code':'order_old'}]}", "skipped"},
        {"{'state':'rejected','cancelled':true}", "skipped"},
        {"{'state':'in-doubt'}", "fail"},
        {"{'state':'in-doubt','cancelled':true}", "fail"},
        {"{}", "wait"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        json_t *o = parse(table[i][0]);
        is(table[i][0], judge_order(o), table[i][1]);
        json_decref(o);
    }
}

static void a_plugin(void **state)
{
    (void)state;
    static const char *const table[][2] = {
        {"{'state':'waiting','last_ok':'2026-01-01T00:00:00Z'}", "ok"},
        {"{'state':'waiting'}", "wait"}, /* it has done nothing yet: nobody knows */
        {"{'state':'running','last_ok':'2026-01-01T00:00:00Z','progress':{'done':1}}", "wait"},
        {"{'state':'waiting','last_ok':'x','error':{'code':'erp_login'}}", "fail"},
        {"{'state':'disabled'}", "skipped"},
        {"{'state':'refused','error':{'code':'x'}}", "fail"},
        {"{'state':'waiting','last_ok':'x','checks':[{'code':'a','result':'warn'}]}", "warn"},
        {"{'state':'waiting','last_ok':'x','checks':[{'code':'a','result':'fail'}]}", "fail"},
        {"{'state':'waiting','last_ok':'x','orders':{'rejected':0,'in_doubt':0}}", "ok"},
        {"{'state':'waiting','last_ok':'x','orders':{'rejected':1,'in_doubt':0}}", "fail"},
        {"{'state':'waiting','last_ok':'x','orders':{'rejected':2,'closed':2,'in_doubt':0}}", "ok"},
        {"{'state':'waiting','last_ok':'x','orders':{'rejected':3,'closed':2,'in_doubt':0}}",
         "fail"},
        {"{'state':'waiting','last_ok':'x','orders':{'rejected':0,'in_doubt':1}}", "fail"},
        {"{'state':'disabled','orders':{'rejected':1}}", "fail"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        json_t *p = parse(table[i][0]);
        is(table[i][0], judge_plugin(p), table[i][1]);
        json_decref(p);
    }
}

static void a_status(void **state)
{
    (void)state;
    static const struct {
        const char *text, *whole, *panel, *erp;
        bool only_orders;
    } table[] = {
        {"{" GOOD "}", "ok", "ok", "ok", false},
        {"{" CONNECTED ",'erp':{'type':''}}", "warn", "ok", "warn", false},
        {"{" CONNECTED ",'erp':{'type':'optima'}}", "wait", "ok", "wait", false},
        {"{" CONNECTED ",'erp':{'type':'optima'},'plugins':[{'state':'waiting'}]}", "wait", "ok",
         "wait", false},
        {"{" CONNECTED ",'erp':{'type':'optima'},'plugins':[{'state':'waiting','last_ok':'x'}]}",
         "ok", "ok", "ok", false},
        {"{" CONNECTED ",'erp':{'type':'optima','version':'1','away':'stock'}}", "fail", "ok",
         "fail", false},
        {"{'endpoint':{'id':''},'panel':{'state':'not-registered'}," ERP "}", "warn", "warn", "ok",
         false},
        {"{'endpoint':{'id':''},'panel':{'state':'not-registered','error':{'code':'x'}}," ERP "}",
         "warn", "warn", "ok", false},
        {"{'endpoint':{'id':'e'},'panel':{'state':'connecting'}," ERP "}", "wait", "wait", "ok",
         false},
        {"{'endpoint':{'id':'e'},'panel':{'state':'away','error':{'code':'x'}}," ERP "}", "fail",
         "fail", "ok", false},
        {"{" GOOD ",'checks':[{'code':'panel.journal','result':'fail'}]}", "fail", "fail", "ok",
         false},
        {"{" GOOD ",'checks':[{'code':'endpoint.lock','result':'warn'}]}", "warn", "ok", "ok",
         false},
        {"{" GOOD ",'checks':[{'code':'endpoint.lock','result':'fail'}]}", "fail", "ok", "ok",
         false},
        {"{" GOOD
         ",'plugins':[{'state':'waiting','checks':[{'code':'erp.login','result':'fail'}]}]}",
         "fail", "ok", "fail", false},
        {"{" GOOD ",'plugins':[{'state':'waiting','last_ok':'x','orders':{'rejected':1}}]}", "fail",
         "ok", "ok", true},
        {"{" GOOD ",'plugins':[{'state':'waiting','last_ok':'x','orders':{'in_doubt':1}},"
         "{'state':'waiting','error':{'code':'x'}}]}",
         "fail", "ok", "ok", false},
        {"{" GOOD ",'plugins':[{'state':'disabled'}]}", "ok", "ok", "ok", false},
        /* another program's, that tells less */
        {"{'plugins':[]}", "skipped", "skipped", "skipped", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        json_t *s = parse(table[i].text);
        is(table[i].text, judge_status(s), table[i].whole);
        is(table[i].text, judge_panel(s), table[i].panel);
        is(table[i].text, judge_erp(s), table[i].erp);
        if (judge_only_orders(s) != table[i].only_orders)
            fail_msg("%s: only orders", table[i].text);
        judge_mark(s);
        assert_string_equal(json_text(s, "result", ""), table[i].whole);
        json_decref(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order),
        cmocka_unit_test(a_plugin),
        cmocka_unit_test(a_status),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
