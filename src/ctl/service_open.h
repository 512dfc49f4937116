/* service_open.h – which service or application a command is about, and whose. */
#ifndef ENDPOINT_CTL_SERVICE_OPEN_H
#define ENDPOINT_CTL_SERVICE_OPEN_H

#include "ctl/ctl.h"
#include "ctl/service.h"

/* What is enabled and waits for the registration is started, when it runs on the places that c names and we
 * may. False: nothing was started; e says why when starting failed. */
bool service_start_registered(struct ctl *c, struct error *e);

/* Host, places and whose application; the state is not read. */
enum status service_open(struct service *s, struct ctl *c, struct error *e);

/* Whose application is meant: --for, the one on record, who came through sudo, or who asks. */
enum status service_find_self(struct service *s, struct error *e);

#endif
