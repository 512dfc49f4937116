/* tds_type.h – column types and values on the wire. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_TYPE_H
#define ENDPOINT_SANDBOX_TDS_TDS_TYPE_H

#include "sandbox/tds/tds.h"

/* ---- types: tds_type.c ---- */
void tds_put_columns(struct tds *t, const struct sql_column *columns, size_t count);

void tds_put_type(struct tds *t, const struct sql_column *c);

void tds_put_value(struct tds *t, const struct sql_column *c, const struct sql_value *v);

void tds_put_name(struct tds *t, const char *utf8); /* length byte and UTF-16 */

/* A parameter's type and value; its texts go into store. */
bool tds_read_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store);

#endif
