/* password.h – checks the password of an account on this machine. */
#ifndef ENDPOINT_OS_PASSWORD_H
#define ENDPOINT_OS_PASSWORD_H

#include "base/error.h"

/* STATUS_DENIED, and why, if it is wrong or this machine cannot check it. */
enum status password_verify(const char *name, const char *password, struct error *e);

#endif
