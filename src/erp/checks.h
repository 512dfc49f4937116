/* checks.h – the ERP's side of the test buttons, hop by hop.
 */
#ifndef ENDPOINT_ERP_CHECKS_H
#define ENDPOINT_ERP_CHECKS_H

#include <jansson.h>

#include "check/check.h"
#include "config/config.h"
#include "mapping/mapping.h"
#include "tds/guest.h"

/* The list of checks for the ERP, for check_run with a struct erp_checks. */
struct import_owner;
struct mapping_tables;
struct erp_checks {
    const struct config *config;
    const char *private_dir;
    const struct mapping *mapping;
    const char *erp_dir,
        *config_dir; /* where other ERPs' mappings are, to recognise their databases; or NULL */
    struct session *session;       /* left open by erp.login for those after it */
    struct mapping_tables *tables; /* what the login may read, once it is known */
    const struct import_owner *us; /* to check whose the import directory is; NULL: not checked */
};
/* Close what the checks left open. */
void checks_end(struct erp_checks *x);
extern const struct check_def checks_list[];
extern const size_t checks_count;

#endif
