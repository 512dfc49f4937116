#include "config/faults.h"

#include <stdarg.h>

#include "base/said.h"
#include "base/text.h"

void fault_add(struct faults *f, int line, const char *setting, bool warning, const char *format,
               ...)
{
    if (!warning)
        f->fatal++;
    if (f->count >= CONFIG_FAULTS)
        return;
    struct config_fault fault = {.line = line, .warning = warning};
    text_copy(fault.file, sizeof fault.file, f->file);
    text_copy(fault.setting, sizeof fault.setting, setting);
    va_list args;
    va_start(args, format);
    said_vformat(fault.said, sizeof fault.said, fault.text, sizeof fault.text, format, args);
    va_end(args);
    if (f->list)
        f->list[f->count] = fault;
    f->count++;
}
