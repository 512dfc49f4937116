/* password.h – does somebody know the password of an account of this machine? */
#ifndef ENDPOINT_OS_PASSWORD_H
#define ENDPOINT_OS_PASSWORD_H

#include "base/error.h"

/* STATUS_DENIED, and why, when it is not right, or when this machine cannot tell. */
enum status password_verify(const char *name, const char *password, struct error *e);

#endif
