/* message.h – the errors with which a statement is refused. */
#ifndef ENDPOINT_SANDBOX_SQL_MESSAGE_H
#define ENDPOINT_SANDBOX_SQL_MESSAGE_H

#include "sandbox/sql/engine.h"

/* SQL Server's number and text; the number decides the severity. */
void message_set(struct sql_message *m, int number, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
