/* erp_names.h – which ERPs have a mapping file, so that a misspelled erp.type is noticed when the
 * file is read. */
#ifndef ENDPOINT_CONFIG_ERP_NAMES_H
#define ENDPOINT_CONFIG_ERP_NAMES_H

#include <stdbool.h>

#include "base/buf.h"
#include "config/config.h"

/* Is there a mapping NAME.conf among the program's or the site's own? names lists the existing
 * ones, separated by ", ". If no mapping is found at all (a broken installation), every name is
 * accepted. */
bool erp_names_has(const struct paths *p, const char *name, struct buf *names);

#endif
