/* Registration tokens. */
#include "panel/cli/cmd_token.h"

#include <stdio.h>

#include "base/memory.h"
#include "base/text.h"
#include "panel/store/store_tokens.h"

/* How long a token, which is worth an identity, may be valid. */
#define TTL_LEAST_MS 60000
#define TTL_MOST_MS  INT64_C(604800000)

static int token_new(struct command_line *c)
{
    char token[STORE_TOKEN];
    int64_t ttl = 3600000;
    struct error e = {0};
    if (c->ttl && (!text_to_duration(c->ttl, &ttl) || ttl < TTL_LEAST_MS || ttl > TTL_MOST_MS)) {
        error_set(&e, STATUS_INVALID, "token_ttl",
                  "--ttl wants a time from 1m to 7d, such as 60m; not \"%.40s\"", c->ttl);
        command_failed(&e);
        return 2;
    }
    if (store_token_new(c->store, c->account, ttl, token, &e) != STATUS_OK)
        return command_failed(&e);
    if (c->json)
        command_print_json(json_pack("{s:s}", "token", token));
    else
        puts(token);
    mem_wipe(token, sizeof token);
    return 0;
}

static const struct args_option option_account = {
    "account", 0, "--account ACCOUNT", "its name or id; not needed when there is one only",
    COMMAND_TEXT(account)};
static const struct args_option option_ttl = {
    "ttl", 0, "--ttl TIME", "how long it is good: 1m to 7d (default 60m)", COMMAND_TEXT(ttl)};

const struct command cmd_token[] = {
    {.words = "token new",
     .usage = "token new [--account A]",
     .line = "a registration token, shown once (--ttl 60m)",
     .options = {&option_account, &option_ttl},
     .run = token_new},
    {0},
};
