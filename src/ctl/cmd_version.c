/* endpointctl version. */
#include "ctl/cmd_version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/version.h"
#include "ctl/ctl.h"

static int run_version(struct ctl *c)
{
    if (c->json)
        ctl_print_json(json_pack("{s:s}", "version", ENDPOINT_VERSION));
    else
        puts("endpointctl " ENDPOINT_VERSION);
    return EXIT_GOOD;
}

const struct command cmd_version = {
    .name = "version",
    .usage = "version",
    .line = N_("which version this is"),
    .run = run_version,
};
