/* control.h – the control socket. */
#ifndef ENDPOINT_DAEMON_CONTROL_H
#define ENDPOINT_DAEMON_CONTROL_H

#include "daemon/daemon.h"

enum status control_open(struct daemon *d, struct control **c, struct error *e);

void control_close(struct control *c);

void control_entry(struct control *c, const json_t *entry); /* to those who follow the journal */

#endif
