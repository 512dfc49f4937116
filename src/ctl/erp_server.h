/* erp_server.h – what a form asks a server before anything is saved. */
#ifndef ENDPOINT_CTL_ERP_SERVER_H
#define ENDPOINT_CTL_ERP_SERVER_H

#include "ctl/ctl.h"

int erp_server_databases(struct ctl *c);
int erp_server_instances(struct ctl *c);
int erp_server_certificate(struct ctl *c);

#endif
