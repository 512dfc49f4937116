/* beside.h – whose configuration is it? Finds an endpointd on this machine other than the one that
 * our paths belong to.
 *
 * An ordinary user's paths are in the home directory. If the service runs for the whole machine,
 * changes made there have no effect, and nobody would notice. For root it is the other way round
 * when a user's application runs. It is found by the control sockets; for tests,
 * $ENDPOINT_SERVICE_ROOT is put before the system's paths.
 */
#ifndef ENDPOINT_CONFIG_BESIDE_H
#define ENDPOINT_CONFIG_BESIDE_H

#include <stdbool.h>

#include "config/config.h"

enum beside_kind {
    BESIDE_NONE,
    BESIDE_SERVICE,    /* it runs for the whole machine */
    BESIDE_INSTALLED,  /* it is installed for the whole machine, but does not run */
    BESIDE_APPLICATION /* it runs for one user */
};

struct beside {
    enum beside_kind kind;
    char file[512]; /* its configuration */
    char user[64];  /* whose application it is */
};

/* What exists beside p; BESIDE_NONE if p's own endpointd runs. */
void beside_find(const struct paths *p, struct beside *b);
/* Is there a service for the whole machine, running or not? */
bool beside_installed(void);

#endif
