#include "link/link_http.h"

#include "base/text.h"
#include "base/version.h"

#define CONNECT_MS 10000

enum status link_http_options(const struct config *c, struct http_options *o, struct error *e)
{
    *o = (struct http_options){.connect_timeout_ms = CONNECT_MS};
    text_copy(o->ca_file, sizeof o->ca_file, config_text(c, "panel.ca"));
    text_copy(o->proxy, sizeof o->proxy, config_text(c, "panel.proxy"));
    text_copy(o->proxy_user, sizeof o->proxy_user, config_text(c, "panel.proxy_user"));
    text_copy(o->user_agent, sizeof o->user_agent, "endpoint/" ENDPOINT_VERSION);
    return config_secret(c, "panel.proxy_password", o->proxy_password, sizeof o->proxy_password, e);
}
