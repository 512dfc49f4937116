/* mapping_load.h – what the files that load a mapping share. */
#ifndef ENDPOINT_MAPPING_MAPPING_LOAD_H
#define ENDPOINT_MAPPING_MAPPING_LOAD_H

#include <libconfig.h>

#include "mapping/mapping.h"

struct mapping_loader {
    struct mapping *m;
    const char *file, *erp_dir;
    bool in_base, has_base; /* the base is being read; it was */
    struct config_fault *faults;
    size_t count, fatal;
};

void mapping_fault(struct mapping_loader *l, int line, const char *setting, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
int mapping_line(const config_setting_t *s);
/* A text attribute, the caller's; or NULL with a fault. */
char *mapping_text(struct mapping_loader *l, const config_setting_t *group, const char *name,
                   const char *where, bool required);
/* Every member of a group must be one of the names given (a NULL ends them). */
void mapping_only(struct mapping_loader *l, const config_setting_t *group, const char *where, ...);
/* Take the group's "sql" into target; false with a fault. */
bool mapping_take_sql(struct mapping_loader *l, const config_setting_t *group, const char *name,
                      const char *where, struct mapping_sql *target);
void mapping_sql_free(struct mapping_sql *s);
/* Does this text only read? whole: it is a statement, not a part of one. problem says why not. */
bool mapping_sql_reads(const char *sql, bool whole, char problem[100]);

/* Behind a text, a name in brackets or quotes, or a comment that begins at `at`; `at` itself when none
 * does; NULL when it is never ended. */
const char *mapping_sql_skip(const char *at);

/* The tables that a statement, or a part of one, names after FROM and JOIN: two-part names, or
 * three-part ones (else database is ""). */
#define SQL_NAME_MAX 129
void mapping_sql_tables(const char *sql,
                        void (*found)(void *user, const char *database, const char *schema,
                                      const char *table),
                        void *user);

void mapping_take_stream(struct mapping_loader *l, const config_setting_t *group);
void mapping_stream_free(struct mapping_stream *s);

/* The group "orders", and when all files are read whether it is whole. */
void mapping_take_orders(struct mapping_loader *l, const config_setting_t *group);
void mapping_check_orders(struct mapping_loader *l);
void mapping_orders_free(struct mapping_orders *o);
json_t *mapping_orders_to_json(const struct mapping_orders *o);

/* A list of words of at most 31 bytes. */
void mapping_take_words(struct mapping_loader *l, const config_setting_t *s,
                        char words[MAPPING_WORDS][32], size_t *count);

/* Its group "sql": what the writer "sql" does. */
void mapping_take_writer(struct mapping_loader *l, const config_setting_t *group);
void mapping_check_writer(struct mapping_loader *l);
void mapping_writer_free(struct mapping_writer *w);
json_t *mapping_writer_to_json(const struct mapping_writer *w);

#endif
