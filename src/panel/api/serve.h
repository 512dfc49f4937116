/* serve.h – `endpoint-panel serve`: the API over HTTPS. */
#ifndef ENDPOINT_PANEL_API_SERVE_H
#define ENDPOINT_PANEL_API_SERVE_H

/* argv[0] is "serve". Returns the exit code. */
int serve_main(const char *data_dir, int argc, char **argv);

#endif
