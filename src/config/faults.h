/* faults.h – the faults of a configuration file, collected while it is read. */
#ifndef ENDPOINT_CONFIG_FAULTS_H
#define ENDPOINT_CONFIG_FAULTS_H

#include "config/config.h"

/* A list of faults being collected. */
struct faults {
    struct config_fault *list; /* NULL: only counted */
    size_t count;
    size_t fatal;
    size_t missing; /* of them, required settings that are not there */
    bool begun;     /* the file says something of an ERP, so that what is required is required */
    const char *file;
    bool anyway;      /* keep the settings that are good */
    const char *text; /* what is being read, for the lines of settings */
    size_t length;
};

void fault_add(struct faults *f, int line, const char *setting, bool warning, const char *format,
               ...) __attribute__((format(printf, 5, 6)));

#endif
