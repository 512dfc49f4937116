/* schema_gt.h – the tables of a company of Subiekt GT, and Navireo. */
#ifndef ENDPOINT_SANDBOX_COMPANY_SCHEMA_GT_H
#define ENDPOINT_SANDBOX_COMPANY_SCHEMA_GT_H

extern const char gt_schema[], gt_indexes[], gt_procedures[];

#endif
