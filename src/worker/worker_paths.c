#include "worker/worker_paths.h"

#include "base/json.h"
#include "base/text.h"
#include "config/path_check.h"
#include "config/settings.h"
#include "os/account.h"

#define PATHS_MAX 32

static json_t *look(const char *setting, const char *path)
{
    struct error e = {0};
    bool ok = path_check(path_use_of(setting), path, &e) == STATUS_OK;
    json_t *row = json_object();
    json_set_text(row, "setting", setting);
    json_set_text(row, "path", path);
    json_set_flag(row, "ok", ok);
    if (!ok)
        json_object_set_new(row, "error", json_from_error(&e));
    return row;
}

int worker_paths(struct worker *w)
{
    json_t *rows = json_array(), *path, *result = events_new("result");
    struct account user;
    const char *name;
    json_object_foreach (json_object_get(w->with, "paths"), name, path) {
        const struct setting *s = setting_find(name);
        if (s && s->type == SETTING_PATH && json_is_string(path) &&
            json_array_size(rows) < PATHS_MAX)
            json_array_append_new(rows, look(name, json_string_value(path)));
    }
    json_t *data = json_pack("{s:b,s:o}", "ok", 1, "paths", rows);
    json_set_text(data, "user", account_by_id(account_own_id(), &user) ? user.name : "");
    json_object_set_new(result, "data", data);
    events_send(&w->events, result);
    return 0;
}
