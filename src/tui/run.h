/* run.h – the main loop: it takes keys, streams and time, and shows the canvas. */
#ifndef ENDPOINT_TUI_RUN_H
#define ENDPOINT_TUI_RUN_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "tui/scheme.h"

struct run_options {
    bool ascii, mouse;
    bool sudo; /* out: restart it with sudo */
    enum scheme scheme;
};

/* Run until the user closes it, the terminal goes away, or SIGTERM comes. */
enum status run(const struct paths *paths, struct run_options *options, struct error *e);

#endif
