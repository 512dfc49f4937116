/* endpointctl key: a new identity key. */
#include "ctl/cmd_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/talk.h"
#include "link/identity.h"
#include "link/link.h"
#include "link/link_http.h"

static int run_key(struct ctl *c)
{
    int code;
    struct identity id;
    struct link link;
    struct error e = {0};
    struct http_options http;
    struct http_client *client = NULL;
    if (!text_equal(c->argv[0], "renew"))
        return ctl_usage(c, "endpointctl key renew");
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    const char *url = config_text(config, "panel.url");
    link_http_options(config, &http, NULL);
    enum status status = identity_load(c->paths.state_dir, &id, &e);
    if (status == STATUS_OK)
        status = http_client_open(&http, &client, &e);
    if (status == STATUS_OK) {
        link_init(&link, *url ? url : id.panel_url, &id);
        status = link_rotate(&link, c->paths.state_dir, client, &e);
        link_wipe(&link);
        identity_wipe(&id);
    }
    http_client_close(client);
    config_free(config);
    if (status != STATUS_OK)
        return ctl_failed(c, &e);
    talk_identity(c);
    if (c->json)
        ctl_print_json(json_pack("{s:b}", "ok", 1));
    else
        printf(_("The key is renewed; the old one expires within a day.\n"));
    return EXIT_GOOD;
}

const struct command cmd_key = {
    .name = "key",
    .usage = "key renew",
    .line = N_("a new identity key, agreed with the panel"),
    .words = "renew",
    .min = 1,
    .max = 1,
    .run = run_key,
};
