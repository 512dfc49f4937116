/* writer_command.h – the writer "command": a program of the site's own, which is given the order as JSON. */
#ifndef ENDPOINT_DOCUMENT_WRITER_COMMAND_H
#define ENDPOINT_DOCUMENT_WRITER_COMMAND_H

#include "document/writer.h"

extern const struct writer_ops writer_command;

#endif
