/* tds_type.h – column types and values on the wire. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_TYPE_H
#define ENDPOINT_SANDBOX_TDS_TDS_TYPE_H

#include "sandbox/tds/tds.h"

/* ---- types: tds_type.c ---- */
void tds_put_columns(struct tds *t, const struct sql_column *columns, size_t count);

void tds_put_type(struct tds *t, const struct sql_column *c);

void tds_put_value(struct tds *t, const struct sql_column *c, const struct sql_value *v);

void tds_put_name(struct tds *t, const char *utf8); /* length byte and UTF-16 */

/* Days from 0001-01-01 to this date. */
int64_t tds_days_before(int year, int month, int day);

/* Where each byte of a written GUID goes: its first three groups are little-endian. */
extern const uint8_t tds_guid_order[16];

#endif
