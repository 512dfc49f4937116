#include "link/identity.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "link/link.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

static enum status path_of(const char *state_dir, char *path, size_t size, struct error *e)
{
    return path_join(path, size, state_dir, "identity.json", e);
}

static bool take_key(const json_t *object, const char *name, uint8_t key[CRYPTO_KEY])
{
    const char *text = json_text(object, name, "");
    size_t length = CRYPTO_KEY;
    return crypto_base64url_decode(text, strlen(text), key, &length) && length == CRYPTO_KEY;
}

static bool take(struct identity *id, const json_t *object)
{
    memset(id, 0, sizeof *id);
    text_copy(id->endpoint_id, sizeof id->endpoint_id, json_text(object, "endpoint_id", ""));
    text_copy(id->account_id, sizeof id->account_id, json_text(object, "account_id", ""));
    text_copy(id->account_name, sizeof id->account_name, json_text(object, "account_name", ""));
    text_copy(id->panel_url, sizeof id->panel_url, json_text(object, "panel_url", ""));
    id->registered_ms = json_number(object, "registered_ms", 0);
    id->has_pending = take_key(object, "pending_private_key", id->pending_seed);
    return take_key(object, "private_key", id->seed) &&
           crypto_ed25519_public(id->seed, id->public_key);
}

enum status identity_load(const char *state_dir, struct identity *id, struct error *e)
{
    char path[PATH_MAX];
    struct file_look l;
    struct buf b;
    memset(id, 0, sizeof *id);
    enum status status = path_of(state_dir, path, sizeof path, e);
    if (status != STATUS_OK)
        return status;
    buf_init(&b, 65536);
    status = file_read(path, &b, NULL, e);
    if (status == STATUS_NOT_FOUND) {
        error_set(e, STATUS_NOT_FOUND, "not_registered", "this endpoint is not registered yet");
        error_remedy(e, "Get a token from the panel, then: endpointctl register");
    } else if (status == STATUS_OK && file_look(path, &l) && (l.mode & 077)) {
        status = error_set(e, STATUS_DENIED, "identity_open",
                           "%s can be read by others (mode %03o)", path, l.mode & 0777);
        error_remedy(e, "chmod 600 %s; if others may have read it, register again.", path);
    } else if (status == STATUS_OK) {
        json_t *object = json_parse(buf_text(&b), b.length, NULL);
        if (!object || !take(id, object)) {
            status = error_set(e, STATUS_INVALID, "identity_damaged", "%s is damaged", path);
            error_remedy(e, "Restore it from a copy, or remove it and register again.");
        }
        json_decref(object);
    }
    mem_wipe(b.data, b.length);
    buf_free(&b);
    return status;
}

static void set_key(json_t *object, const char *name, const uint8_t key[CRYPTO_KEY])
{
    struct buf b;
    buf_init(&b, 128);
    crypto_base64url(&b, key, CRYPTO_KEY);
    json_set_text(object, name, buf_text(&b));
    mem_wipe(b.data, b.length);
    buf_free(&b);
}

static char *render(const struct identity *id)
{
    json_t *object = json_object();
    json_set_text(object, "endpoint_id", id->endpoint_id);
    json_set_text(object, "account_id", id->account_id);
    json_set_text(object, "account_name", id->account_name);
    json_set_text(object, "panel_url", id->panel_url);
    json_set_number(object, "registered_ms", id->registered_ms);
    set_key(object, "private_key", id->seed);
    if (id->has_pending)
        set_key(object, "pending_private_key", id->pending_seed);
    char *text = json_dumps(object, JSON_INDENT(1));
    json_decref(object);
    return text;
}

enum status identity_save(const char *state_dir, const struct identity *id, struct error *e)
{
    char path[PATH_MAX];
    enum status status = path_of(state_dir, path, sizeof path, e);
    char *text = status == STATUS_OK ? render(id) : NULL;
    if (text)
        status = file_replace(path, text, strlen(text), 0600, NULL, e);
    mem_free_secret(text);
    return status;
}

enum status identity_prepare(const char *state_dir, const char *panel_url, struct identity *id,
                             struct error *e)
{
    char path[PATH_MAX];
    enum status status = identity_load(state_dir, id, e);
    if (status == STATUS_OK && !id->endpoint_id[0] && !text_equal(id->panel_url, panel_url)) {
        /* The key was made for another panel's reply: nobody knows it, so make a new one. */
        crypto_ed25519_generate(id->seed, id->public_key);
        text_copy(id->panel_url, sizeof id->panel_url, panel_url);
        return identity_save(state_dir, id, e);
    }
    if (status != STATUS_NOT_FOUND)
        return status;
    status = dir_ensure(state_dir, 0700, e);
    if (status != STATUS_OK)
        return status;
    memset(id, 0, sizeof *id);
    crypto_ed25519_generate(id->seed, id->public_key);
    text_copy(id->panel_url, sizeof id->panel_url, panel_url);
    status = path_of(state_dir, path, sizeof path, e);
    char *text = render(id);
    if (status == STATUS_OK)
        status = file_create(path, text, strlen(text), 0600, e);
    mem_free_secret(text);
    return status;
}

void identity_wipe(struct identity *id)
{
    mem_wipe(id->seed, sizeof id->seed);
    mem_wipe(id->pending_seed, sizeof id->pending_seed);
}
