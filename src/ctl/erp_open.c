/* A mapping, and a session to the ERP, for one command. */
#include "ctl/erp_open.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "ctl/next.h"
#include "ctl/values.h"
#include "erp/access.h"
#include "mapping/mapping.h"
#include "os/dir.h"
#include "os/host.h"
#include "tds/session.h"

/* The mapping, from a file instead of its usual places if one is given. False: every fault was
 * printed. */
bool erp_mapping(struct ctl *c, const char *file, const char *name, struct mapping **m, int *code)
{
    struct error e = {0};
    if (!file && !*name) {
        next_no_erp(c, &e);
        *code = ctl_failed(c, &e);
        return false;
    }
    struct config_fault *faults = mem_array(CONFIG_FAULTS, sizeof *faults);
    size_t count = 0;
    enum status status =
        file ? mapping_load_file(c->paths.erp_dir, file, m, faults, &count, &e)
             : mapping_load(c->paths.erp_dir, c->paths.config_dir, name, m, faults, &count, &e);
    if (status == STATUS_INVALID)
        ctl_faulty(c, &e, faults, count);
    else if (status != STATUS_OK)
        *code = ctl_failed(c, &e);
    free(faults);
    if (status == STATUS_INVALID)
        *code = EXIT_USAGE; /* a faulty mapping counts as a faulty configuration */
    return status == STATUS_OK;
}

bool erp_open(struct ctl *c, const char *file, struct ctl_erp *x, int *code)
{
    struct error e = {0};
    *x = (struct ctl_erp){.config = values_config(c, NULL, code)};
    if (!x->config || !erp_mapping(c, file, config_text(x->config, "erp.type"), &x->mapping, code))
        return false;
    text_format(x->dir, sizeof x->dir, "%s/private/ctl-%d", c->paths.state_dir,
                (int)host_process());
    const struct session_options o = access_options(x->config, x->dir);
    if (session_open(&o, &x->session, &e) == STATUS_OK)
        return true;
    *code = ctl_failed(c, &e);
    return false;
}

void erp_close(struct ctl_erp *x)
{
    session_close(x->session);
    mapping_free(x->mapping);
    config_free(x->config);
    if (x->dir[0])
        dir_remove(x->dir, NULL);
}
