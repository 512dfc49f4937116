/* endpointd: supervises the plugins and talks to the panel. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/said.h"
#include "base/text.h"
#include "base/version.h"
#include "daemon/claim.h"
#include "daemon/control.h"
#include "daemon/daemon.h"
#include "daemon/health.h"
#include "daemon/metrics.h"
#include "daemon/panel_link.h"
#include "daemon/reload.h"
#include "daemon/start.h"
#include "daemon/supervisor.h"
#include "daemon/timers_loop.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/notify.h"
#include "os/private.h"
#include "os/stop.h"

static uv_signal_t signals[3];
static struct timers_loop timers;
static struct timer watchdog;

static void on_stopped(struct daemon *d)
{
    uv_stop(d->loop);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct daemon *d = handle->data;
    struct error e = {0};
    if (number == SIGHUP) {
        json_t *report = json_object();
        reload_settings(d, false, report, &e);
        json_decref(report);
        return;
    }
    if (d->stopping)
        return;
    log_info("stopping");
    notify_stopping(config_integer(d->config, "worker.stop_timeout"));
    supervisor_stop(d);
    if (supervisor_idle(d))
        on_stopped(d);
}

/* This timer firing shows that the loop runs; then check the plugins. Without progress there is no
 * ping, and systemd restarts everything. */
static void on_watchdog(void *daemon)
{
    struct daemon *d = daemon;
    char why[160], line[200];
    timer_set(&d->timers, &watchdog, notify_watchdog_ms(), on_watchdog, d);
    if (supervisor_progress(d, why, sizeof why)) {
        notify_send("WATCHDOG=1");
        return;
    }
    log_error("no progress: %s; the watchdog is not answered", why);
    text_format(line, sizeof line, "STATUS=no progress: %s", why);
    notify_send(line);
}

static void watch_signals(struct daemon *d)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        uv_signal_init(d->loop, &signals[i]);
        signals[i].data = d;
        uv_signal_start(&signals[i], on_signal, numbers[i]);
    }
    if (notify_watchdog_ms())
        timer_set(&d->timers, &watchdog, notify_watchdog_ms(), on_watchdog, d);
}

static void run(struct daemon *d)
{
    struct error e = {0};
    char said[200];
    timers_loop_open(&timers, d->loop, d->clock, &d->timers);
    watch_signals(d);
    claim_open(d);
    health_watch(d);
    panel_link_open(d);
    supervisor_apply(d);
    if (control_open(d, &d->control, &e) != STATUS_OK)
        log_problem(LOG_ERROR, "no control socket", &e);
    metrics_listen(d);
    notify_send("READY=1\nSTATUS=running");
    said_format(said, sizeof said, "endpointd %s started", ENDPOINT_VERSION);
    daemon_tell(d, "info", NULL, NULL, NULL, "started", said);
    uv_run(d->loop, UV_RUN_DEFAULT);
    daemon_tell(d, "info", NULL, NULL, NULL, "stopped", N_("endpointd stopped"));
    claim_end(d);
    panel_link_close(d->link);
    claim_close(d->claim);
    metrics_close(d);
    health_unwatch(d);
    control_close(d->control);
    d->control = NULL;
    supervisor_free(d);
    for (size_t i = 0; i < 3; i++)
        uv_close((uv_handle_t *)&signals[i], NULL);
    timers_loop_close(&timers);
    uv_run(d->loop, UV_RUN_DEFAULT);
}

int main(int argc, char **argv)
{
    static uv_loop_t loop;
    struct daemon d = {.dir_lock_fd = -1,
                       .lock_fd = -1,
                       .erp_lock_fd = -1,
                       .loop = &loop,
                       .clock = &clock_system,
                       .on_stopped = on_stopped};
    struct error e = {0};
    private_process();
    log_open("endpointd", LOG_INFO);
    int code = start_options(&d, argc, argv);
    if (code >= 0)
        return code;
    stop_never_for_writes();
    d.started_ms = clock_wall(d.clock);
    enum status status = start_open(&d, &e);
    if (status == STATUS_OK) {
        uv_loop_init(&loop);
        run(&d);
        uv_loop_close(&loop);
    }
    start_close(&d);
    if (status != STATUS_OK)
        log_problem(LOG_ERROR, "endpointd cannot start", &e);
    return status == STATUS_OK ? 0 : status == STATUS_INVALID || status == STATUS_NOT_FOUND ? 2 : 1;
}
