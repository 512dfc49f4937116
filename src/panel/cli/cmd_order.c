/* Orders on the panel's command line. */
#include "panel/cli/cmd_order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "panel/store/order_form.h"
#include "panel/store/store_orders.h"
#include "panel/store/store_orders_read.h"
#include "panel/store/store_plugins.h"

#define FILE_MAX     (256 << 20)
#define FAULTS_SHOWN 100
#define LIST_MAX     1000000

/* The plugin that orders go to: --plugin, or the only one of kind "orders". NULL: the reason was
 * printed. */
static char *orders_plugin(struct command_line *c)
{
    json_t *rows = NULL;
    char *id = NULL;
    struct error e = {0};
    if (c->plugin)
        return command_plugin_known(c) ? mem_string(c->plugin) : NULL;
    if (store_plugins_of_kind(c->store, "orders", &rows, &e) != STATUS_OK) {
        command_failed(&e);
    } else if (json_array_size(rows) == 1) {
        id = mem_string(json_text(json_array_get(rows, 0), "id", ""));
    } else if (json_array_size(rows)) {
        fprintf(
            stderr,
            "endpoint-panel: there are several plugins of kind orders: name one with --plugin\n");
    } else {
        fprintf(stderr, "endpoint-panel: there is no plugin of kind orders\n"
                        "  Make one: endpoint-panel plugin add --endpoint ID FILE\n");
    }
    json_decref(rows);
    return id;
}

/* Print the faults of all orders. Returns how many there are. */
static size_t print_faults(struct command_line *c, const json_t *orders, bool list)
{
    char where[40] = "";
    size_t i, k, total = 0;
    json_t *order, *text, *all = json_array();
    json_array_foreach (orders, i, order) {
        if (list)
            text_format(where, sizeof where, "[%zu].", i);
        json_t *faults = order_form_faults(order, where);
        json_array_extend(all, faults);
        json_decref(faults);
    }
    total = json_array_size(all);
    if (total)
        fprintf(stderr, "endpoint-panel: nothing was added: %zu fault%s\n", total,
                total == 1 ? "" : "s");
    json_array_foreach (all, k, text)
        if (k < FAULTS_SHOWN)
            fprintf(stderr, "  %s\n", json_string_value(text));
    if (total > FAULTS_SHOWN)
        fprintf(stderr, "  and %zu more\n", total - FAULTS_SHOWN);
    if (total && c->json)
        command_print_json(json_pack("{s:O}", "faults", all));
    json_decref(all);
    return total;
}

static void print_added(struct command_line *c, json_t *result)
{
    if (c->json) {
        json_write(stdout, result, JSON_COMPACT);
    } else {
        command_print_text(json_text(result, "id", ""));
        printf("\trevision %lld\t%s", (long long)json_number(result, "revision", 0),
               json_text(result, "result", ""));
    }
    putchar('\n');
}

static int order_add(struct command_line *c)
{
    struct error e = {0};
    json_t *results = NULL, *result;
    size_t i;
    int code = 1;
    char *plugin = orders_plugin(c);
    if (!plugin)
        return 3;
    json_t *input = command_read_json(c->argv[0], FILE_MAX);
    bool list = json_is_array(input);
    json_t *orders = list ? json_incref(input) : json_array();
    if (input && !list)
        json_array_append(orders, input);
    if (!input) {
        /* said so */
    } else if (print_faults(c, orders, list)) {
        /* listed */
    } else if (store_orders_add(c->store, plugin, orders, &results, &e) != STATUS_OK) {
        code = command_failed(&e);
    } else {
        json_array_foreach (results, i, result)
            print_added(c, result);
        code = 0;
    }
    json_decref(results);
    json_decref(orders);
    json_decref(input);
    free(plugin);
    return code;
}

static int order_list(struct command_line *c)
{
    static const char *const states[] = {"new", "waiting", "done", "rejected", "in-doubt"};
    json_t *orders = NULL;
    struct error e = {0};
    size_t i = 0;
    while (c->state && i < COUNT_OF(states) && !text_equal(states[i], c->state))
        i++;
    if (i == COUNT_OF(states)) {
        fprintf(
            stderr,
            "endpoint-panel: there is no state \"%s\": new, waiting, done, rejected or in-doubt\n",
            c->state);
        return 2;
    }
    if (!command_plugin_known(c))
        return 3;
    enum status status = store_orders_list(c->store, c->state, c->plugin,
                                           c->lines ? c->lines : LIST_MAX, &orders, &e);
    return command_print_rows(
        c, status, orders, &e,
        (const char *[]){"id", "number", "revision", "state", "document", "reason", "added", NULL});
}

/* The one order with this id (and --plugin); NULL: the reason was printed. json_decref it. */
static json_t *find_order(struct command_line *c)
{
    json_t *rows = NULL, *row = NULL;
    struct error e = {0};
    if (store_orders_find(c->store, c->argv[0], c->plugin, &rows, &e) != STATUS_OK) {
        command_failed(&e);
    } else if (json_array_size(rows) == 1) {
        row = json_incref(json_array_get(rows, 0));
    } else if (json_array_size(rows)) {
        fprintf(stderr,
                "endpoint-panel: several plugins have an order %s: name one with --plugin\n",
                c->argv[0]);
    } else {
        command_missing(c, "order", c->argv[0]);
    }
    json_decref(rows);
    return row;
}

static void print_member(const json_t *object, const char *name, const char *label)
{
    const char *text = json_text(object, name, "");
    if (!*text)
        return;
    printf("%-14s ", label);
    command_print_text(text);
    putchar('\n');
}

static void print_order(const json_t *order)
{
    size_t i;
    json_t *row;
    print_member(order, "id", "Order");
    print_member(order, "number", "Number");
    printf("%-14s %lld%s\n", "Revision", (long long)json_number(order, "revision", 0),
           json_flag(order, "cancelled", false) ? ", cancelled" : "");
    print_member(order, "plugin", "Plugin");
    print_member(order, "state", "State");
    print_member(order, "document", "Document");
    print_member(order, "reason", "Reason");
    print_member(order, "remedy", "What to do");
    print_member(order, "correlation", "Correlation");
    print_member(order, "added", "Added");
    json_array_foreach (json_object_get(order, "documents"), i, row) {
        printf("%-14s ", "In the ERP");
        command_print_text(json_text(row, "document", "-"));
        fputs("  ", stdout);
        command_print_text(json_text(row, "state", "-"));
        if (*json_text(row, "invoice", ""))
            fputs("  invoice ", stdout);
        command_print_text(json_text(row, "invoice", ""));
        putchar('\n');
    }
    json_array_foreach (json_object_get(order, "outcomes"), i, row) {
        const char *more = json_text(row, "document", json_text(row, "reason", ""));
        printf("%-14s %s  %s  ", i ? "" : "Outcomes", json_text(row, "at", ""),
               json_text(row, "state", ""));
        command_print_text(more);
        putchar('\n');
    }
}

static int order_show(struct command_line *c)
{
    json_t *order = find_order(c);
    if (!order)
        return 3;
    const char *plugin = json_text(order, "plugin", ""), *id = json_text(order, "id", "");
    json_t *outcomes = NULL, *documents = NULL, *revisions = NULL;
    struct error e = {0};
    if (store_order_outcomes(c->store, plugin, id, &outcomes, &e) != STATUS_OK ||
        store_order_documents(c->store, plugin, id, &documents, &e) != STATUS_OK ||
        store_order_revisions(c->store, plugin, id, &revisions, &e) != STATUS_OK) {
        json_decref(outcomes);
        json_decref(documents);
        json_decref(order);
        return command_failed(&e);
    }
    json_object_del(order, "seq");
    json_object_set_new(order, "outcomes", outcomes);
    json_object_set_new(order, "documents", documents);
    json_object_set_new(order, "revisions", revisions);
    if (c->json)
        command_print_json(json_incref(order));
    else
        print_order(order);
    json_decref(order);
    return 0;
}

static int order_cancel(struct command_line *c)
{
    struct error e = {0};
    int64_t revision;
    int code = 0;
    json_t *order = find_order(c);
    if (!order)
        return 3;
    if (store_order_cancel(c->store, json_text(order, "plugin", ""), c->argv[0], &revision, &e) !=
        STATUS_OK)
        code = command_failed(&e);
    else if (c->json)
        command_print_json(json_pack("{s:s,s:I,s:b}", "id", c->argv[0], "revision",
                                     (json_int_t)revision, "cancelled", 1));
    else
        printf("cancelled with revision %lld\n", (long long)revision);
    json_decref(order);
    return code;
}

/* Queue a command about the order; member and value (taken over) may be NULL. */
static int order_command(struct command_line *c, const char *what, const char *member,
                         json_t *value)
{
    json_t *order = find_order(c);
    int code = 3;
    if (order) {
        json_t *with = json_object();
        json_set_text(with, "plugin", json_text(order, "plugin", ""));
        json_set_text(with, "order", c->argv[0]);
        if (member)
            json_object_set(with, member, value);
        char *text = json_dumps(with, JSON_COMPACT);
        code = command_queue(c, json_text(order, "endpoint", ""), what, text);
        free(text);
        json_decref(with);
    }
    json_decref(order);
    json_decref(value);
    return code;
}

static int order_retry(struct command_line *c)
{
    return order_command(c, "retry-order", NULL, NULL);
}

static int order_resolve(struct command_line *c)
{
    if (!c->exists_as == !c->does_not_exist || (c->exists_as && !*c->exists_as)) {
        fprintf(stderr, "endpoint-panel: say --exists-as DOCUMENT (such as \"ZK 12/2026\") or "
                        "--does-not-exist\n");
        return 2;
    }
    json_t *value = c->exists_as ? json_string(c->exists_as) : json_true();
    if (!value) {
        fprintf(stderr, "endpoint-panel: the document's number is not UTF-8\n");
        return 2;
    }
    return order_command(c, "resolve-order", c->exists_as ? "exists_as" : "does_not_exist", value);
}

static const struct args_option option_state = {
    "state", 0, "--state STATE", "new, waiting, done, rejected or in-doubt", COMMAND_TEXT(state)};
static const struct args_option option_exists_as = {"exists-as", 0, "--exists-as DOCUMENT",
                                                    "it is in the ERP, under this number",
                                                    COMMAND_TEXT(exists_as)};
static const struct args_option option_does_not_exist = {
    "does-not-exist", 0, "--does-not-exist", "it is not in the ERP", COMMAND_FLAG(does_not_exist)};

const struct command cmd_order[] = {
    {.words = "order add",
     .usage = "order add FILE|-",
     .line = "an order, or a list of them, for --plugin ID; JSON",
     .options = {&command_plugin_option},
     .min = 1,
     .max = 1,
     .run = order_add},
    {.words = "order list",
     .usage = "order list",
     .line = "the orders, newest last (--state S, -n N)",
     .options = {&command_plugin_option, &option_state, &command_limit_option},
     .run = order_list},
    {.words = "order show",
     .usage = "order show ID",
     .line = "an order with its outcomes",
     .options = {&command_plugin_option},
     .min = 1,
     .max = 1,
     .run = order_show},
    {.words = "order cancel",
     .usage = "order cancel ID",
     .line = "deliver it again, as cancelled",
     .options = {&command_plugin_option},
     .min = 1,
     .max = 1,
     .run = order_cancel},
    {.words = "order retry",
     .usage = "order retry ID",
     .line = "let the endpoint try it again",
     .options = {&command_plugin_option},
     .min = 1,
     .max = 1,
     .run = order_retry},
    {.words = "order resolve",
     .usage = "order resolve ID",
     .line = "--exists-as DOCUMENT or --does-not-exist",
     .options = {&command_plugin_option, &option_exists_as, &option_does_not_exist},
     .min = 1,
     .max = 1,
     .run = order_resolve},
    {0},
};
