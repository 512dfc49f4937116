/* service_host.h – the machine that the service runs on. */
#ifndef ENDPOINT_CTL_SERVICE_HOST_H
#define ENDPOINT_CTL_SERVICE_HOST_H

#include "ctl/service.h"

void service_host_init(struct service_host *h);

#endif
