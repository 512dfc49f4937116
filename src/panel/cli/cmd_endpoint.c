/* The endpoints and how they are doing: who is silent, whose copy is held. */
#include "panel/cli/cmd_endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "check/judge.h"
#include "os/clock.h"
#include "panel/store/contact.h"
#include "panel/store/starts.h"
#include "panel/store/store_endpoints.h"

static const struct {
    const char *title, *member;
} columns[] = {
    {"ID", "id"}, {"NAME", "name"}, {"ACCOUNT", "account"}, {"ERP", "erp"}, {"HEARD", "last_seen"}};

static void print_field(const char *text, char end)
{
    command_print_text(text);
    putchar(end);
}

static void print_header(void)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        printf("%s\t", columns[i].title);
    puts("STATE");
}

enum check_result cmd_endpoint_result(const json_t *row, enum contact_state state)
{
    static const enum check_result results[] = {[CONTACT_OK] = CHECK_OK,
                                                [CONTACT_NEVER] = CHECK_WAIT,
                                                [CONTACT_SILENT] = CHECK_WAIT,
                                                [CONTACT_GONE] = CHECK_FAIL,
                                                [CONTACT_UNKNOWN] = CHECK_WAIT};
    const json_t *said = json_object_get(row, "said");
    return json_is_object(said) ? judge_worse(results[state], judge_status(said)) : results[state];
}

static void print_row(const json_t *row, enum contact_state state)
{
    const json_t *contact = json_object_get(row, "contact"), *twin = json_object_get(row, "twin");
    const char *remedy = json_text(contact, "remedy", "");
    enum check_result result = cmd_endpoint_result(row, state);
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        if (text_equal(columns[i].member, "last_seen"))
            command_print_time(json_text(row, columns[i].member, "-"));
        else
            command_print_text(json_text(row, columns[i].member, "-"));
        putchar('\t');
    }
    if (json_flag(row, "revoked", false)) {
        puts("[ -- ] revoked");
        return;
    }
    printf("%s ", check_sign(result));
    print_field(json_text(contact, "text", ""), '\n');
    if (result == CHECK_FAIL && state != CONTACT_GONE)
        printf("       > It says itself that something is red: endpoint-panel status %s\n",
               json_text(row, "id", ""));
    if (*remedy)
        printf("       > %s\n", remedy);
    if (!twin)
        return;
    fputs("[FAIL] a copy of it is held, on ", stdout);
    print_field(json_text(twin, "host", "?"), '\n');
    printf(
        "       > Stop the copy, or let it go on instead: endpoint-panel endpoint take-over %s\n",
        json_text(row, "id", ""));
}

enum contact_state cmd_endpoint_judge(struct command_line *c, json_t *row)
{
    int64_t now = clock_wall_ms();
    json_t *twin = starts_twin(c->store, json_text(row, "id", ""), now);
    if (twin)
        json_object_set_new(row, "twin", twin);
    return contact_add(c->store, row, now);
}

static int endpoint_list(struct command_line *c)
{
    json_t *rows = NULL, *row;
    size_t i;
    struct error e = {0};
    if (store_endpoints_list(c->store, NULL, &rows, &e) != STATUS_OK)
        return command_failed(&e);
    if (!c->json && json_array_size(rows))
        print_header();
    json_array_foreach (rows, i, row) {
        enum contact_state state = cmd_endpoint_judge(c, row);
        if (!c->json) {
            print_row(row, state);
            continue;
        }
        json_set_text(row, "result", check_word(cmd_endpoint_result(row, state)));
        json_object_del(row, "said");
        command_print_json(json_incref(row));
    }
    json_decref(rows);
    return 0;
}

static int endpoint_take_over(struct command_line *c)
{
    char *endpoint = command_endpoint(c, c->argv[0]);
    struct error e = {0};
    if (!endpoint)
        return 3;
    enum status status = starts_let(c->store, endpoint, &e);
    if (status == STATUS_OK && c->json)
        command_print_json(json_pack("{s:b,s:s}", "ok", 1, "id", endpoint));
    else if (status == STATUS_OK)
        printf("the copy goes on within %d s; the one that runs now is stopped\n", STARTS_HELD_S);
    free(endpoint);
    return status == STATUS_OK ? 0 : command_failed(&e);
}

static int endpoint_revoke(struct command_line *c)
{
    struct error e = {0};
    char *endpoint = command_endpoint(c, c->argv[0]);
    if (!endpoint)
        return 3;
    enum status status = store_endpoint_revoke(c->store, endpoint, &e);
    int code = status == STATUS_OK ? command_done(c, endpoint) : command_failed(&e);
    free(endpoint);
    return code;
}

const struct command cmd_endpoint[] = {
    {.words = "endpoint list",
     .usage = "endpoint list",
     .line = "the endpoints that registered, and who is silent",
     .run = endpoint_list},
    {.words = "endpoint take-over",
     .usage = "endpoint take-over ID",
     .line = "let its held copy go on in its place",
     .min = 1,
     .max = 1,
     .run = endpoint_take_over},
    {.words = "endpoint revoke",
     .usage = "endpoint revoke ID",
     .line = "refuse an endpoint from now on",
     .min = 1,
     .max = 1,
     .run = endpoint_revoke},
    {0},
};
