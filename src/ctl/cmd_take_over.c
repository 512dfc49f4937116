/* `take-over`: this machine continues as the endpoint, and the copy that runs elsewhere stops. */
#include "ctl/cmd_take_over.h"

#include <stdio.h>
#include <time.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/talk.h"
#include "os/clock.h"

#define TRIES    100 /* of a fifth of a second */
#define PAUSE_MS 200

/* Wait until the panel has answered; the panel's part of the status. NULL: the daemon went away. */
static json_t *wait_for_panel(struct ctl *c, struct error *e)
{
    json_t *panel = NULL;
    for (int i = 0; i < TRIES; i++) {
        json_t *s = talk_ask(c, json_pack("{s:s}", "do", "status"), e);
        if (!s)
            return NULL;
        json_decref(panel);
        panel = json_incref(json_object_get(s, "panel"));
        json_decref(s);
        if (!text_equal(json_text(panel, "state", ""), "held"))
            return panel;
        clock_sleep_ms(PAUSE_MS);
    }
    return panel;
}

static int run_take_over(struct ctl *c)
{
    struct error e = {0};
    json_t *answer = talk_ask(c, json_pack("{s:s}", "do", "take-over"), &e);
    if (answer && !json_flag(answer, "ok", false)) {
        int code = ctl_answer_error(c, answer);
        json_decref(answer);
        return code;
    }
    json_t *panel = answer ? wait_for_panel(c, &e) : NULL;
    json_decref(answer);
    if (!panel)
        return ctl_failed(c, &e);
    bool held = text_equal(json_text(panel, "state", ""), "held");
    json_decref(panel);
    if (held) {
        error_set(&e, STATUS_TIMEOUT, "take_over", "the panel has not answered yet");
        error_remedy(&e, "endpointd keeps asking; look at endpointctl status in a minute.");
        return ctl_failed(c, &e);
    }
    if (c->json)
        ctl_print_json(json_pack("{s:b}", "ok", 1));
    else
        printf(_("This machine continues as the endpoint. New orders are written once the other "
                 "one has stopped.\nStop endpointd there, or make it a separate endpoint: "
                 "endpointctl register --again\n"));
    return EXIT_GOOD;
}

const struct command cmd_take_over = {
    .name = "take-over",
    .usage = "take-over",
    .line = N_("continue here, not where a copy of this runs"),
    .run = run_take_over,
};
