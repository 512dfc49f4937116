/* worker.h – one plugin at work: its set-up and its modes. */
#ifndef ENDPOINT_WORKER_WORKER_H
#define ENDPOINT_WORKER_WORKER_H

#include "channel/opening.h"
#include "mapping/mapping.h"
#include "tds/session.h"
#include "sync/flow.h"
#include "worker/events.h"

struct worker {
    const struct clock *clock; /* the system's in endpoint-worker */
    struct events events;
    json_t *job;     /* the whole configuration, without its secrets */
    json_t *secrets; /* of the channel: name → text; NULL: none */
    const json_t *plugin, *with;
    const char *id, *kind, *mode;
    struct config *config;
    struct mapping *mapping;
    struct ledger *ledger;
    int lock_fd;
    char state_dir[512], config_dir[512], erp_dir[512], panel_url[256], private_dir[700];
    struct http_options http;
    const struct channel_ops *ops;
    char mark[CHANNEL_MARK_MAX + 1]; /* of the channel, as it was opened */
    struct opening opening;
    volatile int *stopping; /* set by SIGTERM */
    uint64_t phase_total;
    char account[200], scope[240], too_old[300]; /* of a plugin of kind orders */
    bool erp_said;                               /* the database's owner was reported */
    bool waits_said[2];                          /* amber: waits, snapshot (worker/waits.h) */
    bool waits_told;                             /* their state was reported */
    bool stamps_said;                            /* the stamps' check was reported */
};

/* Read the configuration from fd, open what the plugin needs. STATUS_INVALID: a bad configuration. */
enum status worker_open(struct worker *w, int config_fd, int event_fd, const struct clock *clock,
                        volatile int *stopping, struct error *e);
void worker_close(struct worker *w);

bool worker_told_to_stop(struct worker *w);

/* Open the shop's channel, as the start that we belong to. */
enum status worker_channel_open(struct worker *w, struct channel **channel, struct error *e);
/* May a new document be written now? Else why not. */
bool worker_may_write(struct worker *w, struct error *e);

int worker_simulate(struct worker *w);
int worker_lookup(struct worker *w);
int worker_test(struct worker *w);

void worker_flow(struct worker *w, struct flow *f);

/* Report alive and progress from long work; false: told to stop. stream NULL: the plugin's. */
bool worker_tick(struct worker *w, const char *phase, const char *stream, uint64_t done);
/* Report a mode's failure as a check and as its result. Returns the exit code. */
int worker_report(struct worker *w, const struct error *e);

#endif
