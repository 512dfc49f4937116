/* service_account.h – accounts, their passwords and rights. */
#ifndef ENDPOINT_CTL_SERVICE_ACCOUNT_H
#define ENDPOINT_CTL_SERVICE_ACCOUNT_H

#include "ctl/service.h"

enum status service_check_account(struct service_change *ch, const char *name, struct error *e);

enum status service_check_password(struct service_change *ch, struct error *e);

/* Can the account use every file elsewhere that the settings name, as the service would see it? */
enum status service_check_access(struct service_change *ch, struct error *e);

#endif
