/* baselinker_checks.h – checks that everything between here and BaseLinker is as this plugin needs
 * it. */
#ifndef ENDPOINT_CHANNEL_BASELINKER_CHECKS_H
#define ENDPOINT_CHANNEL_BASELINKER_CHECKS_H

#include "channel/baselinker_shop.h"

/* As channel_ops' check. At most seven calls. */
enum check_result baselinker_checks(struct baselinker_shop *s, const struct http_options *http,
                                    void (*tell)(const struct check *, void *), void *user);

#endif
