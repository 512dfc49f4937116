/* store_commands.h – commands: what a person tells an endpoint's worker to do, and its answers. */
#ifndef ENDPOINT_PANEL_STORE_STORE_COMMANDS_H
#define ENDPOINT_PANEL_STORE_STORE_COMMANDS_H

#include <jansson.h>

#include "base/crypto.h"
#include "panel/store/store.h"

/* Queue a command for an endpoint: what ("run-now" …) with an object as JSON text. id: the
 * command's. It stays in the endpoint's configuration until it is answered. */
enum status store_command_add(struct store *s, const char *endpoint, const char *what,
                              const char *with, char id[CRYPTO_ID_TEXT], struct error *e);
/* Keep the endpoint's answer, an object. STATUS_NOT_FOUND (command_unknown): the command is not the
 * endpoint's. */
enum status store_command_answer(struct store *s, const char *endpoint, const char *id,
                                 const json_t *result, struct error *e);

/* {"id","what","with_json","created","answered","result"}: with_json is JSON as text; answered and
 * result are null until it is. NULL with STATUS_OK: there is no such command. */
enum status store_command_show(struct store *s, const char *id, json_t **command, struct error *e);
/* An array of {"id","do","with"} of those that an endpoint has not answered, oldest first. */
enum status store_commands_open(struct store *s, const char *endpoint, json_t **commands,
                                struct error *e);

#endif
