/* message.h – the errors that a statement is refused with. */
#ifndef ENDPOINT_SANDBOX_SQL_MESSAGE_H
#define ENDPOINT_SANDBOX_SQL_MESSAGE_H

#include "sandbox/sql/engine.h"

/* SQL Server's number and text; the severity goes by the number. */
void message_set(struct sql_message *m, int number, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
