/* service_host.h – the real machine behind struct service_host. */
#ifndef ENDPOINT_CTL_SERVICE_HOST_H
#define ENDPOINT_CTL_SERVICE_HOST_H

#include "ctl/service.h"

void service_host_init(struct service_host *h);

#endif
