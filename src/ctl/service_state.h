/* service_state.h – what runs endpointd now, and as which user. */
#ifndef ENDPOINT_CTL_SERVICE_STATE_H
#define ENDPOINT_CTL_SERVICE_STATE_H

#include "ctl/service.h"
#include "os/account.h"

/* Run systemctl for one manager: the system's, or that of s->self. Words end with NULL. */
int service_systemctl(struct service *s, enum service_mode manager, struct buf *out,
                      const char *const words[]);

void service_read_state(struct service *s, bool exposure);

json_t *service_state_json(const struct service *s);

/* Paths of an application of this account. */
void service_user_paths(const struct service *s, const struct account *a, struct paths *p);

bool service_has(const char *dir, const char *name); /* Is there a file of that name? */

const struct paths *service_paths_of(struct service *s, enum service_mode mode, struct paths *room);

/* A time as systemctl shows it ("1min 30s"), in ms; 0 if it is not one. */
int64_t service_span_ms(const char *text);

/* A property from the output of systemctl show; "" if it is not there. Cut to fit target. */
void service_property(const char *output, const char *name, char *target, size_t size);

enum status service_path(const struct service *s, char *target, size_t size, const char *path,
                         struct error *e);

#endif
