/* Points at which a test makes this process die, as if the power had failed. */
#include "worker/fault.h"

#include <stdlib.h>
#include <string.h>

#include "base/hooks.h"
#include "base/text.h"
#include "os/stop.h"
#include "worker/worker.h"

void fault_point(const char *name)
{
    static long seen;
    const char *wanted = hooks_value("ENDPOINT_FAULT");
    size_t length = strlen(name);
    if (!wanted || strncmp(wanted, name, length) != 0 || !strchr(":@", wanted[length]))
        return; /* strchr finds the end of the text, too */
    long at = 1;
    if (wanted[length] == ':')
        at = strtol(wanted + length + 1, NULL, 10);
    if (++seen < at)
        return;
    /* With a file it happens once: whoever started us has put it there. */
    const char *file = strchr(wanted, '@');
    if (file && !file_remove(file + 1))
        return;
    stop_at_once();
}
