/* parse_select.h – parses SELECT, its tables and types. */
#ifndef ENDPOINT_SANDBOX_SQL_PARSE_SELECT_H
#define ENDPOINT_SANDBOX_SQL_PARSE_SELECT_H

#include "sandbox/sql/ast.h"
#include "sandbox/sql/parse.h"

/* "varchar(50)" and the like: used for casts, columns and the schemas of the companies. */
bool parse_type(struct token **at, struct sql_column *type, struct sql_message *m);

/* [db.][schema.]table; schema NULL when not given. */
bool parse_table(struct parser *p, const char **schema, const char **table);

struct select *parse_select(struct parser *p); /* with unions and ORDER BY */

struct expr_list *parse_select_items(struct parser *p);

#endif
