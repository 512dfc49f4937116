#include "ctl/redact.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/sealed.h"
#include "config/settings.h"
#include "link/identity.h"
#include "link/link.h"
#include "os/file.h"
#include "os/path.h"

#define SHORTEST 3 /* shorter ones would black out half of every text and protect nothing */

struct redact {
    char **words;
    size_t count;
};

static void add(struct redact *r, const char *word)
{
    if (text_empty(word) || strlen(word) < SHORTEST)
        return;
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->words[i], word) == 0)
            return;
    r->words = mem_resize(r->words, r->count + 1, sizeof *r->words);
    r->words[r->count++] = mem_string(word);
}

/* The word as JSON writes it, without the quotes. */
static void add_json(struct redact *r, const char *word, size_t flags)
{
    json_t *value = json_string_nocheck(word);
    char *text = json_dumps(value, JSON_ENCODE_ANY | flags);
    if (text && strlen(text) > 2) {
        text[strlen(text) - 1] = '\0';
        add(r, text + 1);
    }
    mem_free_secret(text);
    json_decref(value);
}

static void add_percent(struct redact *r, const char *word, bool upper)
{
    struct buf b;
    buf_init(&b, 8192);
    for (const unsigned char *p = (const unsigned char *)word; *p; p++) {
        if ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
            strchr("-_.~", *p))
            buf_add_byte(&b, *p);
        else
            buf_printf(&b, upper ? "%%%02X" : "%%%02x", *p);
    }
    add(r, buf_text(&b));
    mem_wipe(b.data, b.length);
    buf_free(&b);
}

void redact_secret(struct redact *r, const char *secret)
{
    struct buf shown;
    if (text_empty(secret))
        return;
    add(r, secret);
    if (text_is_utf8(secret, strlen(secret))) {
        add_json(r, secret, 0);
        add_json(r, secret, JSON_ENSURE_ASCII);
    }
    add_percent(r, secret, true);
    add_percent(r, secret, false);
    buf_init(&shown, 65536);
    text_printable(&shown, secret, strlen(secret)); /* as the log would show it */
    add(r, buf_text(&shown));
    mem_wipe(shown.data, shown.length);
    buf_free(&shown);
}

static void add_bytes(struct redact *r, const uint8_t *key)
{
    struct buf b;
    char hex[2 * CRYPTO_KEY + 1];
    buf_init(&b, 256);
    crypto_base64url(&b, key, CRYPTO_KEY);
    add(r, buf_text(&b));
    crypto_hex(hex, key, CRYPTO_KEY);
    add(r, hex);
    mem_wipe(b.data, b.length);
    mem_wipe(hex, sizeof hex);
    buf_free(&b);
}

static void add_identity(struct redact *r, const char *state_dir)
{
    static const uint8_t none[CRYPTO_KEY];
    struct identity id;
    if (identity_load(state_dir, &id, NULL) == STATUS_OK) {
        add_bytes(r, id.seed);
        if (memcmp(id.pending_seed, none, sizeof none) != 0)
            add_bytes(r, id.pending_seed);
    }
    identity_wipe(&id);
}

static void add_store_key(struct redact *r, const char *state_dir)
{
    char path[PATH_MAX];
    struct buf b;
    buf_init(&b, 4096);
    if (path_join(path, sizeof path, state_dir, "secrets.key", NULL) == STATUS_OK &&
        file_read(path, &b, NULL, NULL) == STATUS_OK) {
        if (b.length == CRYPTO_KEY)
            add_bytes(r, (const uint8_t *)b.data);
        else
            add(r, text_trim(b.data));
    }
    mem_wipe(b.data, b.length);
    buf_free(&b);
}

struct redact *redact_open(const struct paths *p, const struct config *config)
{
    struct redact *r = mem_alloc(sizeof *r);
    const struct setting *s;
    char secret[2048];
    for (size_t i = 0; (s = setting_at(i)) != NULL; i++) {
        if (s->type != SETTING_SECRET)
            continue;
        if (config && config_secret(config, s->path, secret, sizeof secret, NULL) == STATUS_OK)
            redact_secret(r, secret);
        if (sealed_get(p->state_dir, s->path, secret, sizeof secret, NULL) == STATUS_OK)
            redact_secret(r, secret);
    }
    mem_wipe(secret, sizeof secret);
    add_identity(r, p->state_dir);
    add_store_key(r, p->state_dir);
    return r;
}

void redact_close(struct redact *r)
{
    for (size_t i = 0; r && i < r->count; i++)
        mem_free_secret(r->words[i]);
    if (r)
        free(r->words);
    free(r);
}

/* The length of "user:password@" at text (just after "://"); 0: there is none. */
static size_t user_part(const char *text, size_t left)
{
    for (size_t i = 0; i < left && i < 512; i++) {
        if (text[i] == '@')
            return i + 1;
        if (strchr(" \t\r\n/\"'<>", text[i]))
            return 0;
    }
    return 0;
}

/* The longest known secret at text; 0: none. */
static size_t secret_at(const struct redact *r, const char *text, size_t left)
{
    size_t longest = 0;
    for (size_t i = 0; i < r->count; i++) {
        size_t length = strlen(r->words[i]);
        if (length > longest && length <= left && memcmp(r->words[i], text, length) == 0)
            longest = length;
    }
    return longest;
}

void redact_text(const struct redact *r, const char *text, size_t length, struct buf *out)
{
    for (size_t i = 0; i < length;) {
        size_t known = secret_at(r, text + i, length - i), user = 0;
        if (!known && i >= 3 && memcmp(text + i - 3, "://", 3) == 0)
            user = user_part(text + i, length - i);
        if (known)
            buf_add_text(out, "***");
        else if (user)
            buf_add_text(out, "***@");
        else
            buf_add_byte(out, text[i]);
        i += known ? known : user ? user : 1;
    }
}

static bool secret_name(const char *name)
{
    static const char *const parts[] = {"password", "passwd",       "secret",    "token",
                                        "api_key",  "apikey",       "private",   "bearer",
                                        "auth",     "consumer_key", "credential"};
    char lower[128];
    size_t i = 0;
    for (; name[i] && i < sizeof lower - 1; i++)
        lower[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] + 32 : name[i]);
    lower[i] = '\0';
    for (size_t n = 0; n < COUNT_OF(parts); n++)
        if (strstr(lower, parts[n]))
            return true;
    return text_equal(lower, "key") || text_equal(lower, "pass");
}

void redact_members(json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    void *next;
    json_array_foreach (value, i, member)
        redact_members(member);
    json_object_foreach_safe(value, next, name, member)
    {
        if (secret_name(name) && json_is_string(member))
            json_object_set_new(value, name, json_string("***"));
        else
            redact_members(member);
    }
}
