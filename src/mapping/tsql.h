/* tsql.h – writes names, texts and grants in T-SQL. */
#ifndef ENDPOINT_MAPPING_TSQL_H
#define ENDPOINT_MAPPING_TSQL_H

#include "base/buf.h"
#include "mapping/tables.h"

/* "[dbo].[tw__Towar]", as T-SQL quotes names; a text as a literal: N'it''s'. */
void tsql_name(struct buf *b, const char *name);
void tsql_text(struct buf *b, const char *text);
/* "GRANT SELECT ON OBJECT::[dbo].[tw_Cena] TO [login];", with INSERT where rows are made. */
void tsql_grant(struct buf *b, const struct mapping_table *t, const char *login);

#endif
