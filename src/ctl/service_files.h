/* service_files.h – files that move with the service. */
#ifndef ENDPOINT_CTL_SERVICE_FILES_H
#define ENDPOINT_CTL_SERVICE_FILES_H

#include "ctl/service.h"

/* Copy configuration and state; what is there in the end belongs to whom it has to. */
enum status service_copy(struct service_change *ch, struct error *e);

/* Take away what was copied: there, or (done) here. */
void service_clean(struct service_change *ch, bool done);

/* Whose application it is, for root's commands later: kept in the configuration directory. "" : nobody's. */
enum status service_record(struct service *s, const char *name, struct error *e);

bool service_recorded(const struct service *s, char *name, size_t size);

#endif
