/* endpointctl orders: the orders from the shop. */
#include "ctl/cmd_orders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "ctl/words.h"
#include "ctl/talk.h"

void cmd_orders_print_line(const char *before, const char *text)
{
    if (text_empty(text))
        return;
    fputs(before, stdout);
    ctl_print_text(text);
    putchar('\n');
}

void cmd_orders_print(const json_t *o)
{
    char when[40], received[40];
    const char *state = json_text(o, "state", ""), *document = json_text(o, "document", "");
    const char *id = json_text(o, "id", ""), *number = json_text(o, "number", id);
    ctl_relative(when, json_text(o, "changed", NULL));
    ctl_sign(judge_order(o));
    printf("%s ", words_padded(CTL_TEXT, words_state(CTL_TEXT, state), 11));
    ctl_print_text(number);
    if (!text_equal(number, id)) {
        fputs(" (", stdout);
        ctl_print_text(id);
        putchar(')');
    }
    if (*document) {
        fputs(" → ", stdout);
        ctl_print_text(document);
    }
    printf(_("  %s, came %s, changed %s\n"), ctl_shown(CTL_TEXT, json_text(o, "plugin", "")),
           ctl_when(received, json_text(o, "received", NULL)), when);
    cmd_orders_print_line("       ", words_said(CTL_TEXT, o, "reason"));
    cmd_orders_print_line("       > ", words_said(CTL_TEXT, o, "remedy"));
}

json_t *cmd_orders_ask(struct ctl *c, json_t *request, int *code)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, request, &e);
    if (!answer)
        *code = ctl_failed(c, &e);
    else if (!json_flag(answer, "ok", false))
        *code = ctl_answer_error(c, answer);
    else
        *code = EXIT_GOOD;
    return answer;
}

/* Is the option's word a state? If not, lists the states. */
static bool known_state(struct ctl *c)
{
    static const char *const states[] = {"waiting", "sending",  "handed-over",
                                         "done",    "rejected", "in-doubt"};
    struct error e = {0};
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (!c->state || text_equal(c->state, states[i]))
            return true;
    error_set(&e, STATUS_INVALID, "order_state", "\"%.40s\" is not a state of an order", c->state);
    error_remedy(&e, "The states are waiting, sending, handed-over, done, rejected and "
                     "in-doubt.");
    ctl_failed(c, &e);
    return false;
}

json_t *cmd_orders_request(const struct ctl *c, long limit)
{
    json_t *request = json_pack("{s:s,s:i}", "do", "orders", "limit", (int)limit);
    if (c->state)
        json_set_text(request, "state", c->state);
    if (c->plugin)
        json_set_text(request, "plugin", c->plugin);
    return request;
}

static void print_list(struct ctl *c, const json_t *answer)
{
    size_t i, count = json_array_size(json_object_get(answer, "orders"));
    json_t *item;
    if (count == 0)
        puts(c->state ? _("No order is in this state.") : _("No orders yet."));
    json_array_foreach (json_object_get(answer, "orders"), i, item)
        cmd_orders_print(item);
    if (!json_flag(answer, "more", false))
        return;
    printf(c->state ? _("These are the newest %zu, and there are more: -n N shows more at once%s\n")
                    : _("These are the newest %zu, and there are more: -n N shows more at once, "
                        "--state STATE fewer%s\n"),
           count, count >= ORDERS_AT_ONCE ? _(" (1000 at most)") : "");
}

static int run_orders(struct ctl *c)
{
    int code;
    if (!known_state(c))
        return EXIT_USAGE;
    json_t *answer = cmd_orders_ask(c, cmd_orders_request(c, c->lines ? c->lines : 100), &code);
    if (code == EXIT_GOOD && c->json)
        ctl_print_json(json_incref(answer));
    else if (code == EXIT_GOOD)
        print_list(c, answer);
    json_decref(answer);
    return code;
}

/* ---- sync --simulate of a plugin of kind orders ------------------------------------------------ */

static void print_block(const char *text)
{
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\r\n");
        struct buf b;
        buf_init(&b, 1 << 20);
        text_printable(&b, at, length);
        printf("    | %s\n", buf_text(&b));
        buf_free(&b);
        at += length;
        at += *at == '\r';
        at += *at == '\n';
    }
}

static void print_fields(const json_t *fields)
{
    const char *key;
    json_t *value;
    size_t i;
    json_array_foreach ((json_t *)fields, i, value)
        print_fields(value);
    json_object_foreach ((json_t *)fields, key, value) {
        char *text =
            json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
        printf("    %-24s ", ctl_shown(CTL_TEXT, key));
        ctl_print_text(text ? text : json_string_value(value));
        putchar('\n');
        free(text);
    }
}

void cmd_orders_print_document(const json_t *change)
{
    size_t i;
    const json_t *item, *data = json_object_get(change, "data");
    bool rejected = text_equal(json_text(change, "op", ""), "rejected");
    ctl_sign(rejected ? CHECK_FAIL : CHECK_OK);
    ctl_print_text(json_text(data, "number", json_text(change, "key", "")));
    if (rejected) {
        puts(_(" would be rejected"));
        json_array_foreach (json_object_get(data, "faults"), i, item)
            cmd_orders_print_line("       - ", words_said(CTL_TEXT, item, "text"));
        return;
    }
    printf(_(" would become a document with the marker %s\n"),
           ctl_shown(CTL_TEXT, json_text(data, "marker", "")));
    json_array_foreach (json_object_get(data, "notes"), i, item)
        cmd_orders_print_line("       ", words_said_at(CTL_TEXT, data, "notes", i));
    print_fields(json_object_get(data, "fields"));
    if (json_text(data, "text", NULL)) {
        puts(_("  What would be written"));
        print_block(json_text(data, "text", ""));
    }
}

const struct command cmd_orders = {
    .name = "orders",
    .usage = "orders [--state S] [-n N]",
    .synopsis = "orders [--state STATE] [--plugin PLUGIN] [-n N]",
    .line = N_("the shop's orders and what became of them"),
    .options = {&options_state, &options_plugin, &options_limit},
    .run = run_orders,
};
