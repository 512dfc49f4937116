/* Accounts. */
#include "panel/cli/cmd_account.h"

#include <stdio.h>
#include <string.h>

#include "panel/store/store_accounts.h"

/* Is it a name that people can read and distinguish? */
static bool name_ok(const char *name)
{
    bool blank = true;
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        if (*p < ' ' || *p == 0x7f)
            return false;
        blank &= *p == ' ';
    }
    return !blank && strlen(name) <= 200;
}

static int account_add(struct command_line *c)
{
    char id[CRYPTO_ID_TEXT];
    struct error e = {0};
    if (!name_ok(c->argv[0])) {
        error_set(&e, STATUS_INVALID, "account_name",
                  "an account wants a name: 1 to 200 bytes, no control characters");
        command_failed(&e);
        return 2;
    }
    if (store_account_add(c->store, c->argv[0], id, &e) != STATUS_OK)
        return command_failed(&e);
    if (c->json)
        command_print_json(json_pack("{s:s,s:s}", "id", id, "name", c->argv[0]));
    else
        puts(id);
    return 0;
}

static int account_list(struct command_line *c)
{
    json_t *accounts = NULL;
    struct error e = {0};
    enum status status = store_accounts_list(c->store, &accounts, &e);
    return command_print_rows(c, status, accounts, &e,
                              (const char *[]){"id", "name", "created", NULL});
}

const struct command cmd_account[] = {
    {.words = "account add",
     .usage = "account add NAME",
     .line = "make an account",
     .min = 1,
     .max = 1,
     .run = account_add},
    {.words = "account list", .usage = "account list", .line = "the accounts", .run = account_list},
    {0},
};
