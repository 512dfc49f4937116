/* What happened at endpoints. */
#include "panel/cli/cmd_journal.h"

#include "panel/store/store_journal.h"

static int journal(struct command_line *c)
{
    json_t *entries = NULL;
    struct error e = {0};
    if (!command_endpoint_known(c))
        return 3;
    enum status status =
        store_journal_list(c->store, c->endpoint, c->lines ? c->lines : 50, &entries, &e);
    return command_print_rows(c, status, entries, &e,
                              (const char *[]){"at", "level", "plugin", "text", NULL});
}

const struct command cmd_journal[] = {
    {.words = "journal",
     .usage = "journal [-n N]",
     .line = "what happened, newest last",
     .options = {&command_endpoint_option, &command_limit_option},
     .run = journal},
    {0},
};
