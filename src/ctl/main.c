/* endpointctl: inspect and control the endpoint. */
#include <stdio.h>

#include "base/i18n.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "os/log.h"
#include "os/private.h"
#include "os/stop.h"

int main(int argc, char **argv)
{
    struct ctl c = {0};
    private_process();
    log_open("endpointctl", LOG_WARNING);
    stop_with_reader();
    i18n_open(NULL);
    const struct command *command = NULL;
    int code = options_choose(&c, argc, argv, &command);
    if (code >= 0)
        return code;
    code = command->run(&c);
    return fflush(stdout) == 0 ? code : EXIT_RED;
}
