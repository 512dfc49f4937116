/* erp_open.h – a mapping, and a session to the ERP, for one command. */
#ifndef ENDPOINT_CTL_ERP_OPEN_H
#define ENDPOINT_CTL_ERP_OPEN_H

#include "ctl/ctl.h"

bool erp_open(struct ctl *c, const char *file, struct ctl_erp *x, int *code);
void erp_close(struct ctl_erp *x);

/* The mapping, from a file instead of its usual places if one is given (file may be NULL). False:
 * every fault was printed. */
bool erp_mapping(struct ctl *c, const char *file, const char *name, struct mapping **m, int *code);

#endif
