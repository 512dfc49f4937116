/* epp_read.h – reads an EDI++ file as Subiekt GT does. */
#ifndef ENDPOINT_SANDBOX_COMPANY_EPP_READ_H
#define ENDPOINT_SANDBOX_COMPANY_EPP_READ_H

#include "sandbox/company/epp.h"

/* A field by its number in the format's tables, from 1. */
const struct epp_value *epp_at(const struct epp_record *r, size_t field);

/* Read bytes; everything lives in the arena. False: faults has one line for each fault. */
bool epp_read(struct arena *arena, const char *bytes, size_t length, struct epp_file *file,
              struct buf *faults);

/* Add one fault as a line. After EPP_FAULTS_MAX faults (counted in *count) one last line says that
 * there are more. */
void epp_fault(struct buf *faults, int *count, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
