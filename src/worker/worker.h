/* worker.h – one plugin at work: its set-up and its modes. */
#ifndef ENDPOINT_WORKER_WORKER_H
#define ENDPOINT_WORKER_WORKER_H

#include "channel/channel.h"
#include "erp/erp.h"
#include "sync/flow.h"
#include "worker/events.h"

struct worker {
    struct events events;
    json_t *job;              /* the whole configuration, without its secrets */
    const json_t *plugin, *with;
    const char *id, *kind, *mode;
    struct config *config;
    struct mapping *mapping;
    struct ledger *ledger;
    int lock_fd;
    char state_dir[512], config_dir[512], erp_dir[512], panel_url[256], private_dir[700];
    struct http_options http;
    const struct channel_ops *ops;
    volatile int *stopping;   /* set by SIGTERM */
    uint64_t phase_total;
    bool stamps_said;         /* the check of the stamps was told as it stands */
};

/* Read the configuration from fd, open what the plugin needs. STATUS_INVALID: a bad configuration. */
enum status worker_open(struct worker *w, int config_fd, int event_fd, volatile int *stopping, struct error *e);
void worker_close(struct worker *w);

bool worker_told_to_stop(struct worker *w);

/* The modes: run until stopped; or do one thing. The exit code. */
int worker_run(struct worker *w);
int worker_simulate(struct worker *w);
int worker_lookup(struct worker *w);
int worker_test(struct worker *w);

/* Read a pass from the ERP with f. everything: a person asked for it, do not rely on stamps alone. */
enum status worker_read(struct worker *w, struct flow *f, bool everything, struct flow_result *result,
                        struct error *e);
void worker_flow(struct worker *w, struct flow *f);

#endif
