#include "erp/access.h"

static enum status password(const void *user, char *text, size_t size, struct error *e)
{
    return config_secret(user, "erp.password", text, size, e);
}

struct session_options access_options(const struct config *c, const char *private_dir)
{
    return (struct session_options){
        .server = config_text(c, "erp.server"),
        .database = config_text(c, "erp.database"),
        .user = config_text(c, "erp.user"),
        .auth = config_text(c, "erp.auth"),
        .encryption = config_text(c, "erp.encryption"),
        .tls_verify = config_text(c, "erp.tls_verify"),
        .tls_ca = config_text(c, "erp.tls_ca"),
        .tls_pin = config_text(c, "erp.tls_pin"),
        .tls_host = config_text(c, "erp.tls_host"),
        .port = (int)config_integer(c, "erp.port"),
        .browser_port = (int)config_integer(c, "erp.browser_port"),
        .connect_timeout_ms = config_integer(c, "erp.connect_timeout"),
        .query_timeout_ms = config_integer(c, "erp.query_timeout"),
        .lock_timeout_ms = config_integer(c, "erp.lock_timeout"),
        .read_intent = config_flag(c, "erp.read_intent"),
        .snapshot = config_flag(c, "erp.snapshot"),
        .private_dir = private_dir,
        .password = password,
        .password_user = c,
    };
}

struct session_options access_primary(const struct config *c, const char *private_dir)
{
    struct session_options o = access_options(c, private_dir);
    o.read_intent = false;
    return o;
}
