/* Commands for endpoints. */
#include "panel/cli/cmd_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "panel/store/store_commands.h"

static int command_add(struct command_line *c)
{
    static const char *const words[] = {"run-now", "simulate",    "lookup",
                                        "test",    "retry-order", "resolve-order"};
    const char *with = c->argc > 2 ? c->argv[2] : "{}";
    size_t i = 0;
    json_t *object = json_parse(with, strlen(with), NULL);
    bool is_object = json_is_object(object);
    json_decref(object);
    while (i < COUNT_OF(words) && !text_equal(words[i], c->argv[1]))
        i++;
    if (i == COUNT_OF(words) || !is_object) {
        fprintf(stderr, "endpoint-panel: a command is run-now, simulate, lookup, test, retry-order "
                        "or resolve-order, "
                        "with a JSON object\n");
        return 2;
    }
    char *endpoint = command_endpoint(c, c->argv[0]);
    int code = endpoint ? command_queue(c, endpoint, c->argv[1], with) : 3;
    free(endpoint);
    return code;
}

static int command_show(struct command_line *c)
{
    json_t *command = NULL;
    struct error e = {0};
    if (store_command_show(c->store, c->argv[0], &command, &e) != STATUS_OK)
        return command_failed(&e);
    if (!command)
        return command_missing(c, "command", c->argv[0]);
    command_print_json(command);
    return 0;
}

const struct command cmd_command[] = {
    {.words = "command add",
     .usage = "command add ENDPOINT DO",
     .line = "queue run-now, simulate, lookup, test … [JSON]",
     .min = 2,
     .max = 3,
     .run = command_add},
    {.words = "command show",
     .usage = "command show ID",
     .line = "a command and its result, JSON",
     .min = 1,
     .max = 1,
     .run = command_show},
    {0},
};
