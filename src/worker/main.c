/* endpoint-worker: one plugin; started by endpointd, which talks to it on descriptors 3 and 4. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/text.h"
#include "base/version.h"
#include "os/log.h"
#include "os/private.h"
#include "worker/run.h"
#include "worker/watch.h"
#include "worker/worker.h"
#include "worker/worker_paths.h"
#include "worker/worker_shop.h"

enum { CONFIG_FD = 3, EVENT_FD = 4 };

static volatile int stopping;

static void on_signal(int number)
{
    (void)number;
    stopping = 1;
}

static int run_mode(struct worker *w)
{
    static const struct {
        const char *mode;
        int (*run)(struct worker *);
    } modes[] = {{"run", worker_run},
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

/* A configuration that cannot work is told to the daemon before the worker ends. */
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
    if (argc != 1 || fcntl(CONFIG_FD, F_GETFD) < 0 || fcntl(EVENT_FD, F_GETFD) < 0) {
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
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a size limit is a full disk, not a reason to die */
    enum status status = worker_open(&w, CONFIG_FD, EVENT_FD, &stopping, &e);
    watch_start(&w, _exit);
    int code = status == STATUS_OK ? run_mode(&w) : refuse(&w, &e);
    watch_stop();
    worker_close(&w);
    return code;
}
