/* files.h – the channel `file`: streams go out as files, into a directory or to another machine;
 * orders come in as files (files_orders.h). It serves every shop and program that reads files
 * (endpoint-file(7)).
 */
#ifndef ENDPOINT_CHANNEL_FILES_H
#define ENDPOINT_CHANNEL_FILES_H

#include "channel/channel.h"

extern const struct channel_ops files_ops;

#endif
