/* gt_import.h – turns an EDI++ order into a document of Subiekt GT. */
#ifndef ENDPOINT_SANDBOX_COMPANY_GT_IMPORT_H
#define ENDPOINT_SANDBOX_COMPANY_GT_IMPORT_H

#include "sandbox/company/seed.h"

enum status gt_import(sqlite3 *db, const struct epp_file *file, struct buf *faults,
                      struct buf *made, struct error *e);

#endif
