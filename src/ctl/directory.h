/* directory.h – which endpoint the import directory belongs to. */
#ifndef ENDPOINT_CTL_DIRECTORY_H
#define ENDPOINT_CTL_DIRECTORY_H

#include "ctl/ctl.h"

int directory_take(struct ctl *c);
enum status directory_us(struct ctl *c, struct import_owner *us, struct error *e);

#endif
