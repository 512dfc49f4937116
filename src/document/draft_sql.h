/* draft_sql.h – a document as rows in the ERP's tables, for the writer "sql". */
#ifndef ENDPOINT_DOCUMENT_DRAFT_SQL_H
#define ENDPOINT_DOCUMENT_DRAFT_SQL_H

#include "document/order_draft.h"

/* Write the draft as rows in the ERP's tables ("sql"). Before that, draft_check_rows and, for a
 * line, draft_check_rate add a fault to the draft for anything that the mapping's rows cannot hold. */
void draft_check_rows(struct draft *d);

void draft_check_rate(const struct draft *d, const char *line, const struct vat_rate *rate);

enum status draft_to_rows(const struct draft *d, struct order_document *document, struct error *e);

#endif
