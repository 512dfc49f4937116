/* print.h – prints the table of settings as an example file and as part of a manual page. */
#ifndef ENDPOINT_CONFIG_CONFIG_PRINT_H
#define ENDPOINT_CONFIG_CONFIG_PRINT_H

#include "config/config.h"

/* The commented example file made from the table (this is etc/endpoint.conf), and the man page's
 * list of settings in mdoc. */
void config_print_example(struct buf *b);

void config_print_mdoc(struct buf *b);

#endif
