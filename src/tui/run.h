/* run.h – the loop: keys, streams and time in, the canvas out. */
#ifndef ENDPOINT_TUI_RUN_H
#define ENDPOINT_TUI_RUN_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "tui/scheme.h"

struct run_options {
    bool ascii, mouse;
    bool sudo; /* out: it is to be started anew with sudo */
    enum scheme scheme;
};

/* Until the user closes it, the terminal goes, or SIGTERM comes. */
enum status run(const struct paths *paths, struct run_options *options, struct error *e);

#endif
