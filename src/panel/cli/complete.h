/* complete.h – what can follow words on the panel's command line, for the shells' completions. */
#ifndef ENDPOINT_PANEL_CLI_COMPLETE_H
#define ENDPOINT_PANEL_CLI_COMPLETE_H

/* Print what can follow the words typed so far, the last of which is incomplete or empty: lines of
 * a word, a tab and its meaning; ":file" and ":dir" stand for the shell's own completion of file
 * names. Returns 0. */
int complete_words(const char *data_dir, int argc, char **argv);

#endif
