/* tables.h – the tables that a mapping reads, and what a login may do with them. */
#ifndef ENDPOINT_MAPPING_TABLES_H
#define ENDPOINT_MAPPING_TABLES_H

#include "mapping/mapping_load.h"

enum table_state { TABLE_UNKNOWN, TABLE_READABLE, TABLE_DENIED, TABLE_MISSING };

struct mapping_table {
    char database[SQL_NAME_MAX]; /* "": the company's */
    char schema[SQL_NAME_MAX], name[SQL_NAME_MAX];
    bool insert;      /* the writer "sql" inserts into it */
    bool required;    /* a stream or an orders statement reads it */
    char used_by[80]; /* the first statement that names it: "stream stock" */
    enum table_state state;
};

struct mapping_tables {
    struct mapping_table *list;
    size_t count;
};

/* Every table that the mapping's statements name, without system tables; tables_free it. rows: also
 * those of the writer "sql". */
void tables_of(const struct mapping *m, bool rows, struct mapping_tables *t);
void tables_free(struct mapping_tables *t);
/* Ask the server which of them may be read. */
enum status tables_look(struct session *s, struct mapping_tables *t, struct error *e);
size_t tables_count(const struct mapping_tables *t, enum table_state state);

#endif
