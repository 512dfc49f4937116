/* `orders` and `order`: the shop's orders, and what a person decides about one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"

static int sign_of(const char *state)
{
    return text_equal(state, "done")                                        ? CHECK_OK
           : text_equal(state, "rejected") || text_equal(state, "in-doubt") ? CHECK_FAIL
                                                                            : CHECK_WAIT;
}

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
    char when[40];
    const char *state = json_text(o, "state", ""), *document = json_text(o, "document", "");
    const char *id = json_text(o, "id", ""), *number = json_text(o, "number", id);
    ctl_relative(when, json_text(o, "changed", NULL));
    ctl_sign(sign_of(state));
    printf("%-11s ", state);
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
    printf("  %s, %s\n", ctl_shown(json_text(o, "plugin", "")), when);
    print_line("       ", json_text(o, "reason", ""));
    print_line("       > ", json_text(o, "remedy", ""));
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

static bool known_state(const char *state)
{
    static const char *const states[] = {"waiting", "sending",  "handed-over",
                                         "done",    "rejected", "in-doubt"};
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_equal(state, states[i]))
            return true;
    return false;
}

int ctl_orders(struct ctl *c)
{
    int code;
    struct error e = {0};
    if (c->state && !known_state(c->state)) {
        error_set(&e, STATUS_INVALID, "order_state", "\"%.40s\" is no state of an order", c->state);
        error_remedy(&e, "There are waiting, sending, handed-over, done, rejected and in-doubt.");
        ctl_failed(c, &e);
        return EXIT_USAGE;
    }
    size_t i;
    json_t *item, *request = json_pack("{s:s,s:i}", "do", "orders", "limit",
                                       (int)(c->lines ? c->lines : 100));
    if (c->state)
        json_set_text(request, "state", c->state);
    if (c->plugin)
        json_set_text(request, "plugin", c->plugin);
    json_t *answer = ask(c, request, &code);
    if (code == EXIT_GOOD && c->json)
        ctl_print_json(json_incref(answer));
    else if (code == EXIT_GOOD && json_array_size(json_object_get(answer, "orders")) == 0)
        puts(c->state ? "No order is in this state." : "No orders yet.");
    else if (code == EXIT_GOOD)
        json_array_foreach (json_object_get(answer, "orders"), i, item)
            print_order(item);
    json_decref(answer);
    return code;
}

/* One order whole. */
static void print_whole(const json_t *o)
{
    size_t i;
    const json_t *row;
    print_order(o);
    json_array_foreach (json_object_get(o, "faults"), i, row)
        print_line("       - ", json_text(row, "text", ""));
    printf("\nMarker      %s\nRevision    %lld\nReceived    %s\nCorrelation %s\n",
           json_text(o, "marker", ""), (long long)json_number(o, "revision", 0),
           ctl_shown(json_text(o, "received", "-")), ctl_shown(json_text(o, "correlation", "-")));
    puts("\nWhat became of it");
    json_array_foreach (json_object_get(o, "history"), i, row) {
        printf("  %s %-11s ", json_text(row, "at", ""), json_text(row, "state", ""));
        ctl_print_text(json_text(row, "reason", ""));
        putchar('\n');
    }
    const json_t *content = json_object_get(o, "order");
    if (!json_is_object(content)) {
        puts("\nIts content is not kept any more.");
        return;
    }
    puts("\nThe order as the shop gave it");
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
    return ctl_usage(c, "endpointctl order show ID | retry ID | resolve ID (--exists-as DOCUMENT | "
                        "--does-not-exist) | take-directory [--yes]");
}

int ctl_order(struct ctl *c)
{
    int code;
    const char *what = c->argv[0];
    if (c->argc == 1)
        return strcmp(what, "take-directory") == 0 ? ctl_take_directory(c) : usage(c);
    bool show = strcmp(what, "show") == 0, retry = strcmp(what, "retry") == 0,
         resolve = strcmp(what, "resolve") == 0;
    if (!show && !retry && !resolve)
        return usage(c);
    if (resolve && (!c->exists_as == !c->does_not_exist || (c->exists_as && !*c->exists_as))) {
        struct error e = {0};
        error_set(&e, STATUS_INVALID, "usage", "resolve wants to know what a person found");
        error_remedy(&e, "Look in the ERP, then say --exists-as DOCUMENT (such as \"ZK 12/2026\") "
                         "or --does-not-exist.");
        ctl_failed(c, &e);
        return EXIT_USAGE;
    }
    json_t *request = json_object();
    json_set_text(request, "do", show ? "order-show" : retry ? "order-retry" : "order-resolve");
    json_set_text(request, "order", c->argv[1]);
    if (c->plugin)
        json_set_text(request, "plugin", c->plugin);
    if (c->exists_as)
        json_set_text(request, "exists_as", c->exists_as);
    if (c->does_not_exist)
        json_set_flag(request, "does_not_exist", true);
    json_t *answer = ask(c, request, &code);
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

void ctl_print_document(const json_t *change)
{
    size_t i;
    const json_t *item, *data = json_object_get(change, "data");
    bool rejected = text_equal(json_text(change, "op", ""), "rejected");
    ctl_sign(rejected ? CHECK_FAIL : CHECK_OK);
    ctl_print_text(json_text(data, "number", json_text(change, "key", "")));
    if (rejected) {
        puts(" would be rejected");
        json_array_foreach (json_object_get(data, "faults"), i, item)
            print_line("       - ", json_text(item, "text", ""));
        return;
    }
    printf(" would become a document with the marker %s\n",
           ctl_shown(json_text(data, "marker", "")));
    json_array_foreach (json_object_get(data, "notes"), i, item)
        print_line("       ", json_string_value(item));
    print_fields(json_object_get(data, "fields"));
    if (json_text(data, "text", NULL)) {
        puts("  What would be written");
        print_block(json_text(data, "text", ""));
    }
}
