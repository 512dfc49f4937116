#include "panel/store/store_commands.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "os/clock.h"
#include "panel/store/store_endpoints.h"
#include "panel/store/store_sql.h"

enum status store_command_add(struct store *s, const char *endpoint, const char *what,
                              const char *with, char id[CRYPTO_ID_TEXT], struct error *e)
{
    char now[CLOCK_TEXT];
    clock_format(now, clock_wall_ms());
    crypto_random_id(id);
    enum status status = store_begin(s, e);
    if (status != STATUS_OK)
        return status;
    status = store_run(
        s, "INSERT INTO commands(id,endpoint_id,what,with_json,created) VALUES(?,?,?,?,?)",
        (const char *[]){id, endpoint, what, with, now}, 5, NULL, e);
    if (status == STATUS_OK)
        status = store_rev_raise(s, endpoint, e);
    return store_end(s, status, e);
}

enum status store_command_answer(struct store *s, const char *endpoint, const char *id,
                                 const json_t *result, struct error *e)
{
    char now[CLOCK_TEXT];
    int changed = 0;
    char *text = json_dumps(result, JSON_COMPACT);
    clock_format(now, clock_wall_ms());
    enum status status =
        store_run(s, "UPDATE commands SET result=?,answered=? WHERE id=? AND endpoint_id=?",
                  (const char *[]){text, now, id, endpoint}, 4, &changed, e);
    free(text);
    if (status == STATUS_OK && !changed)
        status = error_set(e, STATUS_NOT_FOUND, "command_unknown", "there is no such command");
    return status;
}

enum status store_command_show(struct store *s, const char *id, json_t **command, struct error *e)
{
    enum status status;
    *command =
        store_first(s, "SELECT id,what,with_json,created,answered,result FROM commands WHERE id=?",
                    &id, 1, &status, e);
    if (*command)
        json_object_set_new(*command, "result", store_parsed(*command, "result"));
    return status;
}

enum status store_commands_open(struct store *s, const char *endpoint, json_t **commands,
                                struct error *e)
{
    json_t *rows = NULL, *row;
    size_t i;
    *commands = NULL;
    enum status status = store_list(
        s,
        "SELECT id,what,with_json FROM commands WHERE endpoint_id=? AND result IS NULL ORDER BY "
        "created,rowid",
        &endpoint, 1, &rows, e);
    if (status != STATUS_OK)
        return status;
    *commands = json_array();
    json_array_foreach (rows, i, row) {
        json_t *command = json_object();
        json_set_text(command, "id", json_text(row, "id", ""));
        json_set_text(command, "do", json_text(row, "what", ""));
        json_object_set_new(command, "with", store_parsed(row, "with_json"));
        json_array_append_new(*commands, command);
    }
    json_decref(rows);
    return STATUS_OK;
}
