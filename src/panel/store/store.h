/* store.h – opens and closes the panel's data. The operations are declared by subject:
 *
 *   store_accounts.h   accounts                        store_orders.h   orders and their outcomes
 *   store_tokens.h     registration                    store_rows.h     what the streams carried
 *   store_endpoints.h  endpoints and their keys        store_journal.h  what endpoints reported
 *   store_plugins.h    plugins                         starts.h         which start speaks
 *   store_commands.h   commands for endpoints          contact.h        who is still there
 *   store_config.h     what an endpoint is told        notes.h          what the panel reports
 *   store_notice.h     word of changes
 *
 * No caller sees the database behind it: one SQLite file now, DATA/panel.db (0600), which the server
 * and the command line open at the same time. Results are structs, or JSON objects with the members
 * that the function names; those are the caller's to json_decref, and NULL after a failure.
 *
 * Errors of all functions: STATUS_BUSY (another writes for too long), STATUS_FULL (no room),
 * STATUS_IO (all else that goes wrong with the data); those of one function stand at it.
 *
 * One thread at a time may use a store; threads open one each.
 */
#ifndef ENDPOINT_PANEL_STORE_STORE_H
#define ENDPOINT_PANEL_STORE_STORE_H

#include "base/error.h"

struct store;

/* data_dir is created (0700) if missing; a store of an older version is upgraded. */
enum status store_open(const char *data_dir, struct store **s, struct error *e);
void store_close(struct store *s);

#endif
