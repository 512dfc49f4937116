/* How an endpoint is, as it says and as the panel sees it. */
#include "panel/cli/cmd_status.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "panel/cli/cmd_endpoint.h"
#include "panel/store/store_endpoints.h"

static int run_status(struct command_line *c)
{
    char *endpoint = command_endpoint(c, c->argc ? c->argv[0] : NULL);
    json_t *rows = NULL;
    struct error e = {0};
    if (!endpoint)
        return 3;
    enum status asked = store_endpoints_list(c->store, endpoint, &rows, &e);
    free(endpoint);
    if (asked != STATUS_OK)
        return command_failed(&e);
    json_t *row = json_array_get(rows, 0);
    enum contact_state state = cmd_endpoint_judge(c, row);
    json_t *status = json_incref(json_object_get(row, "said"));
    bool red = cmd_endpoint_result(row, state) == CHECK_FAIL || json_object_get(row, "twin");
    if (!status) /* it has sent none yet */
        status = json_object();
    json_set_text(status, "result", check_word(red ? CHECK_FAIL : cmd_endpoint_result(row, state)));
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

const struct command cmd_status[] = {
    {.words = "status",
     .usage = "status [ENDPOINT]",
     .line = "the last status that it sent, JSON; 1 when red or not heard",
     .max = 1,
     .run = run_status},
    {0},
};
