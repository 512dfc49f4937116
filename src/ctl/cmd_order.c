/* endpointctl order: show all of one order from the shop, and carry out a person's decision about
 * it. */
#include "ctl/cmd_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "check/judge.h"
#include "ctl/cmd_orders.h"
#include "ctl/ctl.h"
#include "ctl/directory.h"
#include "ctl/options.h"
#include "ctl/talk.h"
#include "ctl/words.h"

/* Everything about one order. */
static void print_whole(const json_t *o)
{
    size_t i;
    char at[40];
    const json_t *row;
    cmd_orders_print(o);
    json_array_foreach (json_object_get(o, "faults"), i, row)
        cmd_orders_print_line("       - ", words_said(CTL_TEXT, row, "text"));
    printf(_("\nMarker      %s\nRevision    %lld\nReceived    %s\nCorrelation %s\n"),
           json_text(o, "marker", ""), (long long)json_number(o, "revision", 0),
           ctl_when(at, json_text(o, "received", NULL)),
           ctl_shown(CTL_TEXT, json_text(o, "correlation", "-")));
    puts(_("\nWhat became of it"));
    json_array_foreach (json_object_get(o, "history"), i, row) {
        printf("  %s %s ", ctl_when(at, json_text(row, "at", NULL)),
               words_padded(CTL_TEXT, words_state(CTL_TEXT, json_text(row, "state", "")), 11));
        words_print(row, "reason");
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
        cmd_orders_print_line("  ", line);
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

/* ---- several orders tried again
 * ------------------------------------------------------------------ */

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
        cmd_orders_print(json_object_get(answer, "order"));
    } else {
        r->code = answer ? ctl_answer_error(r->c, answer) : ctl_failed(r->c, &e);
    }
    json_decref(answer);
}

/* All orders in a state. Orders that nobody has to look at (cancelled, or just too old) are left
 * out: taking one of those is a decision about that order alone. */
static void retry_state(struct retrying *r)
{
    size_t i;
    json_t *order,
        *answer = cmd_orders_ask(r->c, cmd_orders_request(r->c, ORDERS_AT_ONCE), &r->code);
    if (r->code == EXIT_GOOD)
        json_array_foreach (json_object_get(answer, "orders"), i, order) {
            if (judge_order(order) == CHECK_SKIPPED)
                r->left++;
            else
                retry_one(r, json_text(order, "id", ""), json_text(order, "plugin", NULL));
        }
    if (!r->c->json && json_flag(answer, "more", false))
        puts(_("There are more: run the same command again for the next ones."));
    json_decref(answer);
}

static int retry(struct ctl *c)
{
    struct retrying r = {.c = c, .done = json_array()};
    if (c->state) {
        retry_state(&r);
        if (r.code != EXIT_GOOD && r.good + r.bad == 0) { /* the reason was printed */
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
        printf(_("%zu were left: cancelled in the shop, or just too old. To retry one of them: "
                 "endpointctl order retry ID\n"),
               r.left);
    return r.code;
}

/* ---- one of them ------------------------------------------------------------------------------------ */

static int resolve_how(const struct ctl *c)
{
    struct error e = {0};
    error_set(&e, STATUS_INVALID, "usage", "resolve needs to know what a person found");
    error_remedy(&e, "Look in the ERP, then give --exists-as DOCUMENT (such as \"ZK "
                     "12/2026\") or --does-not-exist.");
    ctl_failed(c, &e);
    return EXIT_USAGE;
}

/* Only an order that was rejected, or that waits for its time, can be tried again. */
static bool retry_words(struct ctl *c)
{
    bool named = c->argc > 1;
    return named != (c->state != NULL) &&
           (!c->state || text_equal(c->state, "rejected") || text_equal(c->state, "waiting"));
}

/* Exactly one of the two options. */
static bool says_how(const struct ctl *c)
{
    return c->exists_as ? *c->exists_as && !c->does_not_exist : c->does_not_exist;
}

static int run_order(struct ctl *c)
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
    json_t *answer = cmd_orders_ask(c,
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
        cmd_orders_print(json_object_get(answer, "order"));
    json_decref(answer);
    return code;
}

static const struct args_option option_exists_as = {
    "exists-as", 0, "--exists-as DOCUMENT", N_("you found it in the ERP, under this number"),
    COMMAND_TEXT(exists_as)};
static const struct args_option option_does_not_exist = {"does-not-exist", 0, "--does-not-exist",
                                                         N_("you looked, and it is not in the ERP"),
                                                         COMMAND_FLAG(does_not_exist)};

const struct command cmd_order = {
    .name = "order",
    .usage = "order show | retry | resolve ID | take-directory",
    .synopsis =
        "order show ID\norder retry ID...\norder retry --state rejected [--plugin PLUGIN]\norder "
        "resolve ID --exists-as DOCUMENT\norder resolve ID --does-not-exist\norder take-directory "
        "[--yes]",
    .line = N_("one of them, or retry several"),
    .words = "show retry resolve take-directory",
    .options = {&options_state, &options_plugin, &option_exists_as, &option_does_not_exist,
                &options_yes},
    .min = 1,
    .max = ORDERS_AT_ONCE + 1,
    .run = run_order,
};
