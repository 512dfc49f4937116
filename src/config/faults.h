/* faults.h – the faults of a configuration file, collected while it is read. */
#ifndef ENDPOINT_CONFIG_FAULTS_H
#define ENDPOINT_CONFIG_FAULTS_H

#include "config/config.h"

/* A list of faults being collected. */
struct faults {
    struct config_fault *list; /* NULL: only counted */
    size_t count;
    size_t fatal;
    size_t missing; /* of them, required settings that are missing */
    bool begun;     /* the file mentions an ERP, so its required settings are required */
    const char *file;
    bool anyway;      /* keep the good settings */
    const char *text; /* the text being read, for the lines of settings */
    size_t length;
};

void fault_add(struct faults *f, int line, const char *setting, bool warning, const char *format,
               ...) __attribute__((format(printf, 5, 6)));

#endif
