/* Settings as typed on somebody's screen and not saved yet, to be tried out. They come through a
 * file or a pipe, never as arguments, because passwords are among them. */
#include "ctl/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/sealed.h"
#include "config/settings.h"
#include "ctl/ctl.h"
#include "os/fd.h"
#include "os/file.h"

#define VALUES_MAX (1 << 18)

static json_t *read_values(struct ctl *c)
{
    struct buf b;
    struct error e = {0};
    json_t *values = NULL;
    buf_init(&b, VALUES_MAX);
    if (strcmp(c->values, "-") != 0) {
        if (file_read(c->values, &b, NULL, &e) != STATUS_OK)
            goto out;
    } else {
        char chunk[4096];
        ptrdiff_t n;
        while ((n = fd_read(FD_INPUT, chunk, sizeof chunk)) > 0)
            buf_add(&b, chunk, (size_t)n);
        mem_wipe(chunk, sizeof chunk);
    }
    values = b.failed ? NULL : json_parse(buf_text(&b), b.length, &e);
    if (!json_is_object(values)) {
        json_decref(values);
        values = NULL;
        if (!e.text[0])
            error_set(&e, STATUS_INVALID, "values", "--values wants a JSON object of settings");
    }
out:
    if (b.data)
        mem_wipe(b.data, b.length);
    buf_free(&b);
    if (!values)
        ctl_failed(c, &e);
    return values;
}

/* A secret that was not typed on the screen is taken from the sealed store. */
static void add_secrets(struct ctl *c, const struct config *config, json_t *all)
{
    for (size_t i = 0; setting_at(i); i++) {
        const struct setting *s = setting_at(i);
        char secret[512];
        if (s->type != SETTING_SECRET)
            continue;
        if (config_secret(config, s->path, secret, sizeof secret, NULL) != STATUS_OK ||
            (!secret[0] &&
             sealed_get(c->paths.state_dir, s->path, secret, sizeof secret, NULL) != STATUS_OK))
            secret[0] = '\0';
        json_set_text(all, s->path, secret);
        mem_wipe(secret, sizeof secret);
    }
}

struct config *values_config(struct ctl *c, json_t **values, int *code)
{
    struct config *saved = NULL, *config = NULL;
    struct error e = {0};
    json_t *all = NULL, *value, *typed;
    const char *key;
    if (values)
        *values = NULL;
    if (!c->values)
        return ctl_config_load(c, code);
    typed = read_values(c);
    if (!typed) {
        *code = EXIT_USAGE;
        return NULL;
    }
    config_load_anyway(&c->paths, &saved, NULL, NULL, NULL);
    config_to_json(saved, false, &all, NULL);
    add_secrets(c, saved, all);
    json_object_foreach (typed, key, value)
        if (setting_find(key) && json_is_string(value))
            json_object_set(all, key, value);
    enum status status = config_from_json(all, &config, &e);
    if (status != STATUS_OK) {
        *code = ctl_failed(c, &e);
        if (status == STATUS_INVALID)
            *code = EXIT_USAGE;
    }
    json_decref(all);
    config_free(saved);
    if (values && config)
        *values = typed;
    else
        json_decref(typed);
    return config;
}
