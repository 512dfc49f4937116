/* beside.h – whose configuration is it? Another endpointd on this machine than the one that our paths mean.
 *
 * A plain user's own paths are in the home directory. Where the service runs for the whole machine, what is set
 * there changes nothing, and nobody would see it; with root it is the other way round when a user's application
 * runs. Found by the control sockets; $ENDPOINT_SERVICE_ROOT is put before the system's paths, for tests.
 */
#ifndef ENDPOINT_CONFIG_BESIDE_H
#define ENDPOINT_CONFIG_BESIDE_H

#include <stdbool.h>

#include "config/config.h"

enum beside_kind {
    BESIDE_NONE,
    BESIDE_SERVICE,    /* it runs for the whole machine */
    BESIDE_INSTALLED,  /* it is installed for the whole machine, and does not run */
    BESIDE_APPLICATION /* it runs for one user */
};

struct beside {
    enum beside_kind kind;
    char file[512]; /* its configuration */
    char user[64];  /* whose application it is */
};

/* What there is beside p; BESIDE_NONE when p's own endpointd runs. */
void beside_find(const struct paths *p, struct beside *b);
/* Is there a service for the whole machine, running or not? */
bool beside_installed(void);

#endif
