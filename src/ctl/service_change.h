/* service_change.h – one change between users and modes. */
#ifndef ENDPOINT_CTL_SERVICE_CHANGE_H
#define ENDPOINT_CTL_SERVICE_CHANGE_H

#include "ctl/service.h"

/* ---- service_change.c: run as another user, or as a service or an application. *changed: it had
 * changed something before it failed; *restored: all of that was undone. ---- */
enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e);

enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e);

#endif
