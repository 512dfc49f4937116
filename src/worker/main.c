/* endpoint-worker: one plugin; started by endpointd, which talks to it on descriptors 3 and 4. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "os/fd.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/private.h"
#include "os/stop.h"
#include "worker/run.h"
#include "worker/watch.h"
#include "worker/worker.h"
#include "worker/worker_paths.h"
#include "worker/worker_shop.h"

enum { CONFIG_FD = 3, EVENT_FD = 4 };

static int run_mode(struct worker *w)
{
    static const struct {
        const char *mode;
        int (*run)(struct worker *);
    } modes[] = {{"run", run_plugin},
                 {"simulate", worker_simulate},
                 {"lookup", worker_lookup},
                 {"paths", worker_paths},
                 {"test", worker_test},
                 {"channel-test", worker_shop_test},
                 {"channel-lookup", worker_shop_lookup}};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
        if (text_equal(modes[i].mode, w->mode))
            return modes[i].run(w);
    log_error("there is no mode \"%s\"", w->mode);
    return 2;
}

/* Report a configuration that cannot work to the daemon before the worker exits. */
static int refuse(struct worker *w, const struct error *e)
{
    struct check c = {
        .code = "plugin.config", .title = "The plugin's configuration", .result = CHECK_FAIL};
    log_problem(LOG_ERROR, w->id ? w->id : "worker", e);
    check_failed(&c, e);
    events_check(&w->events, &c);
    json_t *result = events_new("result");
    json_object_set_new(result, "data",
                        json_pack("{s:b,s:o}", "ok", 0, "error", json_from_error(e)));
    events_send(&w->events, result);
    return 2;
}

int main(int argc, char **argv)
{
    struct worker w;
    struct error e = {0};
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("endpoint-worker " ENDPOINT_VERSION);
        return 0;
    }
    if (argc != 1 || !fd_is_open(CONFIG_FD) || !fd_is_open(EVENT_FD)) {
        bool help = argc == 2 && strcmp(argv[1], "--help") == 0;
        fputs(
            "endpoint-worker runs one plugin. endpointd starts it and gives it its configuration on\n"
            "descriptor 3; it is not started by hand. See endpointd(8).\n",
            help ? stdout : stderr);
        return help ? 0 : 2;
    }
    private_process();
    private_close(EVENT_FD + 1);
    log_open("endpoint-worker", LOG_INFO);
    stop_listen();
    stop_never_for_writes();
    enum status status = worker_open(&w, CONFIG_FD, EVENT_FD, &clock_system, stop_flag(), &e);
    watch_start(&w, _Exit);
    int code = status == STATUS_OK ? run_mode(&w) : refuse(&w, &e);
    watch_stop();
    worker_close(&w);
    return code;
}
