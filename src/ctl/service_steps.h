/* service_steps.h – the steps of a change; each is reported. */
#ifndef ENDPOINT_CTL_SERVICE_STEPS_H
#define ENDPOINT_CTL_SERVICE_STEPS_H

#include "ctl/service.h"
#include "os/account.h"

void service_step(const struct service *s, const struct step *step, const char *result, bool undo,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Check that we are root; the error names the whole sudo command. */
enum status service_need_rights(struct service *s, struct error *e);

/* Returns STATUS_BUSY with code would_cut_session, unless --yes is given or a person agrees. */
enum status service_need_consent(struct service *s, struct error *e);

/* Wait until the daemon answers on its socket, as the process that systemd knows, and keeps
 * answering. account: whose process it must be; NULL: anybody's. */
enum status service_healthy(struct service *s, enum service_mode mode,
                            const struct account *account, struct error *e);

enum status service_do(struct service *s, enum service_mode mode, const char *verb,
                       struct error *e);

/* Hand a directory tree to an account without following links. config: root owns it, and the
 * account's group may read it. */
enum status service_own_state(const char *path, int64_t user, int64_t group, struct error *e);

enum status service_own_config(const char *path, int64_t group, struct error *e);

/* Show a step that failed, with the error's text; returns its status. */
enum status service_failed(const struct service *s, const struct step *step, const struct error *e);

#endif
