/* mapping_read.h – reads a mapping file's members and collects their faults. */
#ifndef ENDPOINT_MAPPING_MAPPING_READ_H
#define ENDPOINT_MAPPING_MAPPING_READ_H

#include "mapping/mapping_load.h"

void mapping_fault(struct mapping_loader *l, int line, const char *setting, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

int mapping_line(const config_setting_t *s);

/* A text attribute, owned by the caller; or NULL with a fault. */
char *mapping_text(struct mapping_loader *l, const config_setting_t *group, const char *name,
                   const char *where, bool required);

/* Every member of a group must be one of the names given (a NULL ends them). */
void mapping_only(struct mapping_loader *l, const config_setting_t *group, const char *where, ...);

/* Take the group's "sql" into target; false with a fault. */
bool mapping_take_sql(struct mapping_loader *l, const config_setting_t *group, const char *name,
                      const char *where, struct mapping_sql *target);

void mapping_sql_free(struct mapping_sql *s);

#endif
