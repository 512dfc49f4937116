/* endpointctl unregister: give up our identity at the panel. */
#include "ctl/cmd_unregister.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "ctl/talk.h"
#include "link/identity.h"
#include "link/link.h"

/* The endpoint's id must be given as confirmation, unless --yes. */
static int run_unregister(struct ctl *c)
{
    struct identity id;
    struct error e = {0};
    char grouped[ID_TEXT];
    char path[700];
    if (identity_load(c->paths.state_dir, &id, &e) != STATUS_OK)
        return ctl_failed(c, &e);
    bool confirmed = c->yes || (c->argc && id_meant(c->argv[0], id.endpoint_id));
    if (!confirmed) {
        error_set(&e, STATUS_INVALID, "confirm",
                  "this forgets the identity of %s, and its plugins stop", id.endpoint_id);
        error_remedy(&e, "To do it: endpointctl unregister %s", id.endpoint_id);
        identity_wipe(&id);
        ctl_failed(c, &e);
        return EXIT_CONFIRM;
    }
    text_format(path, sizeof path, "%s/identity.json", c->paths.state_dir);
    if (!file_remove(path)) {
        identity_wipe(&id);
        error_errno(&e, errno, "unregister", "%s could not be removed", path);
        return ctl_failed(c, &e);
    }
    text_format(path, sizeof path, "%s/config-cache.json", c->paths.state_dir);
    file_remove(path);
    talk_identity(c);
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:s}", "ok", 1, "endpoint_id", id.endpoint_id));
    else
        printf(_("%s is forgotten here. Also revoke it in the panel.\n"),
               id_grouped(grouped, id.endpoint_id));
    identity_wipe(&id);
    return EXIT_GOOD;
}

const struct command cmd_unregister = {
    .name = "unregister",
    .usage = "unregister [ENDPOINT-ID | --yes]",
    .line = N_("forget the identity that the panel gave"),
    .options = {&options_yes},
    .max = 1,
    .run = run_unregister,
};
