/* tds_parameter.h – parameters of a remote procedure call, read from the wire. */
#ifndef ENDPOINT_SANDBOX_TDS_TDS_PARAMETER_H
#define ENDPOINT_SANDBOX_TDS_TDS_PARAMETER_H

#include "sandbox/tds/tds.h"

/* A parameter's type and value; its texts go into store. False: the message is malformed, or store is full. */
bool tds_read_parameter(struct tds_in *in, struct sql_parameter *p, struct buf *store);

#endif
