/* The endpoints and how they are: who is silent, whose copy is held. */
#include "panel/cli/commands_endpoints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "panel/cli/commands.h"
#include "panel/store/contact.h"
#include "panel/store/starts.h"

static const char endpoints[] =
    "SELECT id,name,erp,version,platform,registered,last_seen,revoked,status FROM endpoints WHERE "
    "?1 IS NULL OR id=?1 ORDER BY registered";

static void print_field(const char *text, char end)
{
    command_print_text(text);
    putchar(end);
}

static void print_row(const json_t *row, enum contact_state state)
{
    static const char *const columns[] = {"id", "name", "erp", "last_seen"};
    const json_t *contact = json_object_get(row, "contact"), *twin = json_object_get(row, "twin");
    const char *remedy = json_text(contact, "remedy", "");
    bool revoked = json_number(row, "revoked", 0) != 0;
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        print_field(json_text(row, columns[i], "-"), '\t');
    printf("%d\t", revoked);
    if (revoked) {
        puts("[ -- ] revoked");
        return;
    }
    printf("%s ", contact_sign(state));
    print_field(json_text(contact, "text", ""), '\n');
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

/* "contact" and "twin" of an endpoint's row. */
static enum contact_state judge(struct command_line *c, json_t *row)
{
    int64_t now = clock_wall_ms();
    json_t *twin = starts_twin(c->store, json_text(row, "id", ""), now);
    if (twin)
        json_object_set_new(row, "twin", twin);
    return contact_add(c->store, row, now);
}

int endpoint_list(struct command_line *c)
{
    json_t *rows = NULL, *row;
    size_t i;
    const char *all = NULL;
    struct error e = {0};
    if (store_query(c->store, endpoints, &all, 1, &rows, &e) != STATUS_OK) {
        json_decref(rows);
        return command_failed(&e);
    }
    json_array_foreach (rows, i, row) {
        enum contact_state state = judge(c, row);
        json_object_del(row, "status");
        if (!c->json) {
            print_row(row, state);
            continue;
        }
        json_set_flag(row, "revoked", json_number(row, "revoked", 0) != 0);
        command_print_json(json_incref(row));
    }
    json_decref(rows);
    return 0;
}

static bool any_red(const json_t *list, const char *member)
{
    size_t i;
    const json_t *item;
    json_array_foreach (list, i, item)
        if (json_is_object(json_object_get(item, member)) ||
            text_equal(json_text(item, "result", ""), "fail"))
            return true;
    return false;
}

/* Does the endpoint itself say that something is red? */
static bool says_red(const json_t *status)
{
    return any_red(json_object_get(status, "plugins"), "error") ||
           any_red(json_object_get(status, "checks"), "error");
}

int endpoint_status(struct command_line *c)
{
    char *endpoint = command_endpoint(c, c->argc ? c->argv[0] : NULL);
    json_t *rows = NULL;
    const char *id = endpoint;
    struct error e = {0};
    if (!endpoint)
        return 3;
    enum status asked = store_query(c->store, endpoints, &id, 1, &rows, &e);
    free(endpoint);
    if (asked != STATUS_OK) {
        json_decref(rows);
        return command_failed(&e);
    }
    json_t *row = json_array_get(rows, 0);
    const char *text = json_text(row, "status", NULL);
    json_t *status = text ? json_parse(text, strlen(text), NULL) : NULL;
    enum contact_state state = judge(c, row);
    bool red = state == CONTACT_GONE || json_object_get(row, "twin") || says_red(status);
    if (!json_is_object(status)) { /* it has sent none yet */
        json_decref(status);
        status = json_object();
    }
    json_object_set(status, "contact", json_object_get(row, "contact"));
    json_set_text(json_object_get(status, "contact"), "last_seen",
                  json_text(row, "last_seen", NULL));
    if (json_object_get(row, "twin"))
        json_object_set(status, "twin", json_object_get(row, "twin"));
    command_print_json(status);
    if (state != CONTACT_OK)
        fprintf(stderr, "endpoint-panel: %s\n",
                json_text(json_object_get(row, "contact"), "text", ""));
    json_decref(rows);
    return red ? 1 : 0;
}

int endpoint_take_over(struct command_line *c)
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
