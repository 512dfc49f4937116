#include "config/sealed.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "os/account.h"
#include "os/dir.h"
#include "os/file.h"
#include "os/path.h"

#define STORE_MAX  (1 << 20)
#define SECRET_MAX 8000 /* sealed_get has room for this much */

static enum status read_key(const char *path, uint8_t key[CRYPTO_KEY], bool credential,
                            struct error *e)
{
    struct file_look l;
    struct buf b;
    buf_init(&b, 4096);
    enum status status = file_read(path, &b, NULL, e);
    if (status != STATUS_OK)
        goto out;
    if (!credential && file_look(path, &l) && (l.mode & 077)) {
        status = error_set(e, STATUS_DENIED, "key_open", "%s can be read by others (mode %03o)",
                           path, l.mode & 0777);
        error_remedy(e,
                     "chmod 600 %s, then set the passwords again: somebody may have seen "
                     "them.",
                     path);
        goto out;
    }
    size_t length = CRYPTO_KEY;
    if (b.length == CRYPTO_KEY) {
        memcpy(key, b.data, CRYPTO_KEY);
    } else {
        text_trim(b.data ? b.data : (char[]){""});
        const char *text = buf_text(&b);
        if (!crypto_base64url_decode(text, strlen(text), key, &length) || length != CRYPTO_KEY)
            status = error_set(e, STATUS_INVALID, "key_form",
                               "%s is not a 32-byte key, raw or in base64url", path);
        if (status != STATUS_OK)
            error_remedy(e, "Restore it from a copy, or remove it and set the passwords again with "
                            "endpointctl config set.");
    }
out:
    mem_wipe(b.data, b.length);
    buf_free(&b);
    return status;
}

/* The key of the store; created if `create` is set and there is none. */
static enum status store_key(const char *state_dir, bool create, uint8_t key[CRYPTO_KEY],
                             struct error *e)
{
    char path[PATH_MAX];
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    /* Root, who seals for the service, reads the key from the place from which systemd passes it to
     * the service. */
    if (!credentials && account_is_root() && text_equal(state_dir, "/var/lib/endpoint"))
        credentials = "/etc/credstore";
    if (credentials && text_format(path, sizeof path, "%s/endpoint-key", credentials)) {
        enum status status = read_key(path, key, true, e);
        if (status != STATUS_NOT_FOUND)
            return status;
    }
    enum status status = path_join(path, sizeof path, state_dir, "secrets.key", e);
    if (status != STATUS_OK)
        return status;
    status = read_key(path, key, false, e);
    if (status != STATUS_NOT_FOUND || !create)
        return status;
    status = dir_ensure(state_dir, 0700, e);
    if (status != STATUS_OK)
        return status;
    crypto_random(key, CRYPTO_KEY);
    status = file_create(path, key, CRYPTO_KEY, 0600, e);
    return status == STATUS_EXISTS ? read_key(path, key, false, e) : status;
}

static enum status store_load(const char *state_dir, char *path, size_t size, json_t **store,
                              struct file_stamp *stamp, struct error *e)
{
    struct buf b;
    *store = NULL;
    enum status status = path_join(path, size, state_dir, "secrets.json", e);
    if (status != STATUS_OK)
        return status;
    buf_init(&b, STORE_MAX);
    status = file_read(path, &b, stamp, e);
    if (status == STATUS_OK) {
        *store = json_parse(buf_text(&b), b.length, e);
        if (!json_is_object(*store)) {
            json_decref(*store);
            *store = NULL;
            status = error_set(e, STATUS_INVALID, "secrets_form", "%s is damaged", path);
            error_remedy(e, "Move it away and set the passwords again with endpointctl config "
                            "set.");
        }
    } else if (status == STATUS_NOT_FOUND) {
        *store = json_object();
        status = STATUS_OK;
    }
    buf_free(&b);
    return status;
}

static enum status store_save(const char *path, const json_t *store, const struct file_stamp *stamp,
                              struct error *e)
{
    char *text = json_dumps(store, JSON_INDENT(1) | JSON_SORT_KEYS);
    if (!text)
        return error_set(e, STATUS_INTERNAL, "secrets_form", "the sealed store cannot be written");
    enum status status = file_replace(path, text, strlen(text), 0600, stamp, e);
    free(text);
    return status;
}

enum status sealed_put(const char *state_dir, const char *name, const char *secret, struct error *e)
{
    char path[PATH_MAX];
    uint8_t key[CRYPTO_KEY];
    json_t *store = NULL;
    struct file_stamp stamp;
    struct buf sealed, text;
    enum status status = store_key(state_dir, true, key, e);
    if (status != STATUS_OK)
        return status;
    status = store_load(state_dir, path, sizeof path, &store, &stamp, e);
    if (status == STATUS_OK) {
        buf_init(&sealed, 65536);
        buf_init(&text, 131072);
        crypto_seal(&sealed, key, secret, strlen(secret), name);
        if (!sealed.failed)
            crypto_base64url(&text, sealed.data, sealed.length);
        json_set_text(store, name, buf_text(&text));
        if (sealed.failed || strlen(secret) > SECRET_MAX)
            status = error_set(e, STATUS_INVALID, "secret_long",
                               "a secret may have at most %d bytes", SECRET_MAX);
        else
            status = store_save(path, store, &stamp, e);
        buf_free(&sealed);
        buf_free(&text);
    }
    mem_wipe(key, sizeof key);
    json_decref(store);
    return status;
}

enum status sealed_get(const char *state_dir, const char *name, char *target, size_t size,
                       struct error *e)
{
    char path[PATH_MAX];
    uint8_t key[CRYPTO_KEY], sealed[8192];
    size_t sealed_length = sizeof sealed;
    json_t *store = NULL;
    struct buf plain;
    buf_init(&plain, sizeof sealed);
    enum status status = store_load(state_dir, path, sizeof path, &store, NULL, e);
    if (status != STATUS_OK)
        return status;
    const char *text = json_text(store, name, NULL);
    if (!text) {
        status =
            error_set(e, STATUS_NOT_FOUND, "secret_missing", "the sealed store has no %s", name);
        error_remedy(e,
                     "Set it again with endpointctl config set %s, or restore %s from a "
                     "copy.",
                     name, path);
        goto out;
    }
    status = store_key(state_dir, false, key, e);
    if (status == STATUS_NOT_FOUND) {
        status = error_set(e, STATUS_DENIED, "key_missing", "the sealed store's key file is gone");
        error_remedy(e, "Set the passwords again with endpointctl config set.");
    }
    if (status != STATUS_OK)
        goto out;
    if (!crypto_base64url_decode(text, strlen(text), sealed, &sealed_length) ||
        !crypto_open(&plain, key, sealed, sealed_length, name) ||
        !text_copy(target, size, buf_text(&plain))) {
        status = error_set(e, STATUS_DENIED, "secret_damaged",
                           "the sealed %s cannot be opened with this key", name);
        error_remedy(e, "Set it again with endpointctl config set.");
    }
out:
    mem_wipe(key, sizeof key);
    mem_wipe(plain.data, plain.length);
    buf_free(&plain);
    json_decref(store);
    return status;
}

enum status sealed_remove(const char *state_dir, const char *name, struct error *e)
{
    char path[PATH_MAX];
    json_t *store = NULL;
    struct file_stamp stamp;
    enum status status = store_load(state_dir, path, sizeof path, &store, &stamp, e);
    if (status == STATUS_OK && json_object_del(store, name) == 0)
        status = store_save(path, store, &stamp, e);
    json_decref(store);
    return status;
}

enum status sealed_keep(const char *state_dir, struct buf *store, struct error *e)
{
    char path[PATH_MAX];
    enum status status = path_join(path, sizeof path, state_dir, "secrets.json", e);
    buf_init(store, STORE_MAX);
    if (status == STATUS_OK)
        status = file_read(path, store, NULL, e);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

enum status sealed_restore(const char *state_dir, const struct buf *store, struct error *e)
{
    char path[PATH_MAX];
    enum status status = path_join(path, sizeof path, state_dir, "secrets.json", e);
    if (status != STATUS_OK)
        return status;
    if (store->length)
        return file_replace(path, store->data, store->length, 0600, NULL, e);
    if (!file_remove(path) && errno != ENOENT)
        return error_errno(e, errno, "secrets_restore", "cannot remove %s", path);
    return STATUS_OK;
}
