/* store_accounts.h – accounts: whose endpoints they are. */
#ifndef ENDPOINT_PANEL_STORE_STORE_ACCOUNTS_H
#define ENDPOINT_PANEL_STORE_STORE_ACCOUNTS_H

#include <jansson.h>

#include "base/crypto.h"
#include "panel/store/store.h"

/* Add an account; id: the account's. Two accounts may have the same name. */
enum status store_account_add(struct store *s, const char *name, char id[CRYPTO_ID_TEXT],
                              struct error *e);

/* An array of {"id","name","created"}, oldest first. */
enum status store_accounts_list(struct store *s, json_t **accounts, struct error *e);

#endif
