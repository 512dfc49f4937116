/* certificate.h – makes a certificate authority and a server certificate for loopback: for the
 * sandbox, the panel's first steps, the demo and the tests. Not for use beyond this machine.
 */
#ifndef ENDPOINT_NET_CERTIFICATE_H
#define ENDPOINT_NET_CERTIFICATE_H

#include "base/error.h"

/* Make directory/ca.pem, server.pem and server.key (0600) for localhost, 127.0.0.1 and ::1, valid for
 * 825 days. The authority's key is thrown away. Existing files are kept. */
enum status certificate_make(const char *directory, const char *common_name, struct error *e);

#endif
