/* service_steps.h – steps of a change, each told. */
#ifndef ENDPOINT_CTL_SERVICE_STEPS_H
#define ENDPOINT_CTL_SERVICE_STEPS_H

#include "ctl/service.h"
#include "os/account.h"

void service_step(const struct service *s, const struct step *step, const char *result, bool undo,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Needs root: the error names the whole sudo command. */
enum status service_need_rights(struct service *s, struct error *e);

/* STATUS_BUSY, code would_cut_session, unless --yes or a person agrees. */
enum status service_need_consent(struct service *s, struct error *e);

/* The daemon answers on its socket, as the process systemd knows, and keeps answering. account:
 * whose process it must be; NULL: anybody's. */
enum status service_healthy(struct service *s, enum service_mode mode,
                            const struct account *account, struct error *e);

enum status service_do(struct service *s, enum service_mode mode, const char *verb,
                       struct error *e);

/* Hand a tree to an account, following no link. config: it is root's, and the account's group may read it. */
enum status service_own_state(const char *path, int64_t user, int64_t group, struct error *e);

enum status service_own_config(const char *path, int64_t group, struct error *e);

/* A step that failed: shown with the error's text; its status. */
enum status service_failed(const struct service *s, const struct step *step, const struct error *e);

#endif
