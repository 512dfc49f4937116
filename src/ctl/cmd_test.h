/* cmd_test.h – endpointctl test. */
#ifndef ENDPOINT_CTL_CMD_TEST_H
#define ENDPOINT_CTL_CMD_TEST_H

#include "ctl/command.h"

extern const struct command cmd_test;

/* The checks of the connection to the panel, except those named; results are appended to list. */
enum check_result cmd_test_panel(struct ctl *c, struct config *config, const char *without,
                                 json_t *list);

void cmd_test_event(const char *event, const struct check *check);

#endif
