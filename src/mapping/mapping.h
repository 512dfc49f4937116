/* mapping.h – an ERP's file: its streams, lookups, probes and its side of orders. No ERP's table
 * name is in the C code. */
#ifndef ENDPOINT_MAPPING_MAPPING_H
#define ENDPOINT_MAPPING_MAPPING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"
#include "model/record.h"

struct session; /* tds/session.h */

#define STAMP_TEXT 48

/* How an ERP records what changed in a stream's rows; endpoint-erp(5), "Stamps". */
enum stamp_kind {
    STAMP_NONE,       /* it does not */
    STAMP_ROWVERSION, /* a number that grows with every change in the database */
    STAMP_DATETIME    /* the time of the change, as the ERP records it */
};

#define MAPPING_CHOICE_FIELDS 2

/* Which part of a stream to read. */
struct mapping_choice {
    bool filters; /* with the columns that scenarios choose by */
    bool kits;    /* amounts of kits counted from their parts */
    const char *fields
        [MAPPING_CHOICE_FIELDS]; /* custom fields that scenarios choose by, with filters; NULL:
                                        * none */
    const char *since;           /* only what changed since this stamp; NULL: everything */
};

#define MAPPING_PROBLEM    240 /* bytes of what is wrong with a statement, as a said text */
#define MAPPING_STREAMS    8
#define MAPPING_LOOKUPS    32
#define MAPPING_PROBES     16
#define MAPPING_EXPAND_MAX 100
#define MAPPING_VARIANTS   4

struct mapping_sql {
    char *name;
    char *sql;
    char *file;
    int line;
    char *database; /* of a lookup: the database to read; NULL: the company's */
};

/* Another statement for a database whose tables differ: it is used if its probe returns "expect". */
struct mapping_variant {
    struct mapping_sql probe;
    char *expect, *sql;
};

struct mapping_stream {
    struct mapping_sql statement; /* with the places {filters}, {joins}, {changed} */
    struct mapping_variant variants[MAPPING_VARIANTS];
    size_t variant_count;
    char *filters, *joins; /* columns to choose by that are not sent; NULL: none */
    char *fields,
        *fields_joins; /* custom fields that are columns, read when a scenario names one */
    /* A custom field by its name, if such fields are rows and not columns; {n} is its number. */
    char *field_column, *field_join;
    bool fields_unstamped; /* a custom field may change without its row's stamp changing */
    /* Where amounts come from: the part of the statement that reads them as the ERP keeps them; its
     * replacement when kits are counted from their parts; and the condition for what changed since
     * a stamp in that case (NULL: unknown). */
    char *kits_own, *kits_parts, *kits_changed;
    enum stamp_kind stamp;
    struct mapping_sql safe; /* of a stamp: up to where everything is committed */
    char *changed;           /* the condition for rows changed since a stamp */
    const struct stream_def *stream;
    bool key_is_text[2];
    size_t key_count;
    bool expands;
    char expand_key[64], expand_field[64];
    long expand_from, expand_to;
};

struct mapping_probe {
    struct mapping_sql statement; /* name: its code */
    char *title, *expect;
};

/* The statements of an ERP's side of orders; endpoint-erp(5) explains each. */
enum order_sql {
    ORDER_SQL_PRODUCTS,
    ORDER_SQL_BARCODES,
    ORDER_SQL_CUSTOMERS,
    ORDER_SQL_SPELLED, /* may be missing */
    ORDER_SQL_FIND,
    ORDER_SQL_ALIKE, /* may be missing */
    ORDER_SQL_NEWEST,
    ORDER_SQL_RECENT,
    ORDER_SQL_RATES,
    ORDER_SQL_COUNT
};

/* Texts whose width an ERP limits, by their name in the mapping. */
#define ORDER_WIDTHS(X)                                                                \
    X(ORIGINAL, "original")     /* the foreign number, which carries the marker */     \
    X(CONTRACTOR, "contractor") /* a contractor's code */                              \
    X(SHORT_NAME, "short_name")                                                        \
    X(NAME, "name")                       /* full name on the document */              \
    X(CONTRACTOR_NAME, "contractor_name") /* full name of a contractor that is made */ \
    X(CITY, "city")                                                                    \
    X(POSTCODE, "postcode")                                                            \
    X(STREET, "street")                                                                \
    X(TAX_ID, "tax_id")                                                                \
    X(COUNTRY, "country")                                                              \
    X(PHONE, "phone")                                                                  \
    X(EMAIL, "email")                                                                  \
    X(ITEM, "item") /* a product's code */                                             \
    X(UNIT, "unit")                                                                    \
    X(CATEGORY, "category")                                                            \
    X(PAYMENT, "payment") /* name of the payment form */                               \
    X(ISSUER, "issuer")                                                                \
    X(TEXT, "text") /* the document's subtitle */                                      \
    X(REMARKS, "remarks")                                                              \
    X(WAREHOUSE, "warehouse")

enum order_width {
#define WIDTH_ENUM(name, word) WIDTH_##name,
    ORDER_WIDTHS(WIDTH_ENUM)
#undef WIDTH_ENUM
        WIDTH_COUNT
};

#define MAPPING_IN_VALUES 500 /* values of an IN (?) in one statement */
#define MAPPING_IN_LISTS  4   /* IN (?) in one statement: SQL Server takes 2100 parameters */
#define MAPPING_WORDS     16

struct mapping_number {
    char word[32];
    int number;
};

/* ---- the writer "sql" ---- */

#define WRITER_CONTEXTS 8
#define WRITER_COLUMNS  300
#define WRITER_NAME     129 /* of a schema, table or column, with its NUL */

struct mapping_column {
    char *name, *value; /* value: T-SQL with {places} */
    bool may_miss;      /* of "fill": left out if the table has no such column */
};

/* Rows of one table: one for a document, or one for each of its lines. */
struct mapping_insert {
    char schema[WRITER_NAME], table[WRITER_NAME];
    char *from; /* what the values are read from, "FROM …"; NULL: nothing */
    struct mapping_column *columns;
    size_t count;
    char *file;
    int line;
};

/* A query whose columns become places in the statements that follow. */
struct mapping_context {
    struct mapping_sql statement;
    char *when; /* only for documents that have this member; NULL: for all */
    char *none; /* why nothing can be written if it returns no row */
};

struct mapping_writer {
    bool present;
    char *file, *position; /* position: what the vendor says about it */
    int line;
    struct mapping_sql seen, written;
    struct mapping_context contexts[WRITER_CONTEXTS];
    size_t context_count;
    struct mapping_insert document, lines;
    char rates[MAPPING_WORDS][32], currencies[MAPPING_WORDS][32];
    size_t rate_count, currency_count;
};

struct mapping_orders {
    bool present;
    bool unicode; /* texts are nvarchar: they can hold any character */
    char *file;
    int line;
    struct mapping_sql statements[ORDER_SQL_COUNT];
    char writers[MAPPING_WORDS][32], document_types[MAPPING_WORDS][32];
    size_t writer_count, document_type_count;
    struct mapping_number item_types[MAPPING_WORDS], vat[MAPPING_WORDS];
    size_t item_type_count, vat_count;
    int widths[WIDTH_COUNT];
    struct mapping_writer sql;
};

struct mapping {
    char *name, *title;
    struct mapping_orders orders;
    struct mapping_stream streams[MAPPING_STREAMS];
    size_t stream_count;
    struct mapping_sql lookups[MAPPING_LOOKUPS];
    size_t lookup_count;
    struct mapping_probe probes[MAPPING_PROBES];
    size_t probe_count;
    struct mapping_probe
        others[MAPPING_PROBES]; /* databases that could be mistaken for this ERP's */
    size_t other_count;
    struct mapping_sql version; /* sql NULL: none */
    struct mapping_sql company; /* whose database it is: name, tax_id; sql NULL: none */
};

const struct mapping_stream *mapping_stream(const struct mapping *m, const char *name);

#define MAPPING_FIELD  "_field" /* plus the number: the name of a custom field's column */
#define MAPPING_VALUES 32       /* placeholders of one statement */

/* The values to bind, in order; borrowed from the choice. */
struct mapping_values {
    const char *list[MAPPING_VALUES];
    size_t count; /* more than MAPPING_VALUES: too many */
};

const struct mapping_sql *mapping_lookup(const struct mapping *m, const char *name);

/* A fingerprint of everything in the mapping that a stream's records depend on, as 32 hexadecimal
 * digits: a site's own statement has another one. */
#define MAPPING_PRINT 33
/* Load NAME.conf: the program's own from erp_dir, then the site's copy from config_dir/erp/ over it,
 * stream by stream. All faults are collected, with file and line, as in config_load. */
enum status mapping_load(const char *erp_dir, const char *config_dir, const char *name,
                         struct mapping **m, struct config_fault faults[CONFIG_FAULTS],
                         size_t *count, struct error *e);
/* The same with the file `path`, NAME.conf, in place of the site's copy. */
enum status mapping_load_file(const char *erp_dir, const char *path, struct mapping **m,
                              struct config_fault faults[CONFIG_FAULTS], size_t *count,
                              struct error *e);
void mapping_free(struct mapping *m);
const char *mapping_title(const struct mapping *m); /* "InsERT Subiekt GT" */
bool mapping_has_stream(const struct mapping *m, const char *stream);
/* Names of lookups, NULL after the last. */
const char *mapping_lookup_at(const struct mapping *m, size_t index);
/* The existing mappings: an array of {"name","title","file"}. */
enum status mapping_list(const char *erp_dir, const char *config_dir, json_t **list,
                         struct error *e);
/* The whole mapping as JSON, for `endpointctl erp show`. */
json_t *mapping_to_json(const struct mapping *m);

#endif
