#include "panel/store/store_accounts.h"

#include "base/clock.h"
#include "os/clock.h"
#include "panel/store/store_sql.h"

enum status store_account_add(struct store *s, const char *name, char id[CRYPTO_ID_TEXT],
                              struct error *e)
{
    char now[CLOCK_TEXT];
    clock_format(now, clock_wall_ms());
    crypto_random_id(id);
    return store_run(s, "INSERT INTO accounts VALUES(?,?,?)", (const char *[]){id, name, now}, 3,
                     NULL, e);
}

enum status store_accounts_list(struct store *s, json_t **accounts, struct error *e)
{
    return store_list(s, "SELECT id,name,created FROM accounts ORDER BY created", NULL, 0, accounts,
                      e);
}
