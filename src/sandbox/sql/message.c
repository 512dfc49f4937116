#include "sandbox/sql/message.h"

#include <stdarg.h>
#include <stdio.h>

void message_set(struct sql_message *m, int number, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(m->text, sizeof m->text, format, args);
    va_end(args);
    m->number = number;
    m->severity = number == 102 || number == 156 || number == 40000 ? 15 : 16;
    m->state = 1;
    m->line = line;
}
