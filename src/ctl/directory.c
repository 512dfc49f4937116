/* `order take-directory`: from now on the directory from which orders are imported belongs to this
 * endpoint. */
#include "ctl/directory.h"

#include <stdio.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/text.h"
#include "ctl/ctl.h"
#include "document/import_dir.h"
#include "link/link.h"
#include "link/identity.h"

static void print_owner(const char *dir, const struct import_owner *o)
{
    ctl_print_text(dir);
    fputs(_(" belongs to the endpoint "), stdout);
    ctl_print_text(o->endpoint);
    fputs(_(" on the machine "), stdout);
    ctl_print_text(o->host);
    fputs(_(", since "), stdout);
    ctl_print_text(o->since);
    putchar('\n');
}

static int answer(struct ctl *c, const char *dir, const struct import_owner *me,
                  const struct import_owner *before)
{
    if (c->json) {
        json_t *o = json_pack("{s:b}", "ok", 1);
        json_set_text(o, "directory", dir);
        json_set_text(o, "endpoint", me->endpoint);
        json_set_text(o, "host", me->host);
        json_set_text(o, "before", before->endpoint[0] ? before->endpoint : NULL);
        ctl_print_json(o);
        return EXIT_GOOD;
    }
    ctl_print_text(dir);
    puts(_(
        " is this endpoint's now.\nOrders are written at the next attempt; at once with: endpointctl sync"));
    return EXIT_GOOD;
}

/* A person must confirm that nobody else writes there. */
static int confirm(struct ctl *c, const char *dir, const struct import_owner *before,
                   enum status found)
{
    struct error e = {0};
    if (!c->json && found == STATUS_OK)
        print_owner(dir, before);
    error_set(&e, STATUS_REFUSED, "confirm",
              "%s is marked as another endpoint's: two endpoints must not write there", dir);
    error_remedy(&e, "If no other endpoint writes there any more: endpointctl order "
                     "take-directory --yes");
    ctl_failed(c, &e);
    return EXIT_CONFIRM;
}

enum status directory_us(struct ctl *c, struct import_owner *us, struct error *e)
{
    struct identity id;
    enum status status = identity_load(c->paths.state_dir, &id, e);
    *us = (struct import_owner){0};
    if (status == STATUS_OK)
        text_copy(us->endpoint, sizeof us->endpoint, id.endpoint_id);
    identity_wipe(&id);
    import_dir_host(us);
    return status;
}

int directory_take(struct ctl *c)
{
    struct error e = {0};
    struct import_owner me = {0}, before = {0};
    int code = EXIT_GOOD;
    struct config *config = ctl_config_load(c, &code);
    if (!config)
        return code;
    const char *dir = config_text(config, "orders.epp_dir");
    enum status status = STATUS_OK;
    if (!*dir) {
        status = error_set(&e, STATUS_INVALID, "epp_dir", "orders.epp_dir is not set");
        error_remedy(&e, "Name the directory that the ERP imports from: endpointctl config set "
                         "orders.epp_dir DIRECTORY");
    }
    if (status == STATUS_OK)
        status = directory_us(c, &me, &e);
    if (status == STATUS_OK) {
        enum status found = import_dir_owner(dir, &before, NULL);
        bool foreign = import_dir_check(dir, &me, NULL) != STATUS_OK;
        if (foreign && !c->yes) {
            code = confirm(c, dir, &before, found);
            config_free(config);
            return code;
        }
        status = foreign ? import_dir_take(dir, &me, &e) : import_dir_own(dir, &me, &e);
    }
    code = status == STATUS_OK ? answer(c, dir, &me, &before) : ctl_failed(c, &e);
    config_free(config);
    return code;
}
