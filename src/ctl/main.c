/* endpointctl: look at the endpoint and tell it things. */
#include <signal.h>
#include <stdio.h>

#include "base/i18n.h"
#include "ctl/cmd_help.h"
#include "ctl/ctl.h"
#include "ctl/options.h"
#include "os/log.h"
#include "os/private.h"

int main(int argc, char **argv)
{
    struct ctl c = {0};
    private_process();
    log_open("endpointctl", LOG_WARNING);
    signal(SIGPIPE, SIG_DFL);
    i18n_open(NULL);
    int code = options_read(&c, argc, argv);
    if (code >= 0)
        return code;
    if (c.argc == 0 && c.json)
        return ctl_usage(&c, "endpointctl [options] COMMAND … (see endpointctl help)");
    if (c.argc == 0) {
        cmd_help_print(stderr);
        return EXIT_USAGE;
    }
    const struct command *command = options_command(c.argv[0]);
    if (!command)
        return options_no_command(&c);
    c.argc--;
    c.argv++;
    if ((code = options_check_words(&c, command)) >= 0)
        return code;
    code = command->run(&c);
    return fflush(stdout) == 0 ? code : EXIT_RED;
}
