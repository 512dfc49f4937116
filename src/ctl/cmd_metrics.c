/* endpointctl metrics: numbers for Prometheus. */
#include "ctl/cmd_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/talk.h"

static int run_metrics(struct ctl *c)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "metrics"), &e);
    if (!answer)
        return ctl_failed(c, &e);
    if (c->json)
        ctl_print_json(json_pack("{s:b,s:s}", "ok", 1, "text", json_text(answer, "text", "")));
    else
        fputs(json_text(answer, "text", ""), stdout);
    json_decref(answer);
    return EXIT_GOOD;
}

const struct command cmd_metrics = {
    .name = "metrics",
    .usage = "metrics",
    .line = N_("numbers for Prometheus"),
    .run = run_metrics,
};
