/* checks_internal.h – shared by the files of the ERP's checks. */
#ifndef ENDPOINT_ERP_CHECKS_INTERNAL_H
#define ENDPOINT_ERP_CHECKS_INTERNAL_H

#include "erp/checks.h"
#include "mapping/tables.h"

/* Functions of the list for everything after the login; context is a struct erp_checks. */
enum check_result check_server(void *context, struct check *c);
enum check_result check_kind(void *context, struct check *c);
enum check_result check_version(void *context, struct check *c);
enum check_result check_company(void *context, struct check *c);
enum check_result check_collation(void *context, struct check *c);
enum check_result check_snapshot(void *context, struct check *c);
enum check_result check_clock(void *context, struct check *c);
enum check_result check_operator(void *context, struct check *c);
enum check_result check_rights(void *context, struct check *c);
enum check_result check_speed(void *context, struct check *c);
enum check_result check_writer(void *context, struct check *c);

/* The mapping's tables, inspected only once: x->tables. */
enum status checks_database_tables(struct erp_checks *x, struct error *e);

#endif
