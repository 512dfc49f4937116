/* service_files.h – files that move with the service. */
#ifndef ENDPOINT_CTL_SERVICE_FILES_H
#define ENDPOINT_CTL_SERVICE_FILES_H

#include "ctl/service.h"

/* Copy configuration and state; in the end the copies have the right owners. */
enum status service_copy(struct service_change *ch, struct error *e);

/* Remove the copies: at the new place or, if done, the originals at the old one. */
void service_clean(struct service_change *ch, bool done);

/* Record whose application it is, for later commands by root, in the configuration directory. "" :
 * nobody's. */
enum status service_record(struct service *s, const char *name, struct error *e);

bool service_recorded(const struct service *s, char *name, size_t size);

#endif
