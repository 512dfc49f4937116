/* `orders` and `order`: the shop's orders, and what a person decides about one. */
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
#include "ctl/directory.h"
#include "ctl/words.h"
#include "ctl/talk.h"

static void print_line(const char *before, const char *text)
{
    if (text_empty(text))
        return;
    fputs(before, stdout);
    ctl_print_text(text);
    putchar('\n');
}

static void print_order(const json_t *o)
{
    char when[40], received[40];
    const char *state = json_text(o, "state", ""), *document = json_text(o, "document", "");
    const char *id = json_text(o, "id", ""), *number = json_text(o, "number", id);
    ctl_relative(when, json_text(o, "changed", NULL));
    ctl_sign(judge_order(o));
    printf("%s ", words_padded(words_state(state), 11));
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
    printf(_("  %s, came %s, changed %s\n"), ctl_shown(json_text(o, "plugin", "")),
           ctl_when(received, json_text(o, "received", NULL)), when);
    print_line("       ", words_told(json_text(o, "reason", "")));
    print_line("       > ", words_told(json_text(o, "remedy", "")));
}

static json_t *ask(struct ctl *c, json_t *request, int *code)
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

/* An option's word for a state; says which there are when it is none. */
static bool known_state(struct ctl *c)
{
    static const char *const states[] = {"waiting", "sending",  "handed-over",
                                         "done",    "rejected", "in-doubt"};
    struct error e = {0};
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (!c->state || text_equal(c->state, states[i]))
            return true;
    error_set(&e, STATUS_INVALID, "order_state", "\"%.40s\" is no state of an order", c->state);
    error_remedy(&e, "There are waiting, sending, handed-over, done, rejected and in-doubt.");
    ctl_failed(c, &e);
    return false;
}

/* {"do":"orders"} with what was asked for. */
static json_t *list_request(const struct ctl *c, long limit)
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
        print_order(item);
    if (!json_flag(answer, "more", false))
        return;
    printf(c->state ? _("These are the newest %zu, and there are more: -n N shows more at once%s\n")
                    : _("These are the newest %zu, and there are more: -n N shows more at once, "
                        "--state STATE fewer%s\n"),
           count, count >= ORDERS_AT_ONCE ? _(" (1000 at most)") : "");
}

int cmd_orders(struct ctl *c)
{
    int code;
    if (!known_state(c))
        return EXIT_USAGE;
    json_t *answer = ask(c, list_request(c, c->lines ? c->lines : 100), &code);
    if (code == EXIT_GOOD && c->json)
        ctl_print_json(json_incref(answer));
    else if (code == EXIT_GOOD)
        print_list(c, answer);
    json_decref(answer);
    return code;
}

/* One order whole. */
static void print_whole(const json_t *o)
{
    size_t i;
    char at[40];
    const json_t *row;
    print_order(o);
    json_array_foreach (json_object_get(o, "faults"), i, row)
        print_line("       - ", words_told(json_text(row, "text", "")));
    printf(_("\nMarker      %s\nRevision    %lld\nReceived    %s\nCorrelation %s\n"),
           json_text(o, "marker", ""), (long long)json_number(o, "revision", 0),
           ctl_when(at, json_text(o, "received", NULL)),
           ctl_shown(json_text(o, "correlation", "-")));
    puts(_("\nWhat became of it"));
    json_array_foreach (json_object_get(o, "history"), i, row) {
        printf("  %s %s ", ctl_when(at, json_text(row, "at", NULL)),
               words_padded(words_state(json_text(row, "state", "")), 11));
        fputs(words_told(json_text(row, "reason", "")), stdout);
        putchar('\n');
    }
    const json_t *content = json_object_get(o, "order");
    if (!json_is_object(content)) {
        puts(_("\nIts content is not kept any more."));
        return;
    }
    puts(_("\nThe order as the shop gave it"));
    char *text = json_dumps(content, JSON_INDENT(2));
    for (char *line = text, *end; line && *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        print_line("  ", line);
    }
    free(text);
}

static int usage(const struct ctl *c)
{
    return ctl_usage(
        c, "endpointctl order show ID | retry ID... | retry --state rejected | resolve ID "
           "(--exists-as DOCUMENT | --does-not-exist) | take-directory [--yes]");
}

static json_t *change_request(const struct ctl *c, const char *what, const char *id)
{
    json_t *request = json_pack("{s:s,s:s}", "do", what, "order", id);
    if (c->plugin)
        json_set_text(request, "plugin", c->plugin);
    if (c->exists_as)
        json_set_text(request, "exists_as", c->exists_as);
    if (c->does_not_exist)
        json_set_flag(request, "does_not_exist", true);
    return request;
}

/* ---- several to be tried again ------------------------------------------------------------------ */

struct retrying {
    struct ctl *c;
    json_t *done; /* answers, for --json */
    size_t good, bad, left;
    int code;
};

static void retry_one(struct retrying *r, const char *id, const char *plugin)
{
    struct error e = {0};
    json_t *request = change_request(r->c, "order-retry", id);
    if (plugin)
        json_set_text(request, "plugin", plugin);
    json_t *answer = talk_ask(r->c, request, &e);
    bool ok = json_flag(answer, "ok", false);
    ok ? r->good++ : r->bad++;
    if (r->c->json) {
        json_t *row = answer ? json_incref(answer)
                             : json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(&e));
        json_set_text(row, "id", id);
        json_array_append_new(r->done, row);
        r->code = ok ? r->code : EXIT_RED;
    } else if (ok) {
        print_order(json_object_get(answer, "order"));
    } else {
        r->code = answer ? ctl_answer_error(r->c, answer) : ctl_failed(r->c, &e);
    }
    json_decref(answer);
}

/* All of a state. What nobody has to look at (cancelled, or only too old) is left: to take such a one is a
 * decision about that order. */
static void retry_state(struct retrying *r)
{
    size_t i;
    json_t *order, *answer = ask(r->c, list_request(r->c, ORDERS_AT_ONCE), &r->code);
    if (r->code == EXIT_GOOD)
        json_array_foreach (json_object_get(answer, "orders"), i, order) {
            if (judge_order(order) == CHECK_SKIPPED)
                r->left++;
            else
                retry_one(r, json_text(order, "id", ""), json_text(order, "plugin", NULL));
        }
    if (!r->c->json && json_flag(answer, "more", false))
        puts(_("There are more: the same once again takes the next ones."));
    json_decref(answer);
}

static int retry(struct ctl *c)
{
    struct retrying r = {.c = c, .done = json_array()};
    if (c->state) {
        retry_state(&r);
        if (r.code != EXIT_GOOD && r.good + r.bad == 0) { /* said why */
            json_decref(r.done);
            return r.code;
        }
    } else {
        for (int i = 1; i < c->argc; i++)
            retry_one(&r, c->argv[i], NULL);
    }
    if (c->json) {
        ctl_print_json(json_pack("{s:b,s:o,s:I}", "ok", r.bad == 0, "orders", r.done, "left",
                                 (json_int_t)r.left));
        return r.code;
    }
    json_decref(r.done);
    printf(_("%zu tried again, %zu refused\n"), r.good, r.bad);
    if (r.left)
        printf(
            _("%zu were left: cancelled in the shop, or only too old. One of them: endpointctl order "
              "retry ID\n"),
            r.left);
    return r.code;
}

/* ---- one of them ------------------------------------------------------------------------------------ */

static int resolve_how(const struct ctl *c)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "resolve wants to know what a person found");
    error_remedy(&e, "Look in the ERP, then say --exists-as DOCUMENT (such as \"ZK 12/2026\") "
                     "or --does-not-exist.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* What is tried again was rejected, or waits for its time. */
static bool retry_words(struct ctl *c)
{
    bool named = c->argc > 1;
    return named != (c->state != NULL) &&
           (!c->state || text_equal(c->state, "rejected") || text_equal(c->state, "waiting"));
}

/* One of the two, and not both. */
static bool says_how(const struct ctl *c)
{
    return c->exists_as ? *c->exists_as && !c->does_not_exist : c->does_not_exist;
}

int cmd_order(struct ctl *c)
{
    int code;
    const char *what = c->argv[0];
    bool show = strcmp(what, "show") == 0, resolve = strcmp(what, "resolve") == 0,
         again = strcmp(what, "retry") == 0;
    if (strcmp(what, "take-directory") == 0)
        return c->argc == 1 ? directory_take(c) : usage(c);
    if (again && !retry_words(c))
        return usage(c);
    if (again && (c->state || c->argc > 2))
        return retry(c);
    if (c->argc != 2 || (c->state && !again))
        return usage(c);
    if (resolve && !says_how(c))
        return resolve_how(c);
    json_t *answer = ask(c,
                         change_request(c,
                                        show    ? "order-show"
                                        : again ? "order-retry"
                                                : "order-resolve",
                                        c->argv[1]),
                         &code);
    if (code == EXIT_GOOD && c->json)
        ctl_print_json(json_incref(answer));
    else if (code == EXIT_GOOD && show)
        print_whole(json_object_get(answer, "order"));
    else if (code == EXIT_GOOD)
        print_order(json_object_get(answer, "order"));
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
        printf("    %-24s ", ctl_shown(key));
        ctl_print_text(text ? text : json_string_value(value));
        putchar('\n');
        free(text);
    }
}

void cmd_orders_document(const json_t *change)
{
    size_t i;
    const json_t *item, *data = json_object_get(change, "data");
    bool rejected = text_equal(json_text(change, "op", ""), "rejected");
    ctl_sign(rejected ? CHECK_FAIL : CHECK_OK);
    ctl_print_text(json_text(data, "number", json_text(change, "key", "")));
    if (rejected) {
        puts(_(" would be rejected"));
        json_array_foreach (json_object_get(data, "faults"), i, item)
            print_line("       - ", words_told(json_text(item, "text", "")));
        return;
    }
    printf(_(" would become a document with the marker %s\n"),
           ctl_shown(json_text(data, "marker", "")));
    json_array_foreach (json_object_get(data, "notes"), i, item)
        print_line("       ", words_told(json_string_value(item)));
    print_fields(json_object_get(data, "fields"));
    if (json_text(data, "text", NULL)) {
        puts(_("  What would be written"));
        print_block(json_text(data, "text", ""));
    }
}
