/* service_change.h – one change between users and modes. */
#ifndef ENDPOINT_CTL_SERVICE_CHANGE_H
#define ENDPOINT_CTL_SERVICE_CHANGE_H

#include "ctl/service.h"

/* ---- service_change.c: as another user, or as a service or an application. *changed: something had been changed
 * before it failed; *restored: all of it was undone. ---- */
enum status service_change_user(struct service *s, const char *name, bool *changed, bool *restored,
                                struct error *e);

enum status service_change_mode(struct service *s, enum service_mode to, bool *changed,
                                bool *restored, struct error *e);

#endif
