/* command_line.h – the panel's command line: options, help and completion of the commands in commands.h. */
#ifndef ENDPOINT_PANEL_CLI_COMMAND_LINE_H
#define ENDPOINT_PANEL_CLI_COMMAND_LINE_H

#include <stdbool.h>

/* Run `argv`; the exit code. */
int command_main(const char *data_dir, bool json, int argc, char **argv);
/* One command whole; argv are its words. The exit code. */
int command_help(int argc, char **argv);
/* What can follow the words typed so far, the last of which is begun or empty: lines of a word, a tab and what it
 * is; ":file" and ":dir" stand for the shell's own names of files. 0. */
int command_complete(const char *data_dir, int argc, char **argv);

#endif
