/* retell.h – a finished English text in the user's language. */
#ifndef ENDPOINT_BASE_RETELL_H
#define ENDPOINT_BASE_RETELL_H

#include "base/i18n.h"

void retell(struct buf *b, const char *text);

#endif
