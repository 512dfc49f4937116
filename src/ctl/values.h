/* values.h – settings as typed on a screen and not saved. */
#ifndef ENDPOINT_CTL_VALUES_H
#define ENDPOINT_CTL_VALUES_H

#include "ctl/ctl.h"

/* The configuration with --values over it: a JSON object of settings (secrets among them) from a file or
 * from stdin (-), as typed on a screen and not saved. If the configuration file has faults, its
 * good settings are used. *values (may be NULL) is the object, to json_decref. Without --values:
 * ctl_config_load. */
struct config *values_config(struct ctl *c, json_t **values, int *code);

#endif
