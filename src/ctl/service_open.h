/* service_open.h – finds which service or application a command is about, and whose it is. */
#ifndef ENDPOINT_CTL_SERVICE_OPEN_H
#define ENDPOINT_CTL_SERVICE_OPEN_H

#include "ctl/ctl.h"
#include "ctl/service.h"

/* Start the unit that is enabled and waits for the registration, if it uses the places that c names
 * and we have the right. False: nothing was started; if the start failed, e says why. */
bool service_start_registered(struct ctl *c, struct error *e);

/* Fill in the host, the places and the application's owner; the state is not read. */
enum status service_open(struct service *s, struct ctl *c, struct error *e);

/* Find whose application is meant: that of --for, of the user on record, of the user who came
 * through sudo, or of the user who asks. */
enum status service_find_self(struct service *s, struct error *e);

#endif
