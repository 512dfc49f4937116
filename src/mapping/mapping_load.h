/* mapping_load.h – shared by the files that load a mapping. */
#ifndef ENDPOINT_MAPPING_MAPPING_LOAD_H
#define ENDPOINT_MAPPING_MAPPING_LOAD_H

#include <libconfig.h>

#include "mapping/mapping.h"

struct mapping_loader {
    struct mapping *m;
    const char *file, *erp_dir;
    bool in_base, has_base; /* the base is being read; it has been read */
    struct config_fault *faults;
    size_t count, fatal;
};

/* The tables that a statement, or a part of one, names after FROM and JOIN: two-part names, or
 * three-part ones (else database is ""). */
#define SQL_NAME_MAX 129

void mapping_take_stream(struct mapping_loader *l, const config_setting_t *group);
void mapping_stream_free(struct mapping_stream *s);

/* Take the group "orders"; and after all files are read, check that it is complete. */
void mapping_take_orders(struct mapping_loader *l, const config_setting_t *group);
void mapping_check_orders(struct mapping_loader *l);
void mapping_orders_free(struct mapping_orders *o);
json_t *mapping_orders_to_json(const struct mapping_orders *o);

/* A list of words of at most 31 bytes. */
void mapping_take_words(struct mapping_loader *l, const config_setting_t *s,
                        char words[MAPPING_WORDS][32], size_t *count);

#endif
