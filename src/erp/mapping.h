/* mapping.h – an ERP's file as the rest of this room sees it. */
#ifndef ENDPOINT_ERP_MAPPING_H
#define ENDPOINT_ERP_MAPPING_H

#include "erp/erp.h"

#define MAPPING_STREAMS 8
#define MAPPING_LOOKUPS 32
#define MAPPING_PROBES  16
#define MAPPING_EXPAND_MAX 100

struct mapping_sql {
    char *name;
    char *sql;
    char *file;
    int line;
    char *database; /* of a lookup: where it is asked instead of the company's; NULL: there */
};

struct mapping_stream {
    struct mapping_sql statement;
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

struct mapping {
    char *name, *title;
    struct mapping_stream streams[MAPPING_STREAMS];
    size_t stream_count;
    struct mapping_sql lookups[MAPPING_LOOKUPS];
    size_t lookup_count;
    struct mapping_probe probes[MAPPING_PROBES];
    size_t probe_count;
    struct mapping_sql version; /* sql NULL: none */
};

const struct mapping_stream *mapping_stream(const struct mapping *m, const char *name);
const struct mapping_sql *mapping_lookup(const struct mapping *m, const char *name);

#endif
